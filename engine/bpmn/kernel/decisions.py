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
    if node.result is not None:
        run.assign(token, node.result, decided.value, node.id)
    elif isinstance(decided.value, Mapping):
        for name, value in decided.value.items():
            run.assign(token, str(name), value, node.id)
    else:
        run.assign(token, node.decision.name, decided.value, node.id)
