"""The step: `(plan, state, event, now) → outcome`, the one function that moves tokens."""

from datetime import datetime
from typing import NamedTuple

from engine.bpmn.kernel import moving, officer, receiving, starts
from engine.bpmn.kernel.codec import decode, encode
from engine.bpmn.kernel.conditions import look_again
from engine.bpmn.kernel.dispatch import OPERATIONS
from engine.bpmn.kernel.gateways_inclusive import synchronise
from engine.bpmn.kernel.incidents import deadlocked, overspent, retry
from engine.bpmn.kernel.recorded import encode_event
from engine.bpmn.kernel.run import Run
from engine.bpmn.kernel.state import State
from engine.bpmn.kernel.waiting import standing, undoing, waits
from engine.bpmn.plan.shapes import Plan
from engine.bpmn.terms import (
    AddInstance,
    Cancel,
    Complete,
    Deliver,
    Effect,
    Entry,
    Event,
    Fire,
    Move,
    RemoveInstance,
    Resume,
    Retry,
    SetVariables,
    Start,
    Status,
    Suspend,
    Throw,
    Values,
    Wait,
)
from engine.errors import Conflict
from engine.feel import moments

__all__ = ["Outcome", "State", "decode", "encode", "incidents", "standing", "step", "undoing", "variables", "waits"]

BUDGET = 10_000
_AT_REST = (Status.ACTIVE, Status.SUSPENDED)


class Outcome(NamedTuple):
    """What one step did: the new state with its waits, what leaves the instance, and what happened in order.

    error: code of the uncaught BPMN error that ended the instance, None otherwise."""

    state: State
    status: Status
    waits: tuple[Wait, ...]
    effects: tuple[Effect, ...]
    history: tuple[Entry, ...]
    error: str | None = None


def step(plan: Plan, state: State | None, event: Event, now: datetime, *, budget: int = BUDGET) -> Outcome:
    """Applies one event and runs to rest. state: None only with `Start`. budget: elements to execute before an incident.

    Raises Conflict when the event names a wait that is no longer there, or when the instance has ended or stands still."""
    _check(state, event)
    run = Run(plan, state, now, budget)
    run.say("event.received", None, encode_event(event))
    with moments.at(now, plan.zone):
        _apply(run, event)
        rest(run)
    after = State(run.status, run.next_id, run.root, tuple(run.troubles.values()), run.error, frozenset(run.synchronising))
    waiting = waits(plan, after) if run.status in _AT_REST else ()
    if not waiting and not run.troubles and run.status is Status.ACTIVE:
        deadlocked(run)
        after = State(run.status, run.next_id, run.root, tuple(run.troubles.values()), run.error, frozenset(run.synchronising))
    return Outcome(after, run.status, waiting, tuple(run.effects), tuple(run.history), run.error)


def _check(state: State | None, event: Event) -> None:
    """Refuses what the instance's status does not allow, before anything changes."""
    if isinstance(event, Start) != (state is None):
        raise Conflict(expected="one start event, first of all", found="the instance has begun" if state else "no instance yet")
    if state is None or isinstance(event, Start):
        return
    if state.status is Status.SUSPENDED and not isinstance(event, Resume | Cancel):
        raise Conflict(expected="a running instance", found="it is suspended; resume it first")
    if state.status not in (Status.ACTIVE, Status.SUSPENDED):
        raise Conflict(expected="a running instance", found=f"it has ended ({state.status.value})")


def _apply(run: Run, event: Event) -> None:
    match event:
        case Start():
            starts.start(run, event)
        case Complete():
            receiving.complete(run, event)
        case Throw():
            receiving.throw(run, event)
        case Fire():
            receiving.fire(run, event)
        case Deliver():
            receiving.deliver(run, event)
        case SetVariables():
            receiving.set_variables(run, event)
        case Retry():
            retry(run, event)
        case Cancel():
            officer.cancel_instance(run, event)
        case Move():
            moving.move(run, event)
        case Suspend():
            officer.suspend(run, event)
        case Resume():
            officer.resume(run, event)
        case AddInstance():
            officer.add_instance(run, event)
        case RemoveInstance():
            officer.remove_instance(run, event)


def rest(run: Run) -> None:
    """Works until nothing can move: branches first, then signals thrown, then gateways that wait for what may still arrive."""
    queue, left, operations = run.queue, run.budget, OPERATIONS
    if run.watching and run.changed:
        look_again(run)
    while True:
        while queue:
            op, node, token, extra = queue.popleft()
            if not token.alive:
                continue
            if not left:
                queue.appendleft((op, node, token, extra))
                overspent(run)
                return
            left -= 1
            operations[op](run, node, token, extra)
            if run.watching and run.changed:
                look_again(run)
        if run.deferred:
            queue.append(run.deferred.popleft())
        elif not (run.synchronising and synchronise(run)):
            return


def variables(state: State) -> Values:
    """The variables of the process scope."""
    return dict(state.root.variables or {})


def incidents(state: State) -> tuple[str, ...]:
    """The ids of the open incidents."""
    return tuple(str(trouble.id) for trouble in state.troubles)
