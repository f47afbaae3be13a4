"""Intermediate and end events: those that catch wait in a token, those that throw do so one definition after the other."""

from engine.bpmn.kernel import transactions
from engine.bpmn.kernel.activities import open_activity
from engine.bpmn.kernel.arming import TimerFailed, arm
from engine.bpmn.kernel.compensation import throw as compensate
from engine.bpmn.kernel.errors import throw_error, throw_escalation
from engine.bpmn.kernel.flows import consume, leave
from engine.bpmn.kernel.run import Extra, Run
from engine.bpmn.kernel.scopes import timer_trouble
from engine.bpmn.kernel.sending import broadcast, send
from engine.bpmn.kernel.state import Token
from engine.bpmn.plan.shapes import PlanEvent, PlanNode


def enter_catch(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """An intermediate catch event waits for one of its events, or for all of them."""
    try:
        token = open_activity(run, node, parent)
        arm(run, token, node, parent)
    except TimerFailed as failure:
        for child in list(parent.children.values()):
            if child.element == node.id and not child.pending:
                run.close(child)
        timer_trouble(run, failure, (node.kind, node, parent, None))
        return
    run.say("element.started", node.id)


def enter_link(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """A throwing link goes on at its catching link, like a sequence flow that is not drawn."""
    run.history.append(node.completed)
    if node.link is not None:
        run.put(node.link.kind, node.link, parent)


def enter_throw(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """A throwing event. Signals wait until everything else rests, so that a catcher beside the thrower hears them."""
    if any(event.kind == "signal" for event in node.events):
        run.deferred.append(("throw.now", node, parent, extra))
        return
    throw_now(run, node, parent, extra)


def throw_now(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """Throws each definition; an error, a cancellation or a compensation takes the token over and comes last.

    Going on is queued before anything is thrown: a catcher that interrupts this scope takes it out of the queue again."""
    takers = [event for event in node.events if event.kind in ("error", "cancel", "compensate")]
    if not takers:
        run.put("throw.done", node, parent)
    for event in node.events:
        if event.kind not in ("error", "cancel", "compensate"):
            _throw(run, node, parent, event)
    if takers and parent.alive and not _throw(run, node, parent, takers[0]):
        run.put("throw.done", node, parent)


def _throw(run: Run, node: PlanNode, parent: Token, event: PlanEvent) -> bool:
    """Throws one definition; true when the token no longer goes on from here."""
    if event.kind == "signal":
        broadcast(run, node, parent, event)
    elif event.kind == "message":
        send(run, node, parent, event)
    elif event.kind == "escalation":
        throw_escalation(run, node, parent, event.code, {})
    elif event.kind == "error":
        throw_error(run, node, parent, event.code, "", {})
        return True
    elif event.kind == "cancel":
        transactions.cancel(run, node, parent)
        return True
    elif event.kind == "compensate":
        return compensate(run, node, parent, event)
    return False


def throw_done(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """Everything is thrown and the scope has survived it: the token goes on."""
    run.history.append(node.completed)
    leave(run, node, parent)


def enter_end(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """A none end event uses the token up."""
    run.history.append(node.completed)
    consume(run, parent)
