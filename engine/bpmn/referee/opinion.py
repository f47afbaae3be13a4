"""The second opinion: one scenario played on both engines, step by step, and the first difference between them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from engine.bpmn.model import Expression, Model, Node, Process, Scope
from engine.bpmn.plan import compile_plan
from engine.bpmn.read import read
from engine.bpmn.referee.applicable import Reason, reasons
from engine.bpmn.referee.players import KernelPlayer, Player, SpiffPlayer
from engine.bpmn.referee.reduction import reduced
from engine.dmn import Decision
from engine.feel import compile_expression, compile_script, moments
from engine.feel.errors import FeelSyntaxError

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens to one instance. answers: in order, the element that is completed and the variables it brings.

    process_id: None for the only process of the file. decisions: compiled, by id, for business rule tasks. moment: when it is
    played, for expressions that look at the clock. met: elements that took part; boundary events and event sub-processes that did
    not are left out, so that more diagrams can be asked about. None leaves nothing out."""

    variables: Mapping[str, object] = field(default_factory=dict)
    answers: tuple[tuple[str, Mapping[str, object]], ...] = ()
    process_id: str | None = None
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    moment: datetime = _EPOCH
    met: frozenset[str] | None = None


class Verdict(StrEnum):
    """What the second engine says."""

    AGREES = "agrees"
    NOT_APPLICABLE = "not_applicable"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Difference:
    """The first thing on which the engines disagree. step: 0 after the start, n after the n-th answer. what: open, path, data
    (of the variables only those that differ), end."""

    step: int
    what: str
    kernel: object
    referee: object


@dataclass(frozen=True, slots=True)
class Opinion:
    """The opinion on one scenario, with the reasons for not asking, or the difference."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    difference: Difference | None = None


def second_opinion(source: bytes, scenario: Scenario) -> Opinion:
    """Plays the scenario on the kernel and on SpiffWorkflow. Raises Invalid when the file cannot be read or compiled."""
    model = read(source)
    process = _process(model, scenario.process_id)
    if scenario.met is not None:
        process = replace(process, scope=reduced(process.scope, scenario.met))
        model = replace(model, processes=(process,))
    found = (*reasons(process), *_contested(process, scenario))
    if found:
        return Opinion(Verdict.NOT_APPLICABLE, reasons=found)
    kernel = KernelPlayer(compile_plan(model, process.id, scenario.decisions), scenario.moment)
    with moments.at(scenario.moment, kernel.plan.zone):
        difference = compare(kernel, SpiffPlayer(process, scenario.decisions), scenario)
    return Opinion(Verdict.AGREES) if difference is None else Opinion(Verdict.DIFFERS, difference=difference)


def compare(kernel: Player, referee: Player, scenario: Scenario) -> Difference | None:
    """The first difference between two players of a scenario; None when there is none."""
    kernel.start(scenario.variables)
    referee.start(scenario.variables)
    difference = difference_at(0, kernel, referee)
    for number, (element_id, values) in enumerate(scenario.answers, start=1):
        if difference is not None or kernel.is_halted() or not kernel.open()[element_id]:
            break
        kernel.complete(element_id, values)
        referee.complete(element_id, values)
        difference = difference_at(number, kernel, referee)
    return difference


def difference_at(step: int, kernel: Player, referee: Player) -> Difference | None:
    """Where two players at rest disagree; data are compared at the end, when both have put theirs together."""
    if kernel.is_halted() or referee.is_halted():
        stuck, stuck_too = _is_stuck(kernel), _is_stuck(referee)
        return None if stuck and stuck_too else Difference(step, "halted", stuck, stuck_too)
    for what, mine, other in (
        ("open", kernel.open(), referee.open()),
        ("end", kernel.is_complete(), referee.is_complete()),
        ("path", kernel.path(), referee.path()),
    ):
        if mine != other:
            return Difference(step, what, mine, other)
    if kernel.is_complete() and dict(kernel.data()) != dict(referee.data()):
        return Difference(step, "data", *_unlike(kernel.data(), referee.data()))
    return None


def _unlike(mine: Mapping[str, object], other: Mapping[str, object]) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """Of both sides only what differs."""
    names = [name for name in {**mine, **other} if name not in mine or name not in other or mine[name] != other[name]]
    return {n: mine[n] for n in names if n in mine}, {n: other[n] for n in names if n in other}


def _is_stuck(player: Player) -> bool:
    """Whether it cannot go on: by an error, or because nothing is open before the end (the second engine says nothing then)."""
    return player.is_halted() or (not player.open() and not player.is_complete())


def _process(model: Model, process_id: str | None) -> Process:
    return next(process for process in model.processes if process_id in (None, process.id))


def _contested(process: Process, scenario: Scenario) -> tuple[Reason, ...]:
    """Variables that parallel branches and others both write: the second engine's joins lose one of the values."""
    nodes = list(_all_nodes(process.scope))
    if not any(node.type in ("parallelGateway", "inclusiveGateway") for node in nodes) and not _forks(process.scope):
        return ()
    written = Counter(scenario.variables.keys())
    for node in nodes:
        written.update(_writes(node, scenario))
    names = sorted(name for name, times in written.items() if times > 1)
    return tuple(
        Reason(
            process.id,
            f"{name} is written in more than one place beside parallel branches",
            f"变量 {name} 在并行分支之外也被写入",
        )
        for name in names
    )


def _all_nodes(scope: Scope) -> list[Node]:
    found = list(scope.nodes)
    for node in found:
        if node.scope is not None:
            found.extend(node.scope.nodes)
    return found


def _forks(scope: Scope) -> bool:
    outgoing = Counter(flow.source for flow in scope.flows)
    return any(outgoing[node.id] > 1 and not node.type.endswith("Gateway") for node in _all_nodes(scope))


def _writes(node: Node, scenario: Scenario) -> set[str]:
    if node.outputs:
        return {mapping.target for mapping in node.outputs}
    answered = {name for element_id, values in scenario.answers if element_id == node.id for name in values}
    return answered | _script_targets(node.script) | ({node.result_variable} if node.result_variable else set())


def _script_targets(script: Expression | None) -> set[str]:
    if script is None or script.text is None:
        return set()
    try:
        return set(compile_script(script.text).targets)
    except FeelSyntaxError:
        compile_expression(script.text)
        return set()
