"""The offices of the city, from data: their names, hours and the days on which they differ from the calendar."""

import tomllib
from collections.abc import Mapping
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import cast

from engine.calendar.china import ChinaCalendar
from engine.calendar.office import Office
from engine.errors import NotFound

FILE = Path(__file__).parent / "city" / "offices.toml"


@cache
def table(path: Path = FILE) -> Mapping[str, Mapping[str, object]]:
    """The file's tables by office key."""
    return tomllib.loads(path.read_text("utf-8"))


def keys() -> tuple[str, ...]:
    """All office keys."""
    return tuple(table())


def name(key: str) -> Mapping[str, str]:
    """The office's name in `zh` and `en`. Raises NotFound."""
    return cast(Mapping[str, str], _row(key)["name"])


@cache
def office(key: str, zone: str = "Asia/Shanghai") -> Office:
    """The office with its own calendar and hours. Raises NotFound."""
    row = _row(key)
    overrides = dict.fromkeys(_days(row, "closed"), False) | dict.fromkeys(_days(row, "open"), True)
    return Office(ChinaCalendar(overrides, edition=key if overrides else ""), hours=_hours(row), zone=zone)


def _row(key: str) -> Mapping[str, object]:
    if key not in table():
        raise NotFound(thing=("单位", "office"), key=key)
    return table()[key]


def _days(row: Mapping[str, object], field: str) -> list[date]:
    return cast(list[date], row.get(field, []))


def _hours(row: Mapping[str, object]) -> tuple[tuple[time, time], ...]:
    spells = cast(list[tuple[str, str]], row["hours"])
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in spells)
