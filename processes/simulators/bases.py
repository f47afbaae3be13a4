"""The other shared bases of the simulated city, from one table: education, police, names, addresses, credit, and so on.

A base is asked about whatever it is a base of: an identity number, a credit code, a company name, an address code. `"*"` stands
for everybody it does not name, and `unknown` lists what a base cannot say of a subject."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import cast

from engine.ports import Trust

FILE = Path(__file__).parents[1] / "city" / "registers.toml"
ANYBODY = "*"
Row = Mapping[str, object]


class Base(Mapping[str, Row]):
    """Rows by subject, with one row for all others."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._rows = rows
        self._others = rows.get(ANYBODY, {})

    def __getitem__(self, subject: str) -> Row:
        own = {**self._others, **self._rows.get(subject, {})}
        silent = cast(Sequence[str], own.pop("unknown", ()))
        return {name: value for name, value in own.items() if name not in silent}

    def get(self, subject: str, default: object = None) -> Row:
        """The subject's row over the common one."""
        return self[subject]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


@cache
def _table() -> Mapping[str, Mapping[str, Row]]:
    return cast(Mapping[str, Mapping[str, Row]], tomllib.loads(FILE.read_text("utf-8")))


@cache
def bases() -> Mapping[str, Base]:
    """All bases by source name."""
    return {name: Base(rows) for name, rows in _table().items() if name != "trust"}


def grade(source: str) -> Trust:
    """How far a base's facts may be relied on: A unless the table's `trust` says otherwise."""
    return Trust(str(cast(Mapping[str, object], _table()["trust"]).get(source, "A")))
