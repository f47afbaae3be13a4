"""What happened while a decision was made: which tables were asked, with which inputs, and what each rule said."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from engine.dmn.elements import Table


@dataclass(frozen=True, slots=True)
class Asked:
    """One table asked once.

    since: first day of the version that was asked, '' when it has none. inputs: values of the columns. hits: rows that hit, from
    0. missed: for each row the column from 1 that failed first, 0 for a hit; None when an index answered and no row was looked
    at. problem: why the table gave null, as (English, Chinese)."""

    decision: str
    since: str
    table: Table
    inputs: tuple[object, ...]
    hits: tuple[int, ...]
    missed: tuple[int, ...] | None
    problem: tuple[str, str] | None = None


class _Kept(threading.local):
    """The tables asked in this thread, the decision that asks and since when its version holds, and whether every row is looked
    at."""

    asked: list[Asked] | None = None
    decision: str = ""
    since: str = ""
    in_full: bool = False


_kept = _Kept()


@contextmanager
def collect(*, in_full: bool = False) -> Iterator[list[Asked]]:
    """Collects the tables asked until left. in_full: every row is looked at, also where an index would answer faster."""
    before = _kept.asked, _kept.in_full
    asked: list[Asked] = []
    _kept.asked, _kept.in_full = asked, in_full
    try:
        yield asked
    finally:
        _kept.asked, _kept.in_full = before


def wants_every_row() -> bool:
    """Whether each row's failing cell is asked for."""
    return _kept.in_full


@contextmanager
def within(decision: str, since: str = "") -> Iterator[None]:
    """Tables asked inside it belong to this version of this decision."""
    before = _kept.decision, _kept.since
    _kept.decision, _kept.since = decision, since
    try:
        yield
    finally:
        _kept.decision, _kept.since = before


def note(
    table: Table,
    inputs: tuple[object, ...],
    hits: tuple[int, ...],
    missed: tuple[int, ...] | None,
    problem: tuple[str, str] | None = None,
) -> None:
    """Notes a table asked, while someone collects."""
    if _kept.asked is not None:
        _kept.asked.append(Asked(_kept.decision, _kept.since, table, inputs, hits, missed, problem))
