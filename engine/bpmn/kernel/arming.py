"""Arming catchers: timers, messages, signals and conditions become waits of a token.

Errors, escalations, cancellation and compensation are found by whoever throws them and need no wait."""

from engine.bpmn.kernel.run import Run, view
from engine.bpmn.kernel.state import Pending, Token
from engine.bpmn.plan.shapes import PlanEvent, PlanNode
from engine.bpmn.timers import Due, TimerSyntaxError, first
from engine.feel import to_json


class TimerFailed(Exception):
    """A timer's expression gave nothing that is a time."""

    def __init__(self, node: PlanNode, reason: str) -> None:
        super().__init__(reason)
        self.node = node


def arm(run: Run, token: Token, catcher: PlanNode, seen_from: Token) -> None:
    """Adds the waits of a catching node to a token; a condition that already holds is triggered before anything else goes on.

    seen_from: whose variables the expressions see. Raises TimerFailed."""
    for event in catcher.events:
        pending = _pending(run, catcher, event, seen_from)
        if pending is None:
            continue
        run.arm(token, pending)
        if pending.kind == "condition" and pending.detail is not None and pending.detail.get("was") is True:
            run.put("trigger", catcher, token, pending.id)


def rearm(run: Run, token: Token, catcher: PlanNode) -> None:
    """Arms a parallel-multiple catcher afresh after it fired."""
    token.pending = [p for p in token.pending if p.element != catcher.id]
    arm(run, token, catcher, token.parent or token)


def _pending(run: Run, catcher: PlanNode, event: PlanEvent, seen_from: Token) -> Pending | None:
    if event.kind == "timer":
        return _timer(run, catcher, event, seen_from)
    if event.kind == "conditional":
        detail: dict[str, object] = {"watched": event.watched} if event.watched else {"was": False}
        if event.condition is not None:
            detail["was"] = run.value(event.condition, seen_from) is True
        return Pending(run.new_id(), catcher.id, "condition", event.index, None, detail)
    if event.kind in ("message", "signal"):
        named: dict[str, object] = {}
        if event.name is not None and event.name.names:
            named["name"] = text_of(run.value(event.name, seen_from))
        if event.key is not None:
            named["correlation_key"] = text_of(run.value(event.key, seen_from))
        return Pending(run.new_id(), catcher.id, event.kind, event.index, None, named or None)
    return None


def _timer(run: Run, catcher: PlanNode, event: PlanEvent, seen_from: Token) -> Pending | None:
    if event.timer is None:
        raise TimerFailed(catcher, "it has no time")
    try:
        due = first(event.timer.resolve(view(seen_from)), run.now, event.timer.zone)
    except (TimerSyntaxError, ValueError, OverflowError) as error:
        raise TimerFailed(catcher, str(error)) from error
    return None if due is None else timer_pending(run.new_id(), catcher, event, due)


def timer_pending(number: int, catcher: PlanNode, event: PlanEvent, due: Due) -> Pending:
    """The wait for one firing of a timer; a repeating one remembers what it counts from."""
    detail: dict[str, object] | None = None
    if due.left != 1:
        detail = {"anchor": due.anchor.isoformat(), "count": due.count, "left": due.left}
    return Pending(number, catcher.id, "timer", event.index, due.at, detail)


def text_of(value: object) -> str | None:
    """A name or correlation key as text: equal values give equal text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(to_json(value)) if not isinstance(value, int) else str(value)
