"""Transactions: a cancel end event stops what is running, compensates what was done, and leaves through the cancel boundary
event."""

from engine.bpmn.kernel.cancelling import clear
from engine.bpmn.kernel.compensation import undo_all
from engine.bpmn.kernel.flows import consume, ended
from engine.bpmn.kernel.run import Run
from engine.bpmn.kernel.state import Token
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
    records = tuple(scope.done or ())
    scope.done = None
    run.say("compensation.thrown", run.node_of(scope).id, {"activities": [record.element for record in reversed(records)]})
    if records:
        undo_all(run, records, scope)
    else:
        ended(run, scope)
