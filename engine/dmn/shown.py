"""A decision as people look at it: each table asked, the rows that hit, and the cell at which each other row failed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.dmn.model import Decided
from engine.dmn.trace import Asked
from engine.feel import render

_MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class ShownInput:
    """One column with its value in this decision. source, at, trust: where the fact comes from, '' where not known."""

    label: str
    label_en: str
    value: str
    source: str = ""
    at: str = ""
    trust: str = ""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One rule. cells, outputs: as written. failed: column from 1 that failed first, 0 for a rule that hit."""

    number: int
    cells: tuple[str, ...]
    outputs: tuple[str, ...]
    failed: int
    annotations: tuple[str, ...]

    @property
    def is_hit(self) -> bool:
        """Whether the rule counted."""
        return self.failed == 0


@dataclass(frozen=True, slots=True)
class ShownTable:
    """One table asked. since: first day of its version. left_out: rows of a long table that are not shown. problem: (en, zh)."""

    name: str
    since: str
    hit_policy: str
    inputs: tuple[ShownInput, ...]
    outputs: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    left_out: int
    problem: tuple[str, str] | None


def tables(decided: Decided) -> tuple[ShownTable, ...]:
    """The tables of a decision made `in_full`, in the order asked."""
    return tuple(_table(asked, decided.origins) for asked in decided.asked)


def _table(asked: Asked, origins: Mapping[str, object]) -> ShownTable:
    rows = [row for row in _rows(asked) if row.is_hit or row.number <= _MOST_ROWS]
    return ShownTable(
        name=asked.decision,
        since=asked.since,
        hit_policy=asked.table.hit_policy,
        inputs=tuple(
            _input(clause.label, clause.label_en, value, origins.get(clause.expression))
            for clause, value in zip(asked.table.inputs, asked.inputs, strict=True)
        ),
        outputs=tuple(output.label or asked.decision for output in asked.table.outputs),
        rows=tuple(rows),
        left_out=len(asked.table.rules) - len(rows),
        problem=asked.problem,
    )


def _input(label: str, label_en: str, value: object, origin: object) -> ShownInput:
    known = origin if isinstance(origin, Mapping) else {}
    parts = {key: render.text(known[key]) for key in ("source", "at", "trust") if known.get(key) is not None}
    return ShownInput(label, label_en, render.text(value) if value is not None else "", **parts)


def _rows(asked: Asked) -> Iterator[ShownRow]:
    missed = asked.missed if asked.missed is not None else ()
    for number, rule in enumerate(asked.table.rules):
        is_hit = number in asked.hits
        failed = 0 if is_hit else (missed[number] if missed else 1)
        yield ShownRow(number + 1, rule.inputs, rule.outputs, failed, rule.annotations)
