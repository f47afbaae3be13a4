"""What happened while a decision was made: which tables were asked, with which inputs, and what each rule said."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from engine.dmn.elements import Table


@dataclass(frozen=True, slots=True)
class Asked:
    """One table asked once.

    inputs: values of the columns. hits: rows that hit, from 0. missed: for each row the column from 1 that failed first, 0 for a
    hit; None when an index answered and no row was looked at. problem: why the table gave null, as (English, Chinese)."""

    decision: str
    table: Table
    inputs: tuple[object, ...]
    hits: tuple[int, ...]
    missed: tuple[int, ...] | None
    problem: tuple[str, str] | None = None


class _Kept(threading.local):
    """The tables asked in this thread, and the decision that asks."""

    asked: list[Asked] | None = None
    decision: str = ""


_kept = _Kept()


@contextmanager
def collect() -> Iterator[list[Asked]]:
    """Collects the tables asked until left."""
    before, _kept.asked = _kept.asked, []
    try:
        yield _kept.asked
    finally:
        _kept.asked = before


@contextmanager
def within(decision: str) -> Iterator[None]:
    """Tables asked inside it belong to this decision."""
    before, _kept.decision = _kept.decision, decision
    try:
        yield
    finally:
        _kept.decision = before


def note(
    table: Table,
    inputs: tuple[object, ...],
    hits: tuple[int, ...],
    missed: tuple[int, ...] | None,
    problem: tuple[str, str] | None = None,
) -> None:
    """Notes a table asked, while someone collects."""
    if _kept.asked is not None:
        _kept.asked.append(Asked(_kept.decision, table, inputs, hits, missed, problem))
