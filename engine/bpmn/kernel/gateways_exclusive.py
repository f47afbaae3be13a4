"""The exclusive gateway: the first flow whose condition is true, in the order of the diagram, else the default."""

from engine.bpmn.kernel.flows import consume, gap, take
from engine.bpmn.kernel.run import Extra, Run, view
from engine.bpmn.kernel.state import Token
from engine.bpmn.plan.shapes import PlanNode


def enter(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """Takes exactly one flow; none is an incident. A merge with no way out is the end of its path."""
    if not node.outgoing:
        run.history.append(node.completed)
        consume(run, parent)
        return
    scope = view(parent)
    chosen = node.default
    for flow in node.outgoing:
        if flow is not node.default and (flow.condition is None or flow.condition.evaluate(scope) is True):
            chosen = flow
            break
    if chosen is None:
        gap(run, node, parent, node.kind)
        return
    run.history.append(node.completed)
    take(run, [chosen], parent)
