"""Ad-hoc sub-processes: activities without a fixed order, in parallel or one at a time, until a condition says enough.

Each activity without incoming flows is offered once; an officer may perform one again by moving into it."""

from engine.bpmn.kernel.cancelling import clear
from engine.bpmn.kernel.run import Run
from engine.bpmn.kernel.state import Pending, Token
from engine.bpmn.plan.shapes import PlanNode, PlanScope


def begin(run: Run, token: Token, scope: PlanScope) -> None:
    """Offers the activities: all at once, or the first of them."""
    offered = list(scope.entries)
    now = offered[:1] if scope.sequential else offered
    token.data = {**(token.data or {}), "todo": [node.id for node in offered[len(now) :]]}
    token.active += len(now)
    for node in now:
        run.put(node.kind, node, token)
    if not now:
        run.put("scope.done", run.node_of(token), token)


def is_finished(run: Run, node: PlanNode, token: Token) -> bool:
    """Whether the sub-process is over, after one of its activities ended; starts the next one when it is not."""
    scope = node.inner
    data = token.data
    if scope is None or data is None:
        return True
    enough = scope.completion is not None and run.value(scope.completion, token) is True
    todo = data.get("todo")
    waiting = list(todo) if isinstance(todo, list) else []
    if enough:
        data["todo"] = []
        if scope.cancel_remaining:
            clear(run, token)
        return token.active == 0
    if token.active and scope.sequential:
        return False
    if waiting:
        data["todo"] = waiting[1:]
        chosen = run.plan.nodes[str(waiting[0])]
        token.active += 1
        run.put(chosen.kind, chosen, token)
        return False
    if token.active == 0 and scope.completion is not None:
        _watch(run, node, token)
        return False
    return token.active == 0


def _watch(run: Run, node: PlanNode, token: Token) -> None:
    """Everything offered is done and it is not enough: wait until the condition holds."""
    if not any(p.element == node.id and p.kind == "condition" for p in token.pending):
        run.arm(token, Pending(run.new_id(), node.id, "condition", 0, None, {"was": False}))
