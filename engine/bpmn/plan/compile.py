"""Compiling: from the model as drawn to the plan as run. Whatever cannot run is refused by element, all at once."""

from collections.abc import Mapping

from engine.bpmn.model import Definition, Model, Node, Process, Scope
from engine.bpmn.plan.activities import Activities
from engine.bpmn.plan.data import DataNames
from engine.bpmn.plan.events import Events
from engine.bpmn.plan.expressions import Expressions
from engine.bpmn.plan.reach import reach_of
from engine.bpmn.plan.refusals import Refusals
from engine.bpmn.plan.shapes import Formula, Plan, PlanFlow, PlanNode, PlanScope, StartPoint
from engine.bpmn.terms import Entry
from engine.dmn import Decision
from engine.errors import Invalid, NotFound

GATEWAYS = {
    "exclusiveGateway": "gateway.exclusive",
    "parallelGateway": "gateway.parallel",
    "inclusiveGateway": "gateway.inclusive",
    "complexGateway": "gateway.complex",
    "eventBasedGateway": "gateway.event",
}
SUBPROCESSES = ("subProcess", "transaction", "adHocSubProcess")
DEEPEST = 50


def compile_plan(model: Model, process_id: str, decisions: Mapping[str, Decision], *, zone: str = "Asia/Shanghai") -> Plan:
    """The plan of one process.

    decisions: compiled decisions by id, for business rule tasks. zone: IANA name, for times that name none.
    Raises Invalid with one finding for each element that cannot be executed; NotFound for a process the model does not have."""
    process = next((p for p in model.processes if p.id == process_id), None)
    if process is None:
        raise NotFound(thing="process", key=process_id)
    compiler = _Compiler(process, decisions, zone, model.definitions)
    plan = compiler.plan()
    if compiler.refusals.findings:
        raise Invalid(findings=compiler.refusals.findings)
    return plan


class _Compiler:
    """One compilation: nodes first, then flows between them, then what depends on both."""

    def __init__(
        self, process: Process, decisions: Mapping[str, Decision], zone: str, definitions: Mapping[str, Definition]
    ) -> None:
        self.process = process
        self.definitions = definitions
        self.zone = zone
        self.refusals = Refusals()
        self.expressions = Expressions(self.refusals, zone)
        data = DataNames(process.scope)
        self.data = data
        self.events = Events(self.expressions, self.refusals, process.subscriptions)
        self.activities = Activities(self.expressions, self.refusals, self.events, decisions, data)
        self.nodes: dict[str, PlanNode] = {}
        self.flows: dict[str, PlanFlow] = {}
        self.drawn: dict[str, Node] = {}

    def plan(self) -> Plan:
        """The whole plan; findings are in `refusals`."""
        scope = PlanScope(self.process.id, None)
        root = PlanNode(
            self.process.id, "process", self.process.name, scope, Entry("element.completed", self.process.id), inner=scope
        )
        self._scope(scope, self.process.scope, 0)
        for node in self.nodes.values():
            self._finish(node)
        starts = self._starts(scope)
        if not starts and not scope.entries:
            self.refusals.add(
                "start",
                self.process.id,
                f"The process {self.process.id} has nothing to start with; add a start event.",
                f"流程“{self.process.id}”没有起点，请添加开始事件。",
            )
        return Plan(self.process.id, root, scope, self.nodes, self.flows, starts, self.zone, self._message_keys())

    def _message_keys(self) -> Mapping[str, Formula]:
        keyed = {each.name: each for id, each in self.definitions.items() if id in self.process.subscriptions}
        formulas = {n: self.expressions.formula(d.message_key, d.id, "correlation key", "关联键") for n, d in keyed.items()}
        return {name: formula for name, formula in formulas.items() if formula is not None}

    def _scope(self, scope: PlanScope, drawn: Scope, depth: int) -> None:
        if depth > DEEPEST:
            self.refusals.add(
                "depth",
                scope.id,
                f"Sub-processes are nested more than {DEEPEST} deep at {scope.id}; flatten them.",
                f"子流程“{scope.id}”嵌套超过 {DEEPEST} 层，请简化。",
            )
            return
        scope.event_triggered = drawn.triggered_by_event
        scope.declared = self.data.declared(drawn)
        for element_id, kind in drawn.strangers:
            self.refusals.stranger(element_id, kind)
        scope.nodes = tuple(self._node(scope, node, depth) for node in drawn.nodes)
        self._connect(scope, drawn)
        self._attach(scope, drawn)
        self._enter(scope, drawn)

    def _node(self, scope: PlanScope, drawn: Node, depth: int) -> PlanNode:
        if drawn.id in self.nodes:
            self.refusals.add(
                "duplicate",
                drawn.id,
                f"The id {drawn.id} is used twice; ids must differ.",
                f"标识“{drawn.id}”重复，请改用不同的标识。",
            )
        node = PlanNode(drawn.id, drawn.type, drawn.name, scope, Entry("element.completed", drawn.id))
        self.nodes[node.id] = node
        self.drawn[node.id] = drawn
        node.interrupting = drawn.is_interrupting
        node.parallel_multiple = drawn.parallel_multiple
        if drawn.type in SUBPROCESSES and drawn.scope is not None:
            node.inner = PlanScope(drawn.id, node)
            self._scope(node.inner, drawn.scope, depth + 1)
            self._ad_hoc(node, drawn)
        if drawn.type.endswith("Event"):
            self.events.compile(node, drawn)
        elif drawn.type in GATEWAYS:
            node.kind = GATEWAYS[drawn.type]
            node.together = drawn.instantiate and drawn.event_gateway_type == "Parallel"
            node.activation = self.expressions.formula(drawn.activation, drawn.id, "activation condition", "激活条件")
        else:
            self.activities.compile(node, drawn)
        return node

    def _ad_hoc(self, node: PlanNode, drawn: Node) -> None:
        if node.inner is None or drawn.scope is None or drawn.type != "adHocSubProcess":
            return
        node.inner.ad_hoc = True
        node.inner.sequential = drawn.scope.ordering == "Sequential"
        node.inner.cancel_remaining = drawn.scope.cancel_remaining
        node.inner.completion = self.expressions.formula(drawn.scope.completion, drawn.id, "completion condition", "完成条件")

    def _connect(self, scope: PlanScope, drawn: Scope) -> None:
        inside = {node.id: node for node in scope.nodes}
        outgoing: dict[str, list[PlanFlow]] = {}
        incoming: dict[str, list[PlanFlow]] = {}
        for flow in drawn.flows:
            source, target = inside.get(flow.source), inside.get(flow.target)
            if source is None or target is None:
                self.refusals.add(
                    "flow",
                    flow.id,
                    f"The sequence flow {flow.id} must connect two elements of the same process or sub-process.",
                    f"顺序流“{flow.id}”必须连接同一流程或子流程内的两个元素。",
                )
                continue
            condition = self.expressions.formula(flow.condition, flow.id, "condition", "条件")
            made = PlanFlow(flow.id, source, target, condition, Entry("flow.taken", flow.id))
            self.flows[flow.id] = made
            outgoing.setdefault(source.id, []).append(made)
            incoming.setdefault(target.id, []).append(made)
        for node in scope.nodes:
            node.outgoing = tuple(outgoing.get(node.id, ()))
            node.incoming = tuple(incoming.get(node.id, ()))
            wanted = self.drawn[node.id].default_flow
            node.default = next((flow for flow in node.outgoing if flow.id == wanted), None)

    def _attach(self, scope: PlanScope, drawn: Scope) -> None:
        """Boundary events to their activities, handlers to what they undo, links to their other half."""
        inside = {node.id: node for node in scope.nodes}
        handlers = dict(drawn.compensations)
        for node in scope.nodes:
            shape = self.drawn[node.id]
            if node.type == "boundaryEvent":
                host = inside.get(shape.attached_to or "")
                if host is None or not self._is_activity(host):
                    self.refusals.missing(shape, "an activity to be attached to", "所依附的活动")
                    continue
                node.attached = host
                if any(event.kind == "compensate" for event in node.events):
                    host.handler = inside.get(handlers.get(node.id, ""))
                    if host.handler is None:
                        self.refusals.missing(shape, "an association to a compensation activity", "指向补偿活动的关联")
                else:
                    host.boundaries = (*host.boundaries, node)
            elif node.kind == "link":
                node.link = self.events.link_target(shape, scope, self.drawn)

    def _is_activity(self, node: PlanNode) -> bool:
        return not node.type.endswith(("Event", "Gateway"))

    def _enter(self, scope: PlanScope, drawn: Scope) -> None:
        starts = [node for node in scope.nodes if node.type == "startEvent"]
        if drawn.triggered_by_event:
            scope.entries = ()
        elif scope.owner is None:
            plain = [node for node in starts if not node.events]
            scope.entries = tuple(plain) if starts else self._without_incoming(scope)
        else:
            scope.entries = (
                tuple(starts)
                if starts and self.drawn[scope.owner.id].type != "adHocSubProcess"
                else self._without_incoming(scope)
            )
        found = [
            start
            for node in scope.nodes
            if node.inner is not None and node.inner.event_triggered
            for start in node.inner.nodes
            if start.type == "startEvent"
        ]
        if scope.owner is None:
            self._check_process_starts(starts)
        for start in found:
            if not start.events:
                self.refusals.missing(
                    self.drawn[start.id], "an event that triggers its event sub-process", "触发事件子流程的事件"
                )
        scope.event_starts = tuple(s for s in found if not any(e.kind == "compensate" for e in s.events))
        scope.undo = next((s for s in found if any(e.kind == "compensate" for e in s.events)), None)

    def _check_process_starts(self, starts: list[PlanNode]) -> None:
        """A process begins by nothing, a message, timer, condition or signal; errors and the like need an event sub-process."""
        for start in starts:
            kinds = {event.kind for event in start.events} & {"error", "escalation", "compensate"}
            if kinds:
                kind = ", ".join(sorted(kinds))
                self.refusals.add(
                    "start",
                    start.id,
                    f"The start event {start.id} would begin a process by {kind}, which nothing can throw at it; "
                    "put it into an event sub-process.",
                    f"开始事件“{start.id}”的触发器（{kind}）不能启动流程，请放入事件子流程。",
                )

    def _without_incoming(self, scope: PlanScope) -> tuple[PlanNode, ...]:
        return tuple(node for node in scope.nodes if not node.incoming and self._can_begin(node, self.drawn[node.id]))

    def _can_begin(self, node: PlanNode, drawn: Node) -> bool:
        if node.type in ("boundaryEvent", "startEvent") or drawn.is_for_compensation or drawn.instantiate:
            return False
        if node.inner is not None and node.inner.event_triggered:
            return False
        return not (node.type == "intermediateCatchEvent" and any(event.kind == "link" for event in node.events))

    def _finish(self, node: PlanNode) -> None:
        """What depends on the flows: the short way out, the kind of entry, what a join can still expect."""
        drawn = self.drawn[node.id]
        node.completion_quantity = drawn.completion_quantity
        node.start_quantity = drawn.start_quantity
        if drawn.completion_quantity < 1 or drawn.start_quantity < 1:
            self.refusals.add(
                "quantity",
                node.id,
                f"The token quantities of {node.id} must be at least 1.",
                f"“{node.id}”的令牌数量必须至少为 1。",
            )
        if len(node.outgoing) == 1 and drawn.completion_quantity == 1:
            flow = node.outgoing[0]
            if flow.condition is None or flow is node.default:
                node.only = flow
        if node.kind == "gateway.exclusive" and node.only is not None:
            node.kind = "pass"
        elif node.kind == "gateway.event":
            self._check_event_gateway(node, drawn)
        elif node.kind in ("gateway.inclusive", "gateway.complex") and len(node.incoming) > 1:
            node.reach = reach_of(node)
        elif node.kind == "activity":
            self.activities.shorten(node)
        if node.inner is not None and node.inner.event_triggered and (node.incoming or node.outgoing):
            self.refusals.add(
                "event-subprocess",
                node.id,
                f"The event sub-process {node.id} must have no sequence flows; it starts by its event.",
                f"事件子流程“{node.id}”不能连接顺序流，它由事件触发。",
            )

    def _check_event_gateway(self, node: PlanNode, drawn: Node) -> None:
        good = all(flow.target.kind == "catch" or flow.target.work == "receive" for flow in node.outgoing)
        if not node.outgoing or not good:
            self.refusals.missing(
                drawn, "catching events or receive tasks behind it, and nothing else", "后接的捕获事件或接收任务"
            )

    def _check_start_timer(self, node: PlanNode) -> None:
        """A timer that begins a process has no variables to look at."""
        for event in node.events:
            if event.timer is not None and event.timer.formula is not None:
                try:
                    event.timer.resolve({})
                except ValueError as reason:
                    self.refusals.add(
                        "timer",
                        node.id,
                        f"The timer of {node.id} begins the process, so it can use no variables: {reason}.",
                        f"“{node.id}”的定时用于启动流程，不能使用变量。",
                    )

    def _starts(self, scope: PlanScope) -> tuple[StartPoint, ...]:
        found: list[StartPoint] = []
        for node in scope.nodes:
            drawn = self.drawn[node.id]
            if node.type == "startEvent":
                self._check_start_timer(node)
                found.append(StartPoint(node.id, node.events, node.interrupting, drawn.properties.get("start.singleton", "")))
            elif drawn.instantiate and node.kind == "gateway.event":
                found.extend(StartPoint(flow.target.id, flow.target.events) for flow in node.outgoing)
            elif drawn.instantiate and node.work == "receive":
                found.append(StartPoint(node.id, node.events))
        return tuple(found)
