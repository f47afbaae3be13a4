"""Simulated shared bases: one register a source, asked by identity number or credit code."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import cast

from engine.ports import Check, Fact, Trust
from processes.simulators import bases, crowd
from processes.simulators.behaviour import Behaviour

CITY = Path(__file__).parents[1] / "city"
_GRADES: Mapping[str, Trust] = {"phone": Trust.B, "address": Trust.B}
"""Every fact is of grade A, issued by its authority, but those people change without telling it."""
_DAYS = frozenset({"birth_date", "registered_on", "graduated_on", "licensed_on"})

Rows = Mapping[str, Mapping[str, object]]


class Register:
    """A source by name. rows: subject → attribute → value; a subject it does not hold has no value for anything.

    grade: of its facts, but for those that age by themselves."""

    def __init__(
        self,
        name: str,
        rows: Rows,
        now: Callable[[], datetime],
        behaviour: Behaviour | None = None,
        *,
        grade: Trust = Trust.A,
    ) -> None:
        self.name = name
        self.behaviour = behaviour or Behaviour()
        self._grade = grade
        self._rows, self._now = rows, now

    def fetch(self, subject: str, names: Sequence[str], *, purpose: str, timeout_seconds: float) -> Sequence[Fact]:
        """One fact for each name; value None where the register holds nothing."""
        self.behaviour.meet(self.name, timeout_seconds)
        row = self._rows.get(subject) or self._crowd(subject)
        at = self._now()
        return [Fact(name, self._value(row, name), self.name, _GRADES.get(name, self._grade), at) for name in names]

    def _crowd(self, subject: str) -> Mapping[str, object]:
        return crowd.resident(subject).get(self.name, {})

    def _value(self, row: Mapping[str, object], name: str) -> object:
        value = row.get(name)
        if self.behaviour.is_wrong:
            return {"unexpected": str(value)}
        return date.fromisoformat(str(value)) if name in _DAYS and value else value

    def check(self) -> Check:
        """Health for operators."""
        return self.behaviour.check(self.name)


@cache
def _file(name: str) -> Mapping[str, Mapping[str, Mapping[str, object]]]:
    return cast(Mapping[str, Mapping[str, Mapping[str, object]]], json.loads((CITY / name).read_text("utf-8")))


def people() -> Mapping[str, Mapping[str, Mapping[str, object]]]:
    """The named people by identity number: {login, note, population, bank, subsidies}."""
    return {**_file("people.json"), **_file("applicants.json")}


def enterprises() -> Mapping[str, Mapping[str, Mapping[str, object]]]:
    """The named enterprises by credit code: {login, enterprise}."""
    return _file("enterprises.json")


def registers(now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> dict[str, Register]:
    """All sources of the demo city by name. now: their own clock."""
    everybody = {**people(), **enterprises()}
    names = ("population", "bank", "subsidies", "enterprise")
    known = {name: Register(name, {key: row.get(name, {}) for key, row in everybody.items()}, now) for name in names}
    return known | {name: Register(name, rows, now, grade=bases.grade(name)) for name, rows in bases.bases().items()}
