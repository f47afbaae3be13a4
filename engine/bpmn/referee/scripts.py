"""What the second engine calls instead of Python: our FEEL. Nothing that was uploaded ever reaches `eval`."""

from collections.abc import Mapping

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.task import Task

from engine.bpmn.model import Expression, Node, VariableMapping
from engine.bpmn.referee.transcript import Transcript
from engine.dmn import Decision
from engine.feel import compile_expression, compile_script
from engine.feel.errors import FeelSyntaxError

Data = dict[str, object]


class FeelEngine(PythonScriptEngine):  # type: ignore[misc]  # the library is untyped
    """Evaluates conditions by their number and runs scripts by the id of their task."""

    def __init__(self, transcript: Transcript, decisions: Mapping[str, Decision]) -> None:
        super().__init__()
        self.transcript = transcript
        self.decisions = decisions

    def validate(self, expression: str) -> None:
        """Nothing to validate: it is a number or an id of ours."""

    def evaluate(self, task: Task, expression: str, external_context: object = None) -> bool:
        """A condition; null is false."""
        return value(self.transcript.conditions[int(expression)], task.data) is True

    def execute(self, task: Task, script: str, external_context: object = None) -> bool:
        """A script task or a decision: its assignments go into the data of the task."""
        node = self.transcript.nodes[script]
        seen = {**task.data, **mapped(node.inputs, task.data)}
        finish(node, task.data, produced(node, seen, self.decisions))
        return True


def value(expression: Expression, data: Data) -> object:
    """The value of an expression, or the literal."""
    if expression.is_literal:
        return expression.text
    return None if expression.text is None else compile_expression(expression.text).evaluate(data)


def mapped(mappings: tuple[VariableMapping, ...], data: Data) -> Data:
    """What input or output mappings give."""
    found: Data = {}
    for mapping in mappings:
        found[mapping.target] = value(mapping.source, {**data, **found})
    return found


def finish(node: Node, data: Data, result: Data) -> None:
    """Writes what a task produced: by name, unless the name is local to it, and through its output mappings.

    A call gives back nothing by name."""
    local = mapped(node.inputs, data)
    given = mapped(node.outputs, {**data, **local, **result})
    if node.type != "callActivity":
        data.update({name: each for name, each in result.items() if name not in local})
    data.update(given)


def produced(node: Node, data: Data, decisions: Mapping[str, Decision]) -> Data:
    """What a script or a decision computes from what it sees."""
    if node.type == "businessRuleTask":
        return _decided(node, data, decisions)
    if node.script is None or node.script.text is None:
        return {}
    if node.result_variable is not None:
        return {node.result_variable: value(node.script, data)}
    try:
        return dict(compile_script(node.script.text).run(data))
    except FeelSyntaxError:
        return {}


def _decided(node: Node, data: Data, decisions: Mapping[str, Decision]) -> Data:
    reference = str(value(node.decision_ref, data)) if node.decision_ref is not None else ""
    decision = decisions[reference]
    answer = decision.decide(data).value
    if node.result_variable is not None:
        return {node.result_variable: answer}
    return {str(name): each for name, each in answer.items()} if isinstance(answer, Mapping) else {decision.name: answer}
