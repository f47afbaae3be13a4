"""Transactions: a cancel end event stops what is running, compensates what was done, and leaves through the cancel boundary
event."""

from engine.bpmn.kernel.cancelling import cancel as stop
from engine.bpmn.kernel.cancelling import clear
from engine.bpmn.kernel.compensation import undo_all
from engine.bpmn.kernel.flows import consume, ended
from engine.bpmn.kernel.run import Run
from engine.bpmn.kernel.state import Token, Undo
from engine.bpmn.plan.shapes import PlanNode


def cancel(run: Run, node: PlanNode, parent: Token) -> None:
    """Cancels the transaction around a token; its compensation must end before the boundary event fires."""
    run.history.append(node.completed)
    scope: Token | None = parent
    while scope is not None and run.node_of(scope).type != "transaction":
        scope = scope.parent
    if scope is None:
        consume(run, parent)
        return
    clear(run, scope)
    scope.pending = [p for p in scope.pending if run.plan.nodes[p.element].type != "startEvent"]
    scope.data = {**(scope.data or {}), "cancelled": True, "interrupted": True}
    records = (*_of_the_others(run, scope), *(scope.done or ()))
    scope.done = None
    run.say("compensation.thrown", run.node_of(scope).id, {"activities": [record.element for record in reversed(records)]})
    if records:
        undo_all(run, records, scope)
    else:
        ended(run, scope)


def _of_the_others(run: Run, scope: Token) -> tuple[Undo, ...]:
    """What other instances of a multi-instance transaction have done: it is cancelled as a whole, so they are undone too."""
    body = scope.parent
    if body is None or body.role != "multi" or body.parent is None:
        return ()
    finished = [record for record in body.parent.done or () if record.element == body.element]
    body.parent.done = [record for record in body.parent.done or () if record not in finished] or None
    records = [inner for record in finished for inner in record.inner]
    for other in list(body.children.values()):
        if other is not scope:
            records.extend(other.done or ())
            stop(run, other)
            body.active -= 1
    return tuple(records)
