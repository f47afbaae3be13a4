"""What an officer does to a running instance: cancel, suspend, resume, add and remove instances. Moving tokens is in `moving`."""

from dataclasses import replace
from datetime import timedelta

from engine.bpmn.kernel.cancelling import cancel
from engine.bpmn.kernel.loops import go_on_unless_satisfied, number, start_next
from engine.bpmn.kernel.receiving import find
from engine.bpmn.kernel.run import Run
from engine.bpmn.kernel.scopes import end_instance
from engine.bpmn.kernel.state import Pending, Token
from engine.bpmn.terms import AddInstance, Cancel, RemoveInstance, Resume, Status, Suspend
from engine.errors import Conflict


def cancel_instance(run: Run, event: Cancel) -> None:
    """Ends the instance from outside."""
    end_instance(run, Status.CANCELLED)


def suspend(run: Run, event: Suspend) -> None:
    """Everything stands still; each timer keeps the seconds that remain."""
    for token in run.tokens.values():
        token.pending = [_stopped(run, p) for p in token.pending]
    run.status = Status.SUSPENDED
    run.say("instance.suspended", None, {"reason": event.reason} if event.reason else {})


def _stopped(run: Run, pending: Pending) -> Pending:
    if pending.due is None:
        return pending
    remaining = max((pending.due - run.now).total_seconds(), 0.0)
    return replace(pending, due=None, detail={**(pending.detail or {}), "remaining": str(remaining)})


def resume(run: Run, event: Resume) -> None:
    """Goes on; each timer is due after what remained."""
    if run.status is not Status.SUSPENDED:
        raise Conflict(expected="a suspended instance", found="it is running")
    for token in run.tokens.values():
        token.pending = [_going(run, p) for p in token.pending]
    run.status = Status.ACTIVE
    run.say("instance.resumed", None, {"reason": event.reason} if event.reason else {})


def _going(run: Run, pending: Pending) -> Pending:
    if pending.detail is None or "remaining" not in pending.detail:
        return pending
    detail = {key: value for key, value in pending.detail.items() if key != "remaining"}
    due = run.now + timedelta(seconds=float(str(pending.detail["remaining"])))
    if "anchor" in detail:
        detail.update(anchor=due.isoformat(), count=0)
    return replace(pending, due=due, detail=detail or None)


def add_instance(run: Run, event: AddInstance) -> None:
    """One more instance of a running multi-instance activity. Raises Conflict when none is running."""
    body = next((t for t in run.tokens.values() if t.role == "multi" and t.element == event.element_id), None)
    if body is None or body.data is None:
        raise Conflict(expected=f"{event.element_id} to be a running multi-instance activity", found="it is not running")
    node, total = run.node_of(body), number(body.data, "n")
    body.data["n"] = total + 1
    if event.variables:
        body.data[f"given{total}"] = dict(event.variables)
    out = body.data.get("out")
    if isinstance(out, list):
        body.data["out"] = [*out, None]
    run.say("instance.added", event.element_id, {"reason": event.reason} if event.reason else {})
    if node.loop is not None and node.loop.kind == "parallel":
        start_next(run, node, body)


def remove_instance(run: Run, event: RemoveInstance) -> None:
    """Takes one instance of a multi-instance activity away. Raises Conflict when the wait is in none."""
    token: Token | None = find(run, event.wait_id)[0]
    while token is not None and token.role != "iteration":
        token = token.parent
    body = token.parent if token is not None else None
    if token is None or body is None or body.role != "multi" or body.data is None:
        raise Conflict(expected="a task of a multi-instance activity", found="it is in none")
    run.say("instance.removed", token.element, {"reason": event.reason} if event.reason else {})
    index = (token.data or {}).get("index")
    removed = body.data.get("removed")
    body.data["removed"] = [*(removed if isinstance(removed, list) else []), index]
    cancel(run, token)
    body.active -= 1
    go_on_unless_satisfied(run, run.node_of(body), body)
