"""Moving tokens by hand: what is cancelled goes, what is aimed at is entered afresh, and nothing is left behind."""

from engine.bpmn.kernel.cancelling import cancel, clear
from engine.bpmn.kernel.loops import number
from engine.bpmn.kernel.receiving import find
from engine.bpmn.kernel.run import Run
from engine.bpmn.kernel.scopes import arm_event_starts, declare
from engine.bpmn.kernel.state import Token
from engine.bpmn.plan.reach import upstream
from engine.bpmn.plan.shapes import PlanNode, PlanScope
from engine.bpmn.terms import Move
from engine.errors import Conflict

_OF_ITS_OWN = frozenset(("work", "scope.begin", "scope.done", "event.begin", "iteration.done", "loop.done"))
"""Work that belongs to the token of an activity; all other work belongs to a token that has none of its own yet."""


def move(run: Run, event: Move) -> None:
    """Cancels the waits named and enters each target afresh, in the innermost running scope that holds it.

    Tokens already at joins behind a target, on flows that the fresh token will come along again, are taken away.
    Raises Conflict when a target does not exist, or lies in a multi-instance activity that does not run."""
    for element in event.target_element_ids:
        _target(run, element)
    holders = [find(run, wait_id)[0] for wait_id in event.cancel_wait_ids]
    places = [place for token in holders for place in _ancestors(token)]
    for token in holders:
        if token.alive:
            _take_away(run, token)
    for incident_id in event.cancel_incident_ids:
        _give_up(run, incident_id, places)
    if event.clears:
        clear(run, run.root)
    run.say("token.moved", None, {"to": list(event.target_element_ids), "reason": event.reason})
    for element in event.target_element_ids:
        enter(run, element, places)
    for place in places:
        _drop_empty(run, place)


def enter(run: Run, element: str, places: list[Token]) -> None:
    """Puts a token before an element. places: running scopes to look into first. Raises Conflict."""
    target = _target(run, element)
    scope = _scope_for(run, target.scope, places)
    _clear_joins(run, target, scope)
    scope.active += 1
    run.put(target.kind, target, scope)


def _give_up(run: Run, incident_id: str, places: list[Token]) -> None:
    """The work of an incident is not done any more: its token is taken away. Raises Conflict when it is settled."""
    trouble = run.troubles.get(int(incident_id) if incident_id.isdigit() else -1)
    if trouble is None:
        raise Conflict(expected=f"an open incident {incident_id}", found="it is settled already")
    run.settle(trouble)
    for item in trouble.items:
        token = run.tokens.get(item.token)
        if token is None or item.op == "trigger":
            continue
        if item.op in _OF_ITS_OWN and token.parent is not None:
            places.extend(_ancestors(token))
            _take_away(run, token)
        else:
            places.extend((token, *_ancestors(token)))
            token.active -= 1


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
