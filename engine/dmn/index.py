"""An index over the rows of a large table: equality by hash, ranges by binary search, rows as bits of one whole number.

Each column turns a value into the set of rows whose cell says yes; the sets are intersected at once, thousands of rows long.
Cells that are no constants stay in every set of their column and are tested row by row afterwards."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from engine.feel import limits
from engine.feel.comparisons import CellTest
from engine.feel.compiler import Compiler, is_constant
from engine.feel.scopes import Scope
from engine.feel.temporal import Date
from engine.feel.tree import Test, UnaryTestList
from engine.feel.values import Range

_MOST_BITS = 1 << 28
"""Bits that the range part of one column may take; a column that needs more is tested row by row."""


class _Column:
    """The index of one column."""

    def __init__(self, cells: Sequence[UnaryTestList]) -> None:
        self.always = 0
        self.unsure = 0
        self._equal: dict[tuple[str, object], int] = {}
        self._spans: dict[str, list[tuple[Range, int]]] = {}
        for row, cell in enumerate(cells):
            self._add(cell, 1 << row)
        self._steps = {kind: _Steps(spans) for kind, spans in self._spans.items()}

    def _add(self, cell: UnaryTestList, bit: int) -> None:
        if cell.is_any:
            self.always |= bit
            return
        constants = None if cell.negated else [constant_of(test) for test in cell.tests]
        if constants is None or any(constant is None for constant in constants):
            self.unsure |= bit
            return
        for constant in constants:
            self._add_constant(constant, bit)

    def _add_constant(self, constant: object, bit: int) -> None:
        if isinstance(constant, Range):
            kind = _kind(constant.low if constant.low is not None else constant.high)
            self._spans.setdefault(kind, []).append((constant, bit))
        else:
            key = (_kind(constant), constant)
            self._equal[key] = self._equal.get(key, 0) | bit

    def rows(self, value: object) -> int:
        """The rows that say yes to the value, or may."""
        kind = _kind(value)
        if not kind:
            return self.always | self.unsure
        found = self.always | self.unsure | self._equal.get((kind, value), 0)
        steps = self._steps.get(kind)
        return found if steps is None else found | steps.rows(value)


class _Steps:
    """Ranges of one kind, cut into points and gaps between them; each piece knows its rows."""

    def __init__(self, spans: Sequence[tuple[Range, int]]) -> None:
        ends = {sort_key(end) for span, _ in spans for end in (span.low, span.high) if end is not None}
        self._ends = sorted(ends)
        self._pieces = [0] * (2 * len(self._ends) + 1)
        for span, bit in spans:
            first = 0 if span.low is None else 2 * bisect_left(self._ends, sort_key(span.low)) + (1 if span.low_included else 2)
            last = (
                len(self._pieces) - 1
                if span.high is None
                else 2 * bisect_left(self._ends, sort_key(span.high)) + (1 if span.high_included else 0)
            )
            for piece in range(first, last + 1):
                self._pieces[piece] |= bit

    def rows(self, value: object) -> int:
        """The rows whose range holds the value."""
        key = sort_key(value)
        left = bisect_left(self._ends, key)
        is_end = bisect_right(self._ends, key) > left
        return self._pieces[2 * left + is_end]


class Index:
    """The index of a table. tests: for each row the cells by column that are not `-`."""

    def __init__(self, cells: Sequence[Sequence[UnaryTestList]], tests: Sequence[Mapping[int, CellTest]]) -> None:
        width = len(cells[0]) if cells else 0
        self._tests = tests
        self._all = (1 << len(cells)) - 1
        is_small = 2 * len(cells) * len(cells) <= _MOST_BITS
        self._columns = [(number, _Column([row[number] for row in cells])) for number in range(width)] if is_small else []
        self._exact = is_small

    def find(self, values: Sequence[object], scope: Scope, *, only_first: bool) -> tuple[int, ...]:
        """The rows that hit, ascending; one at most when only the first is wanted."""
        candidates = self._all
        for number, column in self._columns:
            candidates &= column.rows(values[number])
        hits: list[int] = []
        while candidates:
            bit = candidates & -candidates
            candidates ^= bit
            row = bit.bit_length() - 1
            if self._confirms(row, bit, values, scope):
                hits.append(row)
                if only_first:
                    break
        return tuple(hits)

    def _confirms(self, row: int, bit: int, values: Sequence[object], scope: Scope) -> bool:
        """Whether the cells that the index could not judge say yes."""
        limits.spend()
        for number, test in self._tests[row].items():
            is_unsure = not self._exact or self._columns[number][1].unsure & bit or not _kind(values[number])
            if is_unsure and test(values[number], scope) is not True:
                return False
        return True


def constant_of(test: Test) -> object:
    """The constant or range that a test accepts; None when it depends on the scope, or is of a kind that is not indexed."""
    if not is_constant(test.operand):
        return None
    value = Compiler().node(test.operand)({})
    if isinstance(value, Range):
        ends = [end for end in (value.low, value.high) if end is not None]
        return value if test.operator is None and ends and all(_is_ordered(end) for end in ends) else None
    if not _kind(value):
        return None
    if test.operator in {None, "="}:
        return value
    return _half_range(test.operator, value) if _is_ordered(value) else None


def _half_range(operator: str | None, value: object) -> Range | None:
    match operator:
        case "<" | "<=":
            return Range(None, value, False, operator == "<=", is_bounded=False)
        case ">" | ">=":
            return Range(value, None, operator == ">=", False, is_bounded=False)
    return None


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | Decimal):
        return "number"
    if isinstance(value, str):
        return "string"
    return "date" if isinstance(value, Date) else ""


def _is_ordered(value: object) -> bool:
    return _kind(value) in {"number", "string", "date"}


def sort_key(value: object) -> Any:
    """What the value is sorted by: numbers and strings as they are, dates by their day.

    Any: keys of one kind are compared with each other only, which no type can say."""
    if isinstance(value, Date):
        return value.days
    if isinstance(value, int | Decimal | str):
        return value
    raise TypeError("only numbers, strings and dates are indexed")
