"""Catching: what happens when something arrives at a wait: a boundary event, an event sub-process, an event gateway, or the
element itself."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from engine.bpmn.kernel.activities import finish, mapped
from engine.bpmn.kernel.arming import TimerFailed, rearm, timer_pending
from engine.bpmn.kernel.cancelling import cancel, clear
from engine.bpmn.kernel.flows import leave
from engine.bpmn.kernel.run import Extra, Run, view
from engine.bpmn.kernel.state import Pending, Token
from engine.bpmn.plan.shapes import PlanMapping, PlanNode
from engine.bpmn.timers import Due, TimerSyntaxError, following

NONE: Mapping[str, object] = {}
MOST_TOKENS = 5_000
"""With more tokens than this a timer that repeats stops, so that nothing it starts piles up for ever."""


def trigger(run: Run, catcher: PlanNode, token: Token, extra: Extra) -> None:
    """An armed condition became true; `extra` is the number of its wait."""
    pending = next((p for p in token.pending if p.id == extra), None)
    if pending is not None:
        caught(run, token, pending, NONE)


def caught(run: Run, token: Token, pending: Pending, variables: Mapping[str, object]) -> None:
    """Something arrived at a wait of a token."""
    catcher = run.plan.nodes[pending.element]
    if catcher.parallel_multiple and len(catcher.events) > 1 and not _is_last(token, catcher, pending):
        token.pending.remove(pending)
        deliver(run, catcher, token if token.parent is None else token.parent, variables)
        return
    if catcher.id == token.element:
        token.pending = [p for p in token.pending if p.element != catcher.id]
        if catcher.inner is not None:
            run.put("scope.done", catcher, token)
        else:
            finish(run, catcher, token, variables)
    elif catcher.type == "boundaryEvent":
        _after_catch(run, token, catcher, pending)
        boundary_fires(run, catcher, token, variables)
    elif catcher.type == "startEvent":
        _after_catch(run, token, catcher, pending)
        event_subprocess_starts(run, catcher, token, variables)
    else:
        _gateway_decides(run, catcher, token, variables)


def _is_last(token: Token, catcher: PlanNode, pending: Pending) -> bool:
    """Whether all other event definitions of a parallel-multiple catcher have already arrived."""
    return not any(p.element == catcher.id and p.id != pending.id for p in token.pending)


def _after_catch(run: Run, token: Token, catcher: PlanNode, pending: Pending) -> None:
    """A non-interrupting catcher stays armed; a timer is armed for its next firing, if it has one."""
    if catcher.interrupting:
        return
    if catcher.parallel_multiple and len(catcher.events) > 1:
        try:
            rearm(run, token, catcher)
        except TimerFailed:
            token.pending.remove(pending)
        return
    if pending.kind == "timer":
        token.pending.remove(pending)
        if len(run.tokens) > MOST_TOKENS:
            too_many(run, catcher)
            return
        again = next_firing(run, token, catcher, pending)
        if again is not None:
            token.pending.append(again)


def too_many(run: Run, catcher: PlanNode) -> None:
    """An incident for a repeating timer whose work piles up."""
    name = catcher.name or catcher.id
    run.trouble(
        catcher,
        "tokens.many",
        f"The timer {name} has been stopped: more than {MOST_TOKENS} tokens wait in this instance, and it adds one each time.",
        f"定时器“{name}”已停止：实例中等待的令牌超过 {MOST_TOKENS} 个，且每次触发都会增加。",
        (),
        {},
    )


def next_firing(run: Run, token: Token, catcher: PlanNode, pending: Pending) -> Pending | None:
    """The wait for the next firing of a repeating timer."""
    event = catcher.events[pending.index]
    detail = pending.detail
    if detail is None or event.timer is None or pending.due is None:
        return None
    anchor, count, left = str(detail["anchor"]), detail["count"], detail["left"]
    due = Due(pending.due, datetime.fromisoformat(anchor), int(str(count)), None if left is None else int(str(left)))
    try:
        schedule = event.timer.resolve(view(token))
    except TimerSyntaxError:
        return None
    later = following(schedule, due, run.now, event.timer.zone, event.catchup)
    if later is None:
        return None
    armed = timer_pending(run.new_id(), catcher, event, later)
    return replace(armed, detail={"anchor": anchor, "count": later.count, "left": later.left})


def boundary_fires(run: Run, boundary: PlanNode, host: Token, variables: Mapping[str, object]) -> None:
    """A boundary event fires: it takes the token of an activity it interrupts, or makes one of its own."""
    parent = host.parent
    if parent is None:
        return
    if boundary.interrupting:
        cancel(run, host)
    else:
        parent.active += 1
    deliver(run, boundary, parent, variables)
    run.history.append(boundary.completed)
    leave(run, boundary, parent)


def event_subprocess_starts(run: Run, start: PlanNode, scope: Token, variables: Mapping[str, object]) -> None:
    """An event sub-process begins in its scope; an interrupting one is all that is left of it."""
    owner = start.scope.owner
    if owner is None or owner.inner is None:
        return
    if start.interrupting:
        clear(run, scope)
        scope.pending = [p for p in scope.pending if run.plan.nodes[p.element].type != "startEvent"]
        scope.data = {**{k: v for k, v in (scope.data or {}).items() if k != "todo"}, "interrupted": True}
    scope.active += 1
    token = run.open(owner, scope)
    deliver(run, start, token, variables)
    run.put("event.begin", start, token)


def _gateway_decides(run: Run, catcher: PlanNode, token: Token, variables: Mapping[str, object]) -> None:
    """The first event behind an event gateway wins; the token goes on behind it."""
    parent = token.parent
    if parent is None:
        return
    gateway = run.node_of(token)
    for flow in gateway.outgoing:
        if flow.target is catcher:
            run.history.append(flow.entry)
    run.close(token)
    deliver(run, catcher, parent, variables)
    run.history.append(catcher.completed)
    leave(run, catcher, parent)


def deliver(run: Run, catcher: PlanNode, scope: Token, variables: Mapping[str, object]) -> None:
    """Writes what an event carries: through its output mappings when it has some, else by name."""
    if not variables and not catcher.outputs:
        return
    if not catcher.outputs:
        for name, value in variables.items():
            run.assign(scope, name, value, catcher.id)
        return
    for mapping in catcher.outputs:
        for name, value in _mapped_from(run, mapping, scope, variables).items():
            run.assign(scope, name, value, catcher.id)


def _mapped_from(run: Run, mapping: PlanMapping, scope: Token, variables: Mapping[str, object]) -> Mapping[str, object]:
    if mapping.source is None:
        return variables
    if mapping.target == "*":
        return mapped(run, mapping, scope)
    return {mapping.target: run.value(mapping.source, scope, variables)}
