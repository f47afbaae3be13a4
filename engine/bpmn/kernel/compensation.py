"""Compensation: handlers of completed activities are started in reverse order of completion.

They start one after the other without waiting for each other, so handlers with people in them are open together. A sub-process is
compensated by its boundary handler, else by its compensation event sub-process, else by compensating what completed
inside it; the last two see its variables as they were when it completed."""

from engine.bpmn.kernel.flows import ended
from engine.bpmn.kernel.run import Run
from engine.bpmn.kernel.state import Token, Undo
from engine.bpmn.plan.shapes import PlanEvent, PlanNode


def throw(run: Run, node: PlanNode, parent: Token, event: PlanEvent) -> bool:
    """Throws compensation; true when the event's own token waits for it (it goes on by itself when all is done)."""
    scope = _scope_of(run, parent)
    records = tuple(r for r in scope.done or () if event.ref is None or _names(run, r, event.ref))
    if not records:
        return False
    scope.done = [r for r in scope.done or () if r not in records] or None
    run.say("compensation.thrown", node.id, {"activities": [record.element for record in reversed(records)]})
    holder = run.open(node, parent, "undo")
    holder.data = {"wait": event.wait}
    if not event.wait:
        parent.active += 1
    undo_all(run, records, holder)
    return event.wait


def _scope_of(run: Run, parent: Token) -> Token:
    """The scope whose activities a throw event means: around an event sub-process, the scope that it serves."""
    scope = parent
    while scope.parent is not None:
        node = run.node_of(scope)
        if node.inner is None or not node.inner.event_triggered:
            break
        scope = scope.parent
    return scope


def _names(run: Run, record: Undo, ref: str) -> bool:
    handler = run.plan.nodes[record.element].handler
    return record.element == ref or (handler is not None and handler.id == ref)


def undo_all(run: Run, records: tuple[Undo, ...], holder: Token) -> None:
    """Starts the compensation of each record, the last completed first, inside `holder`."""
    holder.active += len(records)
    for record in reversed(records):
        _undo(run, record, holder)


def _undo(run: Run, record: Undo, holder: Token) -> None:
    node = run.plan.nodes[record.element]
    if node.handler is not None:
        run.put(node.handler.kind, node.handler, holder)
        return
    around = run.open(node, holder, "undo")
    around.variables = dict(record.variables) if record.variables else None
    around.done = list(record.inner) or None
    start = node.inner.undo if node.inner is not None else None
    if start is not None and start.scope.owner is not None:
        around.active = 1
        run.open(start.scope.owner, around)
        run.put("event.begin", start, next(reversed(around.children.values())))
    elif record.inner:
        around.done = None
        undo_all(run, record.inner, around)
    else:
        ended(run, around)
