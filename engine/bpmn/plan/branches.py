"""Parallel branches on the plan: which work lies beside which, and which returns lead nowhere.

A node lies in a branch when a token reaches it from one way out of a fork without passing the join behind it. A token may walk
again from `target` when every branch around the target is also around the task that sends it back: entering a branch from
outside would wait for ever at its join. It may go straight to `source` when every branch around the source is around the
target: leaving one would starve the others. Forks are parallel, inclusive and complex gateways, activities with several ways
out, and activities with a boundary event that does not interrupt."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from engine.bpmn.plan.shapes import Plan, PlanFlow, PlanNode, PlanScope

FORKING = ("parallelGateway", "inclusiveGateway", "complexGateway")
_CHOOSING = ("exclusiveGateway", "eventBasedGateway")
Branch = tuple[str, int]


def may_walk(plan: Plan, source: str, target: str) -> bool:
    """Whether the path may be walked again from `target` when the task at `source` sends it back."""
    return around(plan, target) <= around(plan, source)


def may_go_straight(plan: Plan, source: str, target: str) -> bool:
    """Whether `target`, once done again, may lead straight to `source`; not when it has to be done by several people."""
    return around(plan, source) <= around(plan, target) and plan.nodes[target].loop is None


def are_beside(plan: Plan, one: str, other: str) -> bool:
    """Whether two elements lie in different branches of a fork, so that going back to one leaves the other alone."""
    here, there = dict(_by_fork(around(plan, one))), dict(_by_fork(around(plan, other)))
    return any(not here[fork] & there[fork] for fork in here.keys() & there.keys())


def _by_fork(branches: frozenset[Branch]) -> Iterator[tuple[str, frozenset[int]]]:
    for fork in {fork for fork, _ in branches}:
        yield fork, frozenset(number for key, number in branches if key == fork)


def around(plan: Plan, element: str) -> frozenset[Branch]:
    """The branches an element lies in, those of the sub-processes around it included."""
    found: set[Branch] = set()
    node: PlanNode | None = plan.nodes.get(element)
    while node is not None and node is not plan.root:
        found |= _branches(node.scope).get(node.id, frozenset())
        node = node.scope.owner
    return frozenset(found)


@lru_cache(maxsize=2048)
def _branches(scope: PlanScope) -> Mapping[str, frozenset[Branch]]:
    """Branch by node of one scope; a node that every way out of a fork reaches lies behind it, not in it."""
    found: dict[str, set[Branch]] = {}
    for fork in scope.nodes:
        ways = [_reached(fork, start) for start in _ways_out(fork)]
        if len(ways) < 2:
            continue
        behind = frozenset.intersection(*ways)
        for number, way in enumerate(ways):
            for node in way - behind:
                found.setdefault(node, set()).add((fork.id, number))
    return {node: frozenset(branches) for node, branches in found.items()}


def _ways_out(node: PlanNode) -> list[tuple[PlanFlow, ...]]:
    """The flows of each way that a token may take at the same time as the others."""
    ways: list[tuple[PlanFlow, ...]] = [] if node.type in _CHOOSING else [(flow,) for flow in node.outgoing]
    beside = [boundary.outgoing for boundary in node.boundaries if not boundary.interrupting]
    if beside:
        return [node.outgoing, *beside]
    return ways


def _reached(fork: PlanNode, flows: tuple[PlanFlow, ...]) -> frozenset[str]:
    """Nodes from some flows up to the join of this fork; forks on the way are left at joins of their own."""
    seen: set[tuple[str, int]] = set()
    stack = [(flow.target, 0) for flow in flows]
    while stack:
        node, depth = stack.pop()
        if node is fork or (node.id, depth) in seen:
            continue
        joins = node.type in FORKING and len(node.incoming) > 1
        if joins and depth == 0:
            continue
        seen.add((node.id, depth))
        after = min(depth - joins + (len(node.outgoing) > 1 and node.type not in _CHOOSING), 20)
        stack += [(flow.target, after) for flow in node.outgoing]
        stack += [(flow.target, after) for boundary in node.boundaries for flow in boundary.outgoing]
        stack += [(boundary, after) for boundary in node.boundaries]
        if node.link is not None:
            stack.append((node.link, after))
    return frozenset(id for id, _ in seen)
