"""The parallel gateway: waits for one token on each incoming flow, then goes out over all. Conditions on its flows do not count.

Tokens are counted for each flow, so that a second pass through a loop never completes the first."""

from engine.bpmn.kernel.flows import consume, take
from engine.bpmn.kernel.run import Extra, Run
from engine.bpmn.kernel.state import Token
from engine.bpmn.plan.shapes import PlanFlow, PlanNode


def enter(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """A token arrives. A token put here by an officer has no flow and passes at once."""
    if len(node.incoming) > 1 and isinstance(extra, PlanFlow) and not joined(node, parent, extra):
        return
    run.history.append(node.completed)
    if node.outgoing:
        take(run, list(node.outgoing), parent)
    else:
        consume(run, parent)


def joined(node: PlanNode, parent: Token, flow: PlanFlow) -> bool:
    """Counts the token; true when every incoming flow has one, and then takes one from each."""
    joins = parent.joins = parent.joins or {}
    counts = joins.setdefault(node.id, {})
    counts[flow.id] = counts.get(flow.id, 0) + 1
    if len(counts) < len(node.incoming):
        return False
    use(node, parent, counts)
    return True


def use(node: PlanNode, parent: Token, counts: dict[str, int]) -> None:
    """Takes one token from each flow that has some; one of them goes on."""
    parent.active -= len(counts) - 1
    for flow_id in list(counts):
        counts[flow_id] -= 1
        if not counts[flow_id]:
            del counts[flow_id]
    if not counts and parent.joins is not None:
        del parent.joins[node.id]
        parent.joins = parent.joins or None
