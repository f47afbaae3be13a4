"""Business rule tasks: the decision is made inside the step, and its reasons are kept."""

from collections.abc import Mapping

from engine.bpmn.kernel.run import Run, view
from engine.bpmn.kernel.state import Token
from engine.bpmn.plan.shapes import PlanNode


def decide(run: Run, node: PlanNode, token: Token) -> None:
    """Decides on what the token sees; the result goes to the result variable, else a context's entries go by name."""
    if node.decision is None:
        return
    decided = node.decision.decide(view(token))
    run.say("decision.made", node.id, decided.to_json())
    value = shaped(decided.value, node.decision_result, node.decision.name)
    if node.result is not None:
        run.assign(token, node.result, value, node.id)
    elif isinstance(value, Mapping):
        for name, entry in value.items():
            run.assign(token, str(name), entry, node.id)
    else:
        run.assign(token, node.decision.name, value, node.id)


def shaped(value: object, how: str, name: str) -> object:
    """A decision's value in the shape that `camunda:mapDecisionResult` asks for; as it is when nothing is asked.

    singleEntry: the one value. singleResult: the one rule's outputs by name. collectEntries: a list of values. resultList: a list
    of outputs by name."""
    if how in ("", "none") or value is None:
        return value
    rows = value if isinstance(value, list) else [value]
    if how in ("singleResult", "resultList"):
        rows = [row if isinstance(row, Mapping) else {name: row} for row in rows]
    else:
        rows = [next(iter(row.values())) if isinstance(row, Mapping) and len(row) == 1 else row for row in rows]
    if how in ("collectEntries", "resultList"):
        return rows
    return rows[0] if len(rows) == 1 else value
