"""What comes in from outside at a wait: work done or refused, timers, messages, signals, variables."""

from engine.bpmn.kernel.activities import finish, map_out
from engine.bpmn.kernel.catching import caught
from engine.bpmn.kernel.errors import throw_error, throw_escalation
from engine.bpmn.kernel.run import Run
from engine.bpmn.kernel.state import Pending, Token
from engine.bpmn.terms import Complete, Deliver, Fire, SetVariables, Throw
from engine.errors import Conflict

WORK = ("human", "job", "child")


def find(run: Run, wait_id: str) -> tuple[Token, Pending]:
    """The wait and the token that holds it. Raises Conflict when it is gone."""
    for token in run.tokens.values():
        for pending in token.pending:
            if str(pending.id) == wait_id:
                return token, pending
    raise Conflict(expected=f"an open wait {wait_id}", found="it is over or never was")


def complete(run: Run, event: Complete) -> None:
    """Work is done."""
    token, pending = find(run, event.wait_id)
    if pending.kind not in WORK:
        raise Conflict(expected="a human task, a job or a called instance", found=f"a {pending.kind}")
    finish(run, run.node_of(token), token, event.variables)


def throw(run: Run, event: Throw) -> None:
    """Work is refused with a BPMN error, or an escalation comes out of it while it goes on.

    A called instance hands over its variables by the output mappings of the call, as when it completes."""
    token, pending = find(run, event.wait_id)
    if pending.kind not in WORK:
        raise Conflict(expected="a human task, a job or a called instance", found=f"a {pending.kind}")
    node, carried = run.node_of(token), event.variables
    if pending.kind == "child" and token.parent is not None:
        map_out(run, node, token, token.parent, carried)
        carried = {}
    if event.escalation:
        throw_escalation(run, node, token, event.code, carried)
    else:
        throw_error(run, node, token, event.code, event.message, carried)


def fire(run: Run, event: Fire) -> None:
    """A timer is due."""
    token, pending = find(run, event.wait_id)
    if pending.kind != "timer":
        raise Conflict(expected="a timer", found=f"a {pending.kind}")
    caught(run, token, pending, {})


def deliver(run: Run, event: Deliver) -> None:
    """A message or signal has arrived."""
    token, pending = find(run, event.wait_id)
    if pending.kind not in ("message", "signal"):
        raise Conflict(expected="a message or signal catcher", found=f"a {pending.kind}")
    caught(run, token, pending, event.variables)


def set_variables(run: Run, event: SetVariables) -> None:
    """Variables change from outside: in the scope of a wait, or in the process."""
    token = run.root if event.wait_id is None else find(run, event.wait_id)[0]
    for name, value in event.variables.items():
        run.assign(token, name, value)
