"""Decisions proved again, and new versions of a table tried on what was decided before. Pure: records in, differences out."""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date

from engine.dmn.model import Decided, Decision
from engine.feel import moments, stored
from engine.feel.temporal import Date, DateTime
from engine.feel.temporal_text import parse_date, parse_moment


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


def replay(decision: Decision, data: Mapping[str, object]) -> bool:
    """Whether deciding again on the recorded facts at the recorded moment gives the record back, bit for bit."""
    return _again(decision, data).to_json() == data


def explain(decision: Decision, data: Mapping[str, object]) -> Decided:
    """The recorded decision made again, with every row of every table looked at; for those who show it."""
    return _again(decision, data, in_full=True)


def _again(decision: Decision, data: Mapping[str, object], *, in_full: bool = False) -> Decided:
    origins = stored.from_json(data.get("origins"))
    moment = parse_moment(str(data.get("at", "")))
    with moments.at(moment) if moment is not None else nullcontext():
        return decision.decide(facts_of(data), origins=origins if isinstance(origins, dict) else {}, in_full=in_full)


def backtest(decision: Decision, recorded: Iterable[Recorded], *, on: date | None = None) -> tuple[Change, ...]:
    """The cases whose outcome this version would change, in the order given; reasons that change alone do not count.

    on: every case is decided as on this day. Without it, as on its own day, or on the first day of the newest version where
    that is later."""
    changes: list[Change] = []
    for each in recorded:
        with moments.at(_moment_for(decision, each.data, on)):
            decided = decision.decide(facts_of(each.data))
        if stored.to_json(decided.value) != each.data.get("value"):
            changes.append(Change(each.case, stored.from_json(each.data.get("value")), decided.value, decided))
    return tuple(changes)


def _moment_for(decision: Decision, data: Mapping[str, object], on: date | None) -> DateTime:
    recorded = parse_moment(str(data.get("at", ""))) or moments.now()
    newest = parse_date(max((version.valid_from for version in decision.versions), default=""))
    day = Date(on.year, on.month, on.day) if on is not None else newest
    if day is None or (on is None and day.days <= recorded.date.days):
        return recorded
    return DateTime(day, recorded.time)
