"""Sending back: which waits an earlier element makes void, so that going back leaves no branch behind and takes none too many."""

from engine.bpmn.kernel.state import State
from engine.bpmn.plan.branches import are_beside
from engine.bpmn.plan.reach import forward
from engine.bpmn.plan.shapes import Plan, PlanNode


def void(plan: Plan, state: State, target_id: str) -> tuple[str, ...]:
    """Ids of the waits that lie behind an element, those of all branches and instances between included, or stand on it.

    Branches beside it that it does not lead to keep what they have done. Raises KeyError for an unknown element."""
    behind, here = _region(plan, target_id)
    found: list[tuple[int, str]] = []
    stack = [state.root]
    while stack:
        token = stack.pop()
        stack.extend(token.children.values())
        if token.parent is not None and _is_behind(plan, token.element, target_id, behind, here):
            found.extend((p.id, str(p.id)) for p in token.pending if plan.nodes[p.element].type != "startEvent")
    return tuple(wait_id for _, wait_id in sorted(found))


def void_incidents(plan: Plan, state: State, target_id: str) -> tuple[str, ...]:
    """Ids of the open incidents all of whose work lies behind an element."""
    behind, here = _region(plan, target_id)
    return tuple(
        str(trouble.id)
        for trouble in state.troubles
        if trouble.items
        and all(i.node in plan.nodes and _is_behind(plan, i.node, target_id, behind, here) for i in trouble.items)
    )


def _region(plan: Plan, target_id: str) -> tuple[dict[str, frozenset[str]], dict[str, str]]:
    """By scope, outwards from the target: what lies behind it there, and where it is itself."""
    levels = _levels(plan.nodes[target_id])
    return {node.scope.id: forward(node) | {node.id} for node in levels}, {node.scope.id: node.id for node in levels}


def _levels(node: PlanNode) -> list[PlanNode]:
    """The node, and each sub-process that it lies in."""
    found = [node]
    while found[-1].scope.owner is not None:
        found.append(found[-1].scope.owner)
    return found


def _is_behind(plan: Plan, element: str, target_id: str, behind: dict[str, frozenset[str]], here: dict[str, str]) -> bool:
    """Looked at in the innermost scope that both are in; a token beside the target in its own sub-process goes by that one.

    What only a loop around the whole fork leads to is beside the target, not behind it."""
    if are_beside(plan, target_id, element):
        return False
    for node in _levels(plan.nodes[element]):
        if node.scope.id in behind:
            return node.id in behind[node.scope.id] and (node.id != here[node.scope.id] or node.id == target_id)
    return False
