"""The event-based gateway: its token waits for the first of the events behind it."""

from engine.bpmn.kernel.arming import TimerFailed, arm
from engine.bpmn.kernel.run import Extra, Run
from engine.bpmn.kernel.scopes import timer_trouble
from engine.bpmn.kernel.state import Token
from engine.bpmn.plan.shapes import PlanNode


def enter(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """Arms every event behind the gateway in one token; each timer has its own due moment."""
    token = run.open(node, parent)
    try:
        for flow in node.outgoing:
            arm(run, token, flow.target, parent)
    except TimerFailed as failure:
        run.close(token)
        timer_trouble(run, failure, (node.kind, node, parent, None))
        return
    run.say("element.started", node.id)
