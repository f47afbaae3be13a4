"""The second opinion on a package: what its scenarios did, done again by the second engine from the recorded events.

A diagram without scenarios is rehearsed in random orders. Where the second engine is known to be wrong it is not asked, and the
reasons say so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from engine.bpmn.read import read
from engine.bpmn.referee.opinion import Difference, Opinion, Scenario, Verdict, second_opinion
from engine.bpmn.referee.rehearsal import rehearse
from engine.errors import Finding, Invalid, Severity
from engine.feel import from_json
from engine.models.instances import instances
from engine.runtime import history, replay
from engine.runtime.plans import decisions_of
from engine.transaction import Transaction
from processes.package import Package

_ANSWERS = ("Complete", "Fire", "Deliver")
_WORDS: Mapping[str, tuple[str, str]] = {
    "open": ("等待的环节", "what is open"),
    "end": ("是否结束", "whether it has ended"),
    "path": ("经过的环节", "the path"),
    "data": ("数据", "the data"),
    "halted": ("是否停滞", "whether it is stuck"),
}


class EnginesDiffer(Invalid):
    """Expected both engines to take the same way through {key}, but they differ in {count} places; each difference is listed."""

    zh = "两套引擎执行 {key} 的结果有 {count} 处不同，不能发布；请逐条核对。"


@dataclass(frozen=True, slots=True)
class Played:
    """One instance of a scenario as it was recorded. is_plain: nothing happened to it that only one engine knows.

    met: elements that it began or completed."""

    process_id: str
    moment: datetime
    variables: Mapping[str, object]
    answers: tuple[tuple[str, Mapping[str, object]], ...]
    is_plain: bool
    met: frozenset[str] = frozenset()


def played(tx: Transaction, root_id: str) -> tuple[Played, ...]:
    """The instances of a root as their history tells them."""
    found: dict[str, Played] = {}
    waits: dict[str, dict[str, str]] = {}
    for moment in replay.moments(tx, root_id):
        known = found.get(moment.instance_id)
        event, data = moment.event, moment.recorded
        given = from_json(data.get("variables") or {})
        values = given if isinstance(given, Mapping) else {}
        if known is None:
            is_plain = event == "Start" and not data.get("element_id")
            found[moment.instance_id] = Played(moment.process_id, moment.at, values, (), is_plain)
        elif event in _ANSWERS:
            element = waits[moment.instance_id].get(str(data["wait_id"]), "")
            found[moment.instance_id] = replace(known, answers=(*known.answers, (element, values)))
        else:
            found[moment.instance_id] = replace(known, is_plain=False)
        waits[moment.instance_id] = {wait.id: wait.element_id for wait in moment.waits}
    met: dict[str, set[str]] = {}
    for line in history.of(tx, root_id):
        if line.element_id is not None and line.kind.startswith("element."):
            met.setdefault(line.instance_id, set()).add(line.element_id)
    return tuple(replace(each, met=frozenset(met.get(key, ()))) for key, each in found.items())


def roots(tx: Transaction) -> tuple[str, ...]:
    """All roots of a platform, for a scenario that has one of its own."""
    own = sa.select(instances.c.id).where(instances.c.id == instances.c.root_id).order_by(instances.c.id)
    return tuple(tx.connection.execute(own).scalars())


def judge(package: Package, all_played: Mapping[str, tuple[Played, ...]]) -> Iterator[tuple[str, Opinion]]:
    """(scenario or process, opinion) on everything that was played, and a rehearsal of each process that was not.

    all_played: by scenario name. Processes of other packages are their own business."""
    sources = {process.id: content for content in _diagrams(package) for process in read(content).processes}
    decisions = decisions_of(package.files)
    seen: set[str] = set()
    for name, each in ((name, each) for name, some in all_played.items() for each in some):
        if each.process_id not in sources or not each.is_plain:
            continue
        seen.add(each.process_id)
        scenario = Scenario(each.variables, each.answers, each.process_id, decisions, each.moment, each.met)
        yield name, second_opinion(sources[each.process_id], scenario)
    for process_id, source in sources.items():
        if process_id not in seen:
            yield process_id, rehearse(source, process_id)


def differences(opinions: Iterator[tuple[str, Opinion]]) -> tuple[Finding, ...]:
    """What keeps a package from being published: the differences as findings."""
    return tuple(
        _finding(name, opinion.difference)
        for name, opinion in opinions
        if opinion.verdict is Verdict.DIFFERS and opinion.difference is not None
    )


def _diagrams(package: Package) -> list[bytes]:
    return [content for name, content in sorted(package.files.items()) if name.endswith(".bpmn")]


def _finding(name: str, difference: Difference) -> Finding:
    zh, en = _WORDS.get(difference.what, (difference.what, difference.what))
    mine, other = str(difference.kernel)[:300], str(difference.referee)[:300]
    return Finding(
        Severity.ERROR,
        "referee.differs",
        name,
        f"{name}: after step {difference.step} the engines differ in {en}: ours says {mine}, SpiffWorkflow {other}.",
        f"{name}：第 {difference.step} 步后两套引擎在“{zh}”上不同：本引擎为 {mine}，SpiffWorkflow 为 {other}。",
    )
