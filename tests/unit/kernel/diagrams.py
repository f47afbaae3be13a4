"""Diagrams for tests, in a few words: nodes by helper, flows as text (`a > b`, `gate > b : x > 1`, `gate > c : default`)."""

import itertools
from collections.abc import Mapping
from dataclasses import replace

from engine.bpmn.model import Definition, EventDefinition, Expression, Flow, Loop, Model, Node, Process, Scope, VariableMapping
from engine.bpmn.plan import Plan, compile_plan


def feel(text: str) -> Expression:
    return Expression(text, text)


def literal(text: str) -> Expression:
    return Expression(text, text, is_literal=True)


def node(id: str, type: str, **more: object) -> Node:
    return Node(id, type, name=id, **more)  # type: ignore[arg-type]  # fields by name


def start(id: str = "start", *events: EventDefinition, interrupting: bool = True) -> Node:
    return node(id, "startEvent", events=events, is_interrupting=interrupting)


def end(id: str = "end", *events: EventDefinition) -> Node:
    return node(id, "endEvent", events=events)


def user(id: str, **more: object) -> Node:
    return node(id, "userTask", **more)


def task(id: str, **more: object) -> Node:
    return node(id, "task", **more)


def script(id: str, text: str, **more: object) -> Node:
    return node(id, "scriptTask", script=feel(text), **more)


def service(id: str, operation: str = "op", **more: object) -> Node:
    return node(id, "serviceTask", operation=operation, **more)


def receive(id: str, name: str | None = None, **more: object) -> Node:
    return node(id, "receiveTask", message=Definition(name, "message", name) if name else None, **more)


def exclusive(id: str) -> Node:
    return node(id, "exclusiveGateway")


def parallel(id: str) -> Node:
    return node(id, "parallelGateway")


def inclusive(id: str) -> Node:
    return node(id, "inclusiveGateway")


def event_gateway(id: str, **more: object) -> Node:
    return node(id, "eventBasedGateway", **more)


def catch(id: str, *events: EventDefinition, **more: object) -> Node:
    return node(id, "intermediateCatchEvent", events=events, **more)


def throw(id: str, *events: EventDefinition) -> Node:
    return node(id, "intermediateThrowEvent", events=events)


def boundary(id: str, at: str, *events: EventDefinition, interrupting: bool = True, **more: object) -> Node:
    return node(id, "boundaryEvent", attached_to=at, events=events, is_interrupting=interrupting, **more)


def sub(id: str, *nodes: Node, flows: str = "", type: str = "subProcess", by_event: bool = False, **more: object) -> Node:
    inner = {key: more.pop(key) for key in ("compensations", "ordering", "cancel_remaining", "completion", "data") if key in more}
    return node(id, type, scope=scope(*nodes, flows=flows, triggered_by_event=by_event, **inner), **more)


def call(id: str, called: str, **more: object) -> Node:
    return node(id, "callActivity", called_element=literal(called), **more)


def timer(text: str, kind: str = "duration") -> EventDefinition:
    return EventDefinition("timer", timer_kind=kind, expression=literal(text))


def timer_feel(text: str, kind: str = "duration") -> EventDefinition:
    return EventDefinition("timer", timer_kind=kind, expression=feel(text))


def message(name: str, key: str | None = None) -> EventDefinition:
    return EventDefinition("message", target=Definition(name, "message", name, correlation_key=feel(key) if key else None))


def signal(name: str) -> EventDefinition:
    return EventDefinition("signal", target=Definition(name, "signal", name))


def error(code: str | None = None) -> EventDefinition:
    return EventDefinition("error", target=Definition(code, "error", code, code) if code else None)


def escalation(code: str | None = None) -> EventDefinition:
    return EventDefinition("escalation", target=Definition(code, "escalation", code, code) if code else None)


def conditional(text: str) -> EventDefinition:
    return EventDefinition("conditional", expression=feel(text))


def compensate(ref: str | None = None, *, wait: bool = True) -> EventDefinition:
    return EventDefinition("compensate", activity_ref=ref, wait_for_completion=wait)


def terminate() -> EventDefinition:
    return EventDefinition("terminate")


def cancel() -> EventDefinition:
    return EventDefinition("cancel")


def link(name: str) -> EventDefinition:
    return EventDefinition("link", name=name)


def many(count: str = "3", *, kind: str = "parallel", **more: object) -> Loop:
    return Loop(kind, cardinality=feel(count), **more)  # type: ignore[arg-type]  # fields by name


def each(collection: str, element: str, *, kind: str = "parallel", **more: object) -> Loop:
    return Loop(kind, collection=feel(collection), element_variable=element, **more)  # type: ignore[arg-type]  # fields by name


def copies(source: str, target: str) -> VariableMapping:
    return VariableMapping(feel(source), target)


def scope(*nodes: Node, flows: str = "", **more: object) -> Scope:
    drawn: list[Flow] = []
    defaults: dict[str, str] = {}
    for line in (part.strip() for part in flows.replace("\n", ";").split(";")):
        if not line:
            continue
        path, _, condition = line.partition(":")
        steps = [step.strip() for step in path.split(">")]
        for source, target in itertools.pairwise(steps):
            made = Flow(f"{source}-{target}", source, target, "", None)
            if condition.strip() == "default":
                defaults[source] = made.id
            elif condition.strip():
                made = replace(made, condition=feel(condition.strip()))
            drawn.append(made)
    known = tuple(replace(n, default_flow=defaults[n.id]) if n.id in defaults else n for n in nodes)
    return Scope(nodes=known, flows=tuple(drawn), **more)  # type: ignore[arg-type]  # fields by name


def model(*nodes: Node, flows: str = "", id: str = "P", **more: object) -> Model:
    return Model(b"", (Process(id, id, True, scope(*nodes, flows=flows, **more)),))


def plan(*nodes: Node, flows: str = "", id: str = "P", decisions: Mapping[str, object] | None = None, **more: object) -> Plan:
    return compile_plan(model(*nodes, flows=flows, id=id, **more), id, decisions or {})  # type: ignore[arg-type]  # stand-ins for decisions
