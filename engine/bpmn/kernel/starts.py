"""Beginning an instance: at its none start event, at what was received, or at an event behind an instantiating gateway."""

from collections.abc import Mapping

from engine.bpmn.kernel.activities import open_activity
from engine.bpmn.kernel.arming import arm
from engine.bpmn.kernel.catching import deliver
from engine.bpmn.kernel.flows import leave
from engine.bpmn.kernel.moving import enter
from engine.bpmn.kernel.run import Extra, Run
from engine.bpmn.kernel.scopes import begin
from engine.bpmn.kernel.state import Token
from engine.bpmn.plan.shapes import PlanNode
from engine.bpmn.terms import Start
from engine.errors import Conflict


def start(run: Run, event: Start) -> None:
    """Begins the instance. Raises Conflict when there is no such way in, or none to choose."""
    scope = run.plan.scope
    run.root.variables = dict(event.variables)
    run.say("instance.started", event.element_id)
    if event.element_id is None:
        if not scope.entries:
            raise Conflict(expected="a none start event", found=f"{run.plan.process_id} starts only by an event")
        entries = scope.entries if scope.entries[0].type != "startEvent" else scope.entries[:1]
        begin(run, run.root, scope, entries)
        return
    if event.is_restart:
        begin(run, run.root, scope, ())
        run.queue.clear()
        enter(run, event.element_id, [])
        return
    node = run.plan.nodes.get(event.element_id)
    if node is None or node.scope is not scope:
        raise Conflict(expected="a start event of the process", found=event.element_id)
    _start_at(run, node, event.variables, event.index)


def _start_at(run: Run, node: PlanNode, variables: Mapping[str, object], index: int) -> None:
    gateway = next((f.source for f in node.incoming if f.source.kind == "gateway.event"), None)
    begin(run, run.root, run.plan.scope, ())
    run.queue.clear()
    run.root.active += 1
    if node.outputs:
        deliver(run, node, run.root, variables)
    if node.parallel_multiple and len(node.events) > 1:
        _wait_for_the_rest(run, node, index)
        return
    run.put("received", node, run.root)
    if gateway is not None and gateway.together:
        _wait_for_others(run, gateway, node)


def _wait_for_others(run: Run, gateway: PlanNode, first: PlanNode) -> None:
    """Behind a parallel instantiating gateway every other event is still to come."""
    for flow in gateway.outgoing:
        if flow.target is not first:
            run.root.active += 1
            arm(run, open_activity(run, flow.target, run.root), flow.target, run.root)


def _wait_for_the_rest(run: Run, node: PlanNode, index: int) -> None:
    """A parallel-multiple start event has begun the instance and holds its token until its other events have come."""
    token = open_activity(run, node, run.root)
    arm(run, token, node, run.root)
    token.pending = [pending for pending in token.pending if pending.index != index]
    run.say("element.started", node.id)


def received(run: Run, node: PlanNode, token: Token, extra: Extra) -> None:
    """The event that began the instance is complete."""
    run.history.append(node.completed)
    leave(run, node, token)
