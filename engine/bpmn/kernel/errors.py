"""BPMN errors and escalations: they look for a catcher from the inside out.

In each scope first its event sub-processes, then the boundary events of the activity around it; a catcher that names the code
before one
that catches all. An error ends what it is caught on; an escalation only where the catcher interrupts."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.kernel.catching import boundary_fires, event_subprocess_starts
from engine.bpmn.kernel.run import Run
from engine.bpmn.kernel.scopes import end_instance
from engine.bpmn.kernel.state import Token
from engine.bpmn.plan.shapes import PlanEvent, PlanNode
from engine.bpmn.terms import Escalate, Status


@dataclass(frozen=True, slots=True)
class Catcher:
    """Who catches: the event on a token, and the definition that matched."""

    node: PlanNode
    token: Token
    event: PlanEvent


def throw_error(run: Run, node: PlanNode, origin: Token, code: str | None, message: str, variables: Mapping[str, object]) -> None:
    """Throws an error out of `origin`; uncaught, it ends the instance."""
    run.say("error.thrown", node.id, {"code": code or "", **({"message": message} if message else {})})
    catcher = find(run, origin, "error", code)
    if catcher is None:
        end_instance(run, Status.ERROR_ENDED, code or "")
        return
    _catch(run, catcher, code, message, variables)


def throw_escalation(run: Run, node: PlanNode, origin: Token, code: str | None, variables: Mapping[str, object]) -> None:
    """Throws an escalation out of `origin`; uncaught, it is told to whoever called this instance."""
    run.say("escalation.thrown", node.id, {"code": code or ""})
    catcher = find(run, origin, "escalation", code)
    if catcher is None:
        run.effects.append(Escalate(node.id, code or "", dict(variables)))
        return
    _catch(run, catcher, code, "", variables)


def _catch(run: Run, catcher: Catcher, code: str | None, message: str, variables: Mapping[str, object]) -> None:
    carried = dict(variables)
    if catcher.event.code_variable:
        carried[catcher.event.code_variable] = code
    if catcher.event.message_variable:
        carried[catcher.event.message_variable] = message
    if catcher.node.type == "boundaryEvent":
        boundary_fires(run, catcher.node, catcher.token, carried)
    else:
        event_subprocess_starts(run, catcher.node, catcher.token, carried)


def find(run: Run, origin: Token, kind: str, code: str | None) -> Catcher | None:
    """The nearest catcher around a token, the token itself included."""
    at: Token | None = origin
    inside: Token | None = None
    while at is not None:
        node = run.node_of(at)
        scope = node.inner
        holds_scope = scope is not None and at.role not in ("multi", "loop")
        if scope is not None and holds_scope and not (at.data is not None and "interrupted" in at.data):
            starts = tuple(s for s in scope.event_starts if inside is None or s.scope.owner is not run.node_of(inside))
            caught = _match(starts, at, kind, code)
            if caught is not None:
                return caught
        if at.parent is not None and at.role not in ("iteration", "undo"):
            caught = _match(node.boundaries, at, kind, code)
            if caught is not None:
                return caught
        inside, at = at, at.parent
    return None


def _match(nodes: tuple[PlanNode, ...], token: Token, kind: str, code: str | None) -> Catcher | None:
    found: Catcher | None = None
    for node in nodes:
        for event in node.events:
            if event.kind != kind:
                continue
            if event.code is not None and event.code == code:
                return Catcher(node, token, event)
            if event.code is None and found is None:
                found = Catcher(node, token, event)
    return found
