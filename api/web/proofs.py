"""What a version's diagrams show beside their elements: the run that leads to a fault, and what no scenario has met."""

from collections.abc import Mapping
from typing import Any

from api.web.words import t
from engine.bpmn.drawing import Mark
from engine.bpmn.plan import Plan
from engine.bpmn.soundness import FaultKind, analyse


def marks(plan: Plan, trial: Mapping[str, Any] | None) -> Mapping[str, Mark]:
    """By element and flow: the steps of the first fault in their order, else what the scenarios have not met."""
    faults = [fault for fault in analyse(plan).faults if fault.kind is not FaultKind.BOUNDED]
    if faults:
        return _path(plan, faults[0].path, faults[0].element_id)
    if trial is None:
        return {}
    met = set(trial["met"])
    missed = [each for each in (*plan.nodes, *plan.flows) if each not in met]
    return dict.fromkeys(missed, Mark("warning", t("未经过", "not met")))


def _path(plan: Plan, path: tuple[str, ...], element_id: str) -> Mapping[str, Mark]:
    """Numbered along the run; the fault itself stands out."""
    nodes = [each for each in dict.fromkeys(path) if each in plan.nodes]
    steps = {each: Mark("warning", str(number)) for number, each in enumerate(nodes, start=1)}
    flows = dict.fromkeys((each for each in path if each in plan.flows), Mark("warning"))
    return {**flows, **steps, element_id: Mark("error", "!")}
