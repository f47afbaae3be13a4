"""Events: their definitions compiled, and what kind of work each event is."""

from collections.abc import Mapping

from engine.bpmn.model import Definition, EventDefinition, Expression, Node
from engine.bpmn.plan.expressions import Expressions
from engine.bpmn.plan.mappings import mappings
from engine.bpmn.plan.refusals import Refusals
from engine.bpmn.plan.shapes import PlanEvent, PlanNode, PlanScope

CAUGHT = {
    "startEvent": {"message", "timer", "conditional", "signal", "error", "escalation", "compensate"},
    "intermediateCatchEvent": {"message", "timer", "conditional", "signal", "link"},
    "boundaryEvent": {"message", "timer", "conditional", "signal", "error", "escalation", "cancel", "compensate"},
}
THROWN = {
    "intermediateThrowEvent": {"message", "signal", "escalation", "compensate", "link"},
    "endEvent": {"message", "signal", "escalation", "compensate", "error", "cancel", "terminate"},
}


_CHANGE = "variableChangeType"


class Events:
    """Compiles events."""

    def __init__(self, expressions: Expressions, refusals: Refusals, subscriptions: Mapping[str, Expression]) -> None:
        self.expressions = expressions
        self.subscriptions = subscriptions
        self.refusals = refusals

    def compile(self, node: PlanNode, drawn: Node) -> None:
        """Fills an event's definitions, mappings and kind."""
        allowed = CAUGHT.get(drawn.type) or THROWN.get(drawn.type)
        if allowed is None:
            self.refusals.unsupported(drawn)
            return
        for event in drawn.events:
            if event.kind not in allowed:
                self._misplaced(drawn, event)
        node.events = tuple(self.definition(drawn, event, index) for index, event in enumerate(drawn.events)) + self._listeners(
            drawn
        )
        node.inputs = mappings(self.expressions, drawn.inputs, drawn.id, drawn.data_inputs)
        node.outputs = mappings(self.expressions, drawn.outputs, drawn.id, drawn.data_outputs)
        node.kind = self._kind(node, drawn)
        if any(event.kind in ("error", "cancel") for event in node.events):
            node.interrupting = True

    def _kind(self, node: PlanNode, drawn: Node) -> str:
        kinds = {event.kind for event in node.events}
        if drawn.type == "intermediateCatchEvent":
            if not kinds:
                self.refusals.missing(drawn, "an event to wait for", "所等待的事件")
            return "pass" if "link" in kinds else "catch"
        if drawn.type == "endEvent":
            return "end" if not kinds else "terminate" if "terminate" in kinds else "throw"
        if drawn.type == "intermediateThrowEvent":
            return "pass" if not kinds else "link" if "link" in kinds else "throw"
        if drawn.type == "boundaryEvent" and not kinds:
            self.refusals.missing(drawn, "an event to wait for", "所等待的事件")
        return "pass"

    def definition(self, drawn: Node, event: EventDefinition, index: int = 0) -> PlanEvent:
        """One event definition."""
        where, target = drawn.id, event.target
        code = self._code(event, is_caught=drawn.type in CAUGHT)
        timer = None
        if event.kind == "timer":
            if event.expression is None:
                self.refusals.missing(drawn, "a date, duration or cycle", "日期、时长或循环")
            else:
                timer = self.expressions.timer(event.timer_kind or "duration", event.expression, where)
        if event.kind == "conditional" and event.expression is None:
            self.refusals.missing(drawn, "a condition", "条件")
        needs_name = event.kind == "signal" or (event.kind == "message" and drawn.type == "startEvent")
        if needs_name and target is None and not event.ref and event.expression is None:
            self.refusals.missing(drawn, f"a {event.kind} with a name", "带名称的消息或信号")
        written = target.name or target.id if target is not None else event.ref
        named = self.expressions.name(written, where) if event.kind in ("message", "signal") else None
        if event.kind in ("message", "signal") and event.expression is not None:
            named = self.expressions.formula(event.expression, where, "name", "名称")
        key = self._key(drawn, target) if target is not None else None
        return PlanEvent(
            kind=event.kind,
            index=index,
            id=event.id,
            name=named,
            key=self.expressions.formula(key, where, "correlation key", "关联键"),
            timer=timer,
            condition=self.expressions.formula(event.expression, where, "condition", "条件")
            if event.kind == "conditional"
            else None,
            code=code,
            ref=self._terminate_reach(event) if event.kind == "terminate" else event.activity_ref,
            wait=event.wait_for_completion,
            code_variable=attribute(event.attributes, "escalationCodeVariable")
            or attribute(event.attributes, "errorCodeVariable"),
            message_variable=attribute(event.attributes, "errorMessageVariable"),
            variable=attribute(event.attributes, "variableName") if event.kind == "conditional" else None,
            on=_writes(attribute(event.attributes, "variableEvents") if event.kind == "conditional" else None),
            catchup=drawn.properties.get("timer.catchup", "one"),
        )

    def _key(self, drawn: Node, message: Definition) -> Expression | None:
        """The correlation key: the message's own, else what the process has bound it to, or where it is found in what is sent."""
        if message.correlation_key is not None:
            return message.correlation_key
        is_sent = drawn.type in THROWN or drawn.type == "sendTask"
        return message.message_key if is_sent else self.subscriptions.get(message.id)

    def _code(self, event: EventDefinition, *, is_caught: bool) -> str | None:
        """The code of an error or escalation. Caught without a code means every code; thrown without one, the definition
        itself."""
        if event.kind not in ("error", "escalation"):
            return None
        if event.target is None:
            return event.ref
        return event.target.code or (None if is_caught else event.target.name or event.target.id)

    def _terminate_reach(self, event: EventDefinition) -> str | None:
        if attribute(event.attributes, "terminateAll") == "true":
            return "all"
        return "multi" if attribute(event.attributes, "terminateMultiInstance") == "true" else None

    def _listeners(self, drawn: Node) -> tuple[PlanEvent, ...]:
        """Flowable's variable listeners: triggered by any write of the variable."""
        found = [e for e in drawn.extensions if e.tag.endswith("variableListenerEventDefinition")]
        return tuple(
            PlanEvent(
                "conditional", len(drawn.events) + i, watched=name, on=_writes(attribute(e.attributes, "variableChangeType"))
            )
            for i, e in enumerate(found)
            if (name := attribute(e.attributes, "variableName"))
        )

    def _misplaced(self, drawn: Node, event: EventDefinition) -> None:
        self.refusals.add(
            "event",
            drawn.id,
            f"BPMN has no {event.kind} event in the place of {drawn.id} ({drawn.type}); use another event.",
            f"BPMN 不允许在“{drawn.id}”（{drawn.type}）的位置使用 {event.kind} 事件，请更换事件。",
        )

    def link_target(self, drawn: Node, scope: PlanScope, shapes: Mapping[str, Node]) -> PlanNode | None:
        """The catching half of a link, in the same scope and of the same name."""
        name = next((event.name for event in drawn.events if event.kind == "link"), "")
        for node in scope.nodes:
            events = shapes[node.id].events
            if node.type == "intermediateCatchEvent" and any(e.kind == "link" and e.name == name for e in events):
                return node
        self.refusals.missing(
            drawn, f"a catching link event named {name!r} in the same scope", f"同一层级中名为“{name}”的链接捕获事件"
        )
        return None


def _writes(text: str | None) -> tuple[str, ...]:
    """`create`, `update`, or both, however they are joined; nothing for all writes."""
    found = tuple(each for each in ("create", "update") if text is not None and each in text)
    return found if len(found) == 1 else ()


def attribute(attributes: Mapping[str, str], local: str) -> str | None:
    """An attribute by its local name, whatever its vendor's prefix."""
    for key, value in attributes.items():
        if key == local or key.endswith((":" + local, "}" + local)):
            return value
    return None
