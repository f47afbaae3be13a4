"""The examination of an upload: read, rules, plans, soundness. Deploy, lint and the conformance suites all call this one
function."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.bpmn.drawn import drawn_plans
from engine.bpmn.model import Model, Process
from engine.bpmn.plan import Plan, compile_plan
from engine.bpmn.read import read
from engine.bpmn.read.xml import parse
from engine.bpmn.rules import check
from engine.bpmn.soundness import soundness
from engine.dmn import Decision
from engine.errors import Finding, Invalid, Severity


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of a file.

    findings: of reading, rules and soundness, located. obstacles: by process, why it cannot be executed; empty when it has a
    plan. plans: by process id."""

    model: Model
    findings: tuple[Finding, ...]
    plans: Mapping[str, Plan]
    obstacles: Mapping[str, tuple[Finding, ...]]

    @property
    def is_accepted(self) -> bool:
        """Whether the file may be kept as a model; it may still be unable to run."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """Everything that keeps the file from being deployed."""
        errors = [finding for finding in self.findings if finding.severity is Severity.ERROR]
        return (
            *errors,
            *(finding for found in self.obstacles.values() for finding in found if finding.severity is Severity.ERROR),
        )


def examine(source: bytes, decisions: Mapping[str, Decision] | None = None) -> Report:
    """The report on a BPMN file. decisions: compiled decisions by id.

    Raises Invalid when the bytes are no harmless, well-formed BPMN XML at all."""
    model = read(source)
    found = [*model.findings, *check(parse(source), model)]
    plans, obstacles = _compiled(model, decisions or {})
    for plan in (*plans.values(), *drawn_plans(model)):
        found.extend(soundness(plan))
    if not any(_may_run(process) for process in model.processes) and model.processes:
        found = [_softened(finding) for finding in found]
    return Report(model, tuple(dict.fromkeys(found)), plans, obstacles)


def _compiled(model: Model, decisions: Mapping[str, Decision]) -> tuple[dict[str, Plan], dict[str, tuple[Finding, ...]]]:
    plans: dict[str, Plan] = {}
    obstacles: dict[str, tuple[Finding, ...]] = {}
    for process in model.processes:
        if not _may_run(process):
            continue
        try:
            plans[process.id] = compile_plan(model, process.id, decisions)
        except Invalid as refusal:
            obstacles[process.id] = refusal.findings
    return plans, obstacles


def _may_run(process: Process) -> bool:
    """A process runs unless its file says that it is only a drawing."""
    return process.executable is not False


def _softened(finding: Finding) -> Finding:
    """In a file that holds only drawings nothing is an error: it is kept, and shown with its faults."""
    return replace(finding, severity=Severity.WARNING) if finding.severity is Severity.ERROR else finding
