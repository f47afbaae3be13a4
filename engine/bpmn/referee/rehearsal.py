"""Rehearsals: a diagram without scenarios played by both engines, its tasks completed in many random orders."""

from random import Random

from engine.bpmn.model import Model, Process
from engine.bpmn.plan import compile_plan
from engine.bpmn.read import read
from engine.bpmn.referee.applicable import Reason, reasons
from engine.bpmn.referee.opinion import Difference, Opinion, Verdict, difference_at
from engine.bpmn.referee.players import KernelPlayer, SpiffPlayer
from engine.bpmn.referee.values import EPOCH, choices
from engine.feel import moments

RUNS = 12
_MOST_STEPS = 100


def rehearse(source: bytes, process_id: str, *, runs: int = RUNS) -> Opinion:
    """The opinion on a process of a file, with made-up values for the names its conditions look at.

    Decision tables are not asked here: a process with business rule tasks is left to its scenarios."""
    model = read(source)
    process = next(each for each in model.processes if each.id == process_id)
    found = (*reasons(process), *_decides(process))
    if found:
        return Opinion(Verdict.NOT_APPLICABLE, reasons=found)
    for seed in range(runs):
        difference = _play(model, process, Random(seed))  # noqa: S311  # reproducible by design
        if difference is not None:
            return Opinion(Verdict.DIFFERS, difference=difference)
    return Opinion(Verdict.AGREES)


def _decides(process: Process) -> tuple[Reason, ...]:
    tables = [node for node in process.scope.nodes if node.type == "businessRuleTask" and node.decision_ref is not None]
    return tuple(Reason(node.id, "it asks a decision table", "需要决策表") for node in tables)


def _play(model: Model, process: Process, random: Random) -> Difference | None:
    kernel, referee = KernelPlayer(compile_plan(model, process.id, {}), EPOCH), SpiffPlayer(process, {})
    values = choices(process, random)
    with moments.at(EPOCH, kernel.plan.zone):
        kernel.start(values)
        referee.start(values)
        for step in range(_MOST_STEPS):
            difference = difference_at(step, kernel, referee)
            waiting = sorted(kernel.open().elements())
            if difference is not None or kernel.is_halted() or not waiting:
                return difference
            element = random.choice(waiting)
            kernel.complete(element, {})
            referee.complete(element, {})
    return None
