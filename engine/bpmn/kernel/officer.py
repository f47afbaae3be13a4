"""An officer's moves on a running instance: cancel, suspend, resume, move, add and remove instances."""

from dataclasses import replace
from datetime import timedelta

from engine.bpmn.kernel.cancelling import cancel
from engine.bpmn.kernel.loops import go_on, number, start_next
from engine.bpmn.kernel.receiving import find
from engine.bpmn.kernel.run import Run
from engine.bpmn.kernel.scopes import arm_event_starts, declare, end_instance
from engine.bpmn.kernel.state import Pending, Token
from engine.bpmn.plan.reach import upstream
from engine.bpmn.plan.shapes import PlanNode, PlanScope
from engine.bpmn.terms import AddInstance, Cancel, Move, RemoveInstance, Resume, Status, Suspend
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


def move(run: Run, event: Move) -> None:
    """Cancels the waits named and enters each target afresh, in the innermost running scope that holds it.

    Tokens already at joins behind a target, on flows that the fresh token will come along again, are taken away.
    Raises Conflict when a target does not exist, or lies in a multi-instance activity that does not run."""
    targets = [_target(run, element) for element in event.target_element_ids]
    holders = [find(run, wait_id)[0] for wait_id in event.cancel_wait_ids]
    places = [place for token in holders for place in _ancestors(token)]
    for token in holders:
        if token.alive:
            _take_away(run, token)
    run.say("token.moved", None, {"to": list(event.target_element_ids), "reason": event.reason})
    for target in targets:
        scope = _scope_for(run, target.scope, places)
        _clear_joins(run, target, scope)
        scope.active += 1
        run.put(target.kind, target, scope)
    for place in places:
        _drop_empty(run, place)


def _target(run: Run, element: str) -> PlanNode:
    node = run.plan.nodes.get(element)
    if node is None or node.type == "boundaryEvent" or (node.inner is not None and node.inner.event_triggered):
        raise Conflict(expected="an element that a token can enter", found=element)
    return node


def _ancestors(token: Token) -> list[Token]:
    found: list[Token] = []
    while token.parent is not None:
        token = token.parent
        found.append(token)
    return found


def _take_away(run: Run, token: Token) -> None:
    parent = token.parent
    if parent is None:
        return
    _forget_instance(token, parent)
    cancel(run, token)
    parent.active -= 1


def _forget_instance(token: Token, body: Token) -> None:
    if token.role == "iteration" and body.data is not None:
        body.data["gone"] = number(body.data, "gone") + 1


def _scope_for(run: Run, scope: PlanScope, places: list[Token]) -> Token:
    """The running scope to enter: around the cancelled tokens first, else any that runs, else a fresh one around the target."""
    if scope.owner is None or scope.owner is run.plan.root:
        return run.root
    running = [
        t for t in (*places, *run.tokens.values()) if t.alive and t.element == scope.owner.id and t.role in ("", "iteration")
    ]
    if running:
        return running[0]
    if scope.owner.loop is not None or scope.event_triggered:
        raise Conflict(expected=f"{scope.owner.id} to be running", found="a token cannot be put inside it from outside")
    around = _scope_for(run, scope.owner.scope, places)
    around.active += 1
    token = run.open(scope.owner, around)
    run.say("element.started", scope.owner.id)
    declare(token, scope)
    arm_event_starts(run, token, scope)
    return token


def _clear_joins(run: Run, target: PlanNode, scope: Token) -> None:
    for join, counts in list((scope.joins or {}).items()):
        node = run.plan.nodes[join]
        for flow in node.incoming:
            if flow.id in counts and (target is flow.source or target.id in upstream(node, flow)):
                scope.active -= counts.pop(flow.id)
        if not counts and scope.joins is not None:
            del scope.joins[join]


def _drop_empty(run: Run, place: Token) -> None:
    """Scopes that lost their last token to a move are left without completing; a loop goes on with its other instances."""
    parent = place.parent
    if parent is None or not place.alive or place.active:
        return
    if place.role == "multi" and place.data is not None and number(place.data, "started") < number(place.data, "n"):
        place.data["n"] = number(place.data, "started")
    _forget_instance(place, parent)
    cancel(run, place)
    parent.active -= 1


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
    go_on(run, run.node_of(body), body)
