"""Which function runs which piece of work: the kernel's one table, element types and inner operations alike."""

from collections.abc import Callable, Mapping

from engine.bpmn.kernel import (
    catching,
    events,
    flows,
    gateways_complex,
    gateways_event,
    gateways_exclusive,
    gateways_inclusive,
    gateways_parallel,
    loops,
    scopes,
    starts,
    tasks,
)
from engine.bpmn.kernel.run import Extra, Run
from engine.bpmn.kernel.state import Token
from engine.bpmn.plan.shapes import PlanNode

Operation = Callable[[Run, PlanNode, Token, Extra], None]

OPERATIONS: Mapping[str, Operation] = {
    # elements, by the kind that the plan gives them
    "pass": tasks.enter_pass,
    "script": tasks.enter_script,
    "activity": tasks.enter_activity,
    "multi": loops.enter_multi,
    "loop": loops.enter_standard,
    "gateway.exclusive": gateways_exclusive.enter,
    "gateway.parallel": gateways_parallel.enter,
    "gateway.inclusive": gateways_inclusive.enter,
    "gateway.complex": gateways_complex.enter,
    "gateway.event": gateways_event.enter,
    "catch": events.enter_catch,
    "throw": events.enter_throw,
    "link": events.enter_link,
    "end": events.enter_end,
    "terminate": scopes.terminate,
    # what elements leave for later in the same step, or after an incident
    "leave": flows.leave_again,
    "throw.now": events.throw_now,
    "throw.done": events.throw_done,
    "trigger": catching.trigger,
    "work": tasks.work,
    "scope.begin": scopes.begin_again,
    "scope.done": scopes.scope_done,
    "event.begin": scopes.begin_event_subprocess,
    "iteration.start": loops.start_iteration,
    "iteration.done": loops.iteration_done,
    "loop.done": loops.loop_done,
    "inclusive.out": gateways_inclusive.out_again,
    "complex.reset": gateways_complex.reset,
    "received": starts.received,
}
