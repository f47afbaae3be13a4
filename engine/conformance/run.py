"""`run CASE.json`: an execution case through the real deploy and the real runtime, on a database in memory and a virtual clock.

Prints one JSON object with an observation for every step; what should have come out is the runner's business."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from engine.conformance.case_observed import observe
from engine.conformance.case_operations import Operations, bound
from engine.conformance.case_stage import Stage, opened
from engine.conformance.case_steps import CaseFailed, perform
from engine.errors import Invalid, TongbanError

Case = Mapping[str, Any]
Seen = Mapping[str, object]


def main(arguments: Sequence[str]) -> int:
    """Runs the case of the one argument; exit code 2 when there is none."""
    if len(arguments) != 1:
        sys.stderr.write("Expected the path of one case.\n")
        return 2
    case = orjson.loads(Path(arguments[0]).read_bytes())
    sys.stdout.write(orjson.dumps(run(case), default=str).decode() + "\n")
    return 0


def run(case: Case) -> Mapping[str, Mapping[str, Sequence[Seen]]]:
    """Observations by scenario. case: without expectations, its scripts and expressions in FEEL."""
    return {"scenarios": {scenario["id"]: _scenario(case, scenario["steps"]) for scenario in case["scenarios"]}}


def _scenario(case: Case, steps: Sequence[Case]) -> Sequence[Seen]:
    operations = Operations(case.get("element_ops", {}))
    files = {_named(path): bound(Path(path).read_bytes(), operations) for path in case["files"]}
    seen: list[Seen] = []
    with opened(operations) as stage:
        for step in steps:
            seen.append(_deployed(stage, files) if step["do"] == "deploy" else _performed(stage, step))
            if not seen[-1]["deployed"]:
                break
    return seen


def _named(path: str) -> str:
    """The name to deploy under: diagrams also come as plain `.xml`."""
    name = Path(path).name
    return f"{name.removesuffix('.xml')}.bpmn" if name.endswith(".xml") else name


def _deployed(stage: Stage, files: Mapping[str, bytes]) -> Seen:
    try:
        stage.deploy(files)
    except Invalid as refusal:
        sentences = " ".join(finding.en for finding in refusal.findings)
        return {"deployed": False, "error": f"{refusal} {sentences}", "error_is_clear": bool(sentences)}
    return {"deployed": True, "step_error": None, **observe(stage)}


def _performed(stage: Stage, step: Case) -> Seen:
    error = None
    try:
        perform(stage, step)
    except (TongbanError, CaseFailed) as failure:
        error = str(failure)
    return {"deployed": True, "step_error": error, **observe(stage)}
