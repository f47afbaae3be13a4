"""What the generated catalogue is made of: fifty units, what they deal with, and what is done with it. Read from text files."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

HERE = Path(__file__).parent
CITY, PROVINCE, STATE = "440300", "440000", "000000"
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that offers services. level: state | city | county. region: six digits."""

    key: str
    level: str
    zh: str
    en: str
    theme: str
    region: str
    credit_code: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A matter of one unit: `食品生产许可`. kind: key of its actions. is_district: districts deal with it, too."""

    unit: Unit
    zh: str
    en: str
    kind: str
    is_district: bool
    is_personal: bool
    life_events: tuple[str, ...]
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """What is done with a subject. task_type: 01 licence, 05 payment, 07 recognition, 10 other, 20 public service."""

    zh: str
    en: str
    task_type: str
    committed_days: int
    statutory_days: int
    visits: int


@cache
def words() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Themes, life events, districts and licence types by key."""
    table = tomllib.loads((HERE / "words.toml").read_text("utf-8"))
    return {name: {key: tuple(value) for key, value in rows.items()} for name, rows in table.items()}


@cache
def actions() -> Mapping[str, tuple[Action, ...]]:
    """Actions by kind of subject."""
    table = cast(Mapping[str, list[list[object]]], tomllib.loads((HERE / "actions.toml").read_text("utf-8")))
    return {kind: tuple(Action(*row) for row in rows) for kind, rows in table.items()}  # type: ignore[arg-type]  # six by form


@cache
def subjects() -> tuple[Subject, ...]:
    """Every subject of the state's and the city's own units."""
    found: list[Subject] = []
    unit: Unit | None = None
    for line in (HERE / "units.txt").read_text("utf-8").splitlines():
        parts = [part.strip() for part in line.lstrip("@# ").split("|")]
        if line.startswith("@"):
            unit = _unit(len(found), parts)
        elif unit is not None and len(parts) == 4:
            found.append(_subject(unit, parts))
    return tuple(found)


def _unit(nth: int, parts: list[str]) -> Unit:
    key, level, zh, en, theme = parts
    return Unit(key, level, zh, en, theme, CITY, credit_code(CITY, 1000 + nth))


def _subject(unit: Unit, parts: list[str]) -> Subject:
    zh, en, kind, marks = parts
    flags = marks.split()
    events = tuple(flag[2:] for flag in flags if flag.startswith("e:"))
    keywords = tuple(word for flag in flags if flag.startswith("k:") for word in flag[2:].split(","))
    return Subject(unit, zh, en, kind, "d" in flags, "p" in flags, events, keywords)


@cache
def districts() -> tuple[Unit, ...]:
    """The ten districts as units that offer services."""
    return tuple(
        Unit(key, "county", f"{zh}人民政府", f"{en} District Government", "service", region, credit_code(region, 1), "")
        for key, (region, zh, en) in words()["districts"].items()
    )


def units() -> tuple[Unit, ...]:
    """All fifty."""
    return (*dict.fromkeys(subject.unit for subject in subjects()), *districts())


def credit_code(region: str, nth: int) -> str:
    """A synthetic unified social credit code with a right check symbol (GB 32100): a state organ of the region."""
    body = f"11{region}MB{nth:06d}X"
    total = sum(_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + _ALPHABET[(31 - total % 31) % 31]


def licence_of(subject: Subject) -> str | None:
    """The licence type that bears a subject's name, if the city has one."""
    for key, row in words()["licence_types"].items():
        if row[0].removesuffix("证") in subject.zh or subject.zh in row[0]:
            return key
    return None
