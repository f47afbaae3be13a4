"""Decisions proved again, and new versions of a table tried on what was decided before. Pure: records in, differences out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from engine.dmn.model import Decided, Decision, DecisionModel
from engine.errors import Finding, NotFound, Severity
from engine.feel import stored


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision of the past. case: case number. data: what `Decided.to_json` gave."""

    case: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Change:
    """A case whose outcome would be another. before, after: values as FEEL data; decided: the new decision with its reasons."""

    case: str
    before: object
    after: object
    decided: Decided


def facts_of(data: Mapping[str, object]) -> dict[str, object]:
    """The facts of a recorded decision, exactly as they were."""
    facts = data.get("facts")
    return {name: stored.from_json(value) for name, value in facts.items()} if isinstance(facts, dict) else {}


def replay(model: DecisionModel, data: Mapping[str, object]) -> bool:
    """Whether deciding again on the recorded facts gives the record back, bit for bit. Raises NotFound."""
    decision = model.decision(str(data.get("decision")))
    return decision.decide(facts_of(data)).to_json() == data


def backtest(decision: Decision, recorded: Iterable[Recorded]) -> tuple[Change, ...]:
    """The cases whose outcome this version would change, in the order given; reasons that change alone do not count."""
    changes: list[Change] = []
    for each in recorded:
        decided = decision.decide(facts_of(each.data))
        if stored.to_json(decided.value) != each.data.get("value"):
            changes.append(Change(each.case, stored.from_json(each.data.get("value")), decided.value, decided))
    return tuple(changes)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a model and the days it is in force. start: first day, None = always was; end: last day, None = open."""

    model: DecisionModel
    number: int
    start: date | None = None
    end: date | None = None

    def covers(self, day: date) -> bool:
        """Whether it is in force on this day."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def in_force(versions: Sequence[Version], day: date) -> Version:
    """The version in force on a day; the latest where several are. Raises NotFound when there is none."""
    fitting = [version for version in versions if version.covers(day)]
    if not fitting:
        raise NotFound(thing="decision version in force on", key=day.isoformat())
    return max(fitting, key=lambda version: (version.start or date.min, version.number))


def check_versions(versions: Sequence[Version]) -> tuple[Finding, ...]:
    """Days without a version between two, and days with two versions."""
    ordered = sorted(versions, key=lambda version: (version.start or date.min, version.number))
    findings: list[Finding] = []
    for earlier, later in pairwise(ordered):
        if later.start is None or earlier.end is None or earlier.end >= later.start:
            findings.append(
                _finding(
                    "dmn.version.overlap",
                    earlier,
                    later,
                    "are in force at once; the later one counts",
                    "同时有效，以较新版本为准",
                )
            )
        elif (later.start - earlier.end).days > 1:
            findings.append(
                _finding("dmn.version.gap", earlier, later, "leave days between them without rules", "之间存在没有规则的日期")
            )
    return tuple(findings)


def _finding(code: str, earlier: Version, later: Version, en: str, zh: str) -> Finding:
    return Finding(
        Severity.WARNING,
        code,
        str(later.number),
        f"Versions {earlier.number} and {later.number} {en}.",
        f"版本 {earlier.number} 与版本 {later.number} {zh}。",
    )
