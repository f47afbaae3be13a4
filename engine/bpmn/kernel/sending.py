"""Messages and signals that leave. A message has one receiver, elsewhere; a signal reaches all, the own instance first."""

from collections.abc import Mapping

from engine.bpmn.kernel.activities import mapped
from engine.bpmn.kernel.arming import text_of
from engine.bpmn.kernel.catching import caught
from engine.bpmn.kernel.run import Run
from engine.bpmn.kernel.state import Token
from engine.bpmn.plan.shapes import PlanEvent, PlanNode
from engine.bpmn.terms import BroadcastSignal, SendMessage


def send(run: Run, node: PlanNode, token: Token, event: PlanEvent) -> None:
    """Sends a message with the node's mapped variables; one that has no name reaches nobody and is only recorded."""
    name = text_of(run.value(event.name, token)) if event.name is not None else None
    carried = payload(run, node, token)
    key = text_of(run.value(event.key, token, carried)) if event.key is not None else None
    if name:
        run.effects.append(SendMessage(node.id, name, key, carried))
    run.say("message.sent", node.id, {"name": name or ""})


def broadcast(run: Run, node: PlanNode, token: Token, event: PlanEvent) -> None:
    """Throws a signal: to the catchers of this instance that were armed before, then to the others."""
    name = text_of(run.value(event.name, token)) if event.name is not None else None
    carried = payload(run, node, token)
    run.say("signal.thrown", node.id, {"name": name or ""})
    run.effects.append(BroadcastSignal(node.id, name or "", carried))
    armed = [(t, p.id) for t in list(run.tokens.values()) for p in t.pending if p.kind == "signal"]
    for holder, number in armed:
        pending = next((p for p in holder.pending if p.id == number), None)
        if pending is not None and signal_name(run, pending.element, pending.index, pending.detail) == name:
            caught(run, holder, pending, carried)


def signal_name(run: Run, element: str, index: int, detail: Mapping[str, object] | None) -> str | None:
    """The name a signal wait listens to: as evaluated when armed, else as drawn."""
    if detail is not None and "name" in detail:
        return text_of(detail["name"])
    event = run.plan.nodes[element].events[index]
    return text_of(event.name.evaluate({})) if event.name is not None else None


def payload(run: Run, node: PlanNode, token: Token) -> dict[str, object]:
    """What a thrown event carries: its input mappings, evaluated where it is thrown; nothing when there are none."""
    carried: dict[str, object] = dict(token.variables or {}) if token.element == node.id else {}
    if not carried:
        for mapping in node.inputs:
            carried.update(mapped(run, mapping, token))
    return carried
