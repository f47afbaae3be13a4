"""Activities: what each kind of task is for, its loop, its mappings, and what its wait tells the outside."""

from collections.abc import Mapping

from engine.bpmn.model import EventDefinition, Expression, Loop, Node
from engine.bpmn.plan.data import DataNames
from engine.bpmn.plan.events import Events
from engine.bpmn.plan.expressions import Expressions
from engine.bpmn.plan.mappings import mappings
from engine.bpmn.plan.refusals import Refusals
from engine.bpmn.plan.shapes import Formula, PlanEvent, PlanLoop, PlanNode
from engine.dmn import Decision

_SCOPES = ("subProcess", "transaction", "adHocSubProcess")
_PERSON = (
    ("assignee", "assignee", "办理人"),
    ("candidate_users", "candidate users", "候选人"),
    ("candidate_groups", "candidate groups", "候选组"),
    ("due_date", "due date", "到期时间"),
    ("follow_up_date", "follow-up date", "跟进时间"),
    ("priority", "priority", "优先级"),
)


class Activities:
    """Compiles activities."""

    def __init__(
        self, expressions: Expressions, refusals: Refusals, events: Events, decisions: Mapping[str, Decision], data: DataNames
    ) -> None:
        self.expressions = expressions
        self.refusals = refusals
        self.events = events
        self.decisions = decisions
        self.data = data

    def compile(self, node: PlanNode, drawn: Node) -> None:
        """Fills an activity."""
        node.kind = "activity"
        node.undoes = drawn.is_for_compensation
        node.work = self._work(node, drawn)
        node.inputs = mappings(self.expressions, drawn.inputs, drawn.id, drawn.data_inputs, self.data)
        node.outputs = mappings(self.expressions, drawn.outputs, drawn.id, drawn.data_outputs, self.data)
        zeebe = is_zeebe(drawn)
        node.isolated = bool(drawn.outputs) and zeebe
        if node.work == "child":
            node.isolated = bool(node.outputs) or not zeebe
        node.skip = self.expressions.formula(drawn.skip, drawn.id, "skip expression", "跳过表达式")
        node.loop_base = 1 if zeebe else 0
        if drawn.loop is not None:
            node.loop = self._loop(drawn, drawn.loop)
            node.kind = "loop" if node.loop.kind == "standard" else "multi"

    def shorten(self, node: PlanNode) -> None:
        """An activity with nothing around it, which passes at once, needs no token of its own."""
        around = node.boundaries or node.inputs or node.outputs or node.handler or node.start_quantity > 1 or node.skip
        if not around and node.work in ("none", "script"):
            node.kind = "pass" if node.work == "none" else "script"

    def _work(self, node: PlanNode, drawn: Node) -> str:
        kind = drawn.type
        if kind in _SCOPES:
            return "scope"
        if kind == "callActivity":
            return self._call(node, drawn)
        if kind == "userTask":
            return self._human(node, drawn)
        if kind == "receiveTask":
            return self._receive(node, drawn)
        if kind in ("task", "manualTask"):
            return "none"
        if kind == "scriptTask" or (kind in ("serviceTask", "sendTask", "businessRuleTask") and drawn.script is not None):
            return self._script(node, drawn)
        if kind == "businessRuleTask" and drawn.decision_ref is not None:
            return self._decision(node, drawn)
        if kind == "sendTask" and drawn.message is not None and (drawn.operation is None or "operationRef" in drawn.attributes):
            self._message(node, drawn)
            return "send"
        if kind in ("serviceTask", "sendTask", "businessRuleTask"):
            return self._job(node, drawn)
        self.refusals.unsupported(drawn)
        return "none"

    def _script(self, node: PlanNode, drawn: Node) -> str:
        if drawn.script is None:
            self.refusals.missing(drawn, "a script", "脚本")
            return "none"
        node.result = drawn.result_variable
        node.script, node.formula = self.expressions.script(drawn.script, drawn.id, drawn.result_variable)
        return "none" if node.script is None and node.formula is None else "script"

    def _decision(self, node: PlanNode, drawn: Node) -> str:
        ref = drawn.decision_ref
        name = (
            (ref.text if ref is not None and ref.text is not None else ref.source if ref is not None else "").strip().strip('"')
        )
        node.decision = self.decisions.get(name)
        node.result, node.decision_result = drawn.result_variable, drawn.decision_result
        if node.decision is None:
            self.refusals.add(
                "decision",
                drawn.id,
                f"The decision {name} of {drawn.id} is not among the decision tables uploaded with the process.",
                f"“{drawn.id}”引用的决策“{name}”不在随流程上传的决策表中。",
            )
        return "decision"

    def _job(self, node: PlanNode, drawn: Node) -> str:
        if not drawn.operation:
            self.refusals.missing(drawn, "an operation (task type or topic)", "操作（任务类型或主题）")
        retries = drawn.retries.source if drawn.retries is not None and drawn.retries.is_literal else None
        node.result = drawn.result_variable
        node.details = {"operation": drawn.operation or "", "retries": retries, "properties": dict(drawn.properties)}
        return "job"

    def _human(self, node: PlanNode, drawn: Node) -> str:
        node.details = {"name": drawn.name, "form_key": drawn.form_key, "properties": dict(drawn.properties)}
        asked: list[tuple[str, Formula]] = []
        named = self.expressions.title(drawn.name)
        if named is not None:
            asked.append(("name", named))
        for field, en, zh in _PERSON:
            written: Expression | None = getattr(drawn, field)
            formula = self.expressions.formula(written, drawn.id, en, zh)
            if formula is not None:
                asked.append((field, formula))
        node.asked = tuple(asked)
        return "human"

    def _call(self, node: PlanNode, drawn: Node) -> str:
        called = self.expressions.formula(drawn.called_element, drawn.id, "called element", "被调用流程")
        if drawn.called_element is None:
            self.refusals.missing(drawn, "a called process", "被调用的流程")
        key = self.expressions.formula(drawn.business_key, drawn.id, "business key", "业务主键")
        node.details = {"binding": drawn.called_binding, "version": drawn.called_version, "business_key": None}
        asked = (("called_element", called), ("business_key", key))
        node.asked = tuple((name, formula) for name, formula in asked if formula is not None)
        return "child"

    def _receive(self, node: PlanNode, drawn: Node) -> str:
        if drawn.message is None:
            node.events = (PlanEvent("message", 0),)
        else:
            self._message(node, drawn)
        return "receive"

    def _message(self, node: PlanNode, drawn: Node) -> None:
        definition = EventDefinition("message", target=drawn.message)
        node.events = (self.events.definition(drawn, definition),)

    def _loop(self, drawn: Node, loop: Loop) -> PlanLoop:
        def formula(expression: Expression | None, en: str, zh: str) -> Formula | None:
            return self.expressions.formula(expression, drawn.id, en, zh)

        if loop.maximum is not None and loop.maximum < 0:
            self.refusals.add(
                "loop",
                drawn.id,
                f"The largest number of passes of {drawn.id} must be a whole number of at least 0.",
                f"“{drawn.id}”的最大循环次数必须是不小于 0 的整数。",
            )
        if loop.kind != "standard" and loop.cardinality is None and loop.collection is None:
            self.refusals.missing(drawn, "a number of instances or a collection", "实例数或集合")
        return PlanLoop(
            kind=loop.kind,
            cardinality=formula(loop.cardinality, "number of instances", "实例数"),
            collection=formula(loop.collection, "collection", "集合"),
            element_variable=loop.element_variable,
            output_collection=loop.output_collection,
            output_element=formula(loop.output_element, "output element", "输出元素"),
            completion=formula(loop.completion, "completion condition", "完成条件"),
            condition=formula(loop.condition, "loop condition", "循环条件"),
            test_before=loop.test_before,
            maximum=loop.maximum,
            behaviour=loop.behaviour,
            none_event=self._behaviour(drawn, getattr(loop, "none_event", None)),
            one_event=self._behaviour(drawn, getattr(loop, "one_event", None)),
            complex_events=tuple(
                (condition, self.events.definition(drawn, event) if event is not None else None)
                for expression, event in loop.complex_behaviours
                if (condition := formula(expression, "behaviour condition", "行为条件")) is not None
            ),
        )

    def _behaviour(self, drawn: Node, event: EventDefinition | None) -> PlanEvent | None:
        return self.events.definition(drawn, event) if event is not None else None


def is_zeebe(drawn: Node) -> bool:
    """Whether an element carries Zeebe's extensions, whose variables stay local and whose loops count from one."""
    return any("zeebe" in extension.tag for extension in drawn.extensions)
