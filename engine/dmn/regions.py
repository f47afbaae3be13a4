"""The space of inputs of a table, cut into pieces on which every cell says the same.

Per column: the constants of its cells, the gaps between them, and what lies beyond, each with one sample value. A row is then,
per column, a set of pieces (bits of a whole number), found by asking its own compiled cells about the samples."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise, product

from engine.dmn.table import CompiledTable
from engine.feel.compiler import Compiler, is_constant
from engine.feel.temporal import Date
from engine.feel.tree import Call, ListLiteral, Literal, RangeLiteral, UnaryTestList
from engine.feel.values import Range

_MOST_NODES = 20_000
Box = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """One column cut into pieces. samples: one value of each piece."""

    label: str
    samples: tuple[object, ...]

    @property
    def everything(self) -> int:
        """All pieces."""
        return (1 << len(self.samples)) - 1


@dataclass(frozen=True, slots=True)
class Space:
    """A table's columns and rows in pieces. certain: for each row, whether every cell could be judged."""

    axes: tuple[Axis, ...]
    rows: tuple[Box, ...]
    certain: tuple[bool, ...]

    def example(self, box: Box) -> tuple[tuple[str, object], ...]:
        """Facts that fall into the box: a value for each column, by label; the plainest sample of each."""
        return tuple((axis.label, _first(axis.samples, pieces)) for axis, pieces in zip(self.axes, box, strict=True))


def _first(samples: tuple[object, ...], pieces: int) -> object:
    return samples[(pieces & -pieces).bit_length() - 1]


def space(table: CompiledTable, domains: Sequence[UnaryTestList | None]) -> Space:
    """The pieces of a table. domains: for each column the tests that its allowed values pass, where declared."""
    axes = tuple(_axis(table, column, domain) for column, domain in enumerate(domains))
    rows: list[Box] = []
    certain: list[bool] = []
    for number, cells in enumerate(table.trees):
        judged = [cell.is_any or _is_judgeable(cell) for cell in cells]
        certain.append(all(judged))
        rows.append(
            tuple(
                _pieces(table, number, column, axis) if ok else axis.everything
                for column, (axis, ok) in enumerate(zip(axes, judged, strict=True))
            )
        )
    return Space(axes, tuple(rows), tuple(certain))


def _pieces(table: CompiledTable, row: int, column: int, axis: Axis) -> int:
    test = table.cell(row, column)
    if test is None:
        return axis.everything
    return sum(1 << index for index, sample in enumerate(axis.samples) if test(sample, {}) is True)


def _is_judgeable(cell: UnaryTestList) -> bool:
    return all(_is_written_out(test.operand) for test in cell.tests)


def _is_written_out(node: object) -> bool:
    if isinstance(node, ListLiteral):
        return all(_is_written_out(item) for item in node.items)
    return isinstance(node, Literal | RangeLiteral | Call) and is_constant(node)


def constants(cell: UnaryTestList) -> Iterator[object]:
    """The values written out in a cell, the ends of its ranges included."""
    for test in cell.tests:
        nodes = test.operand.items if isinstance(test.operand, ListLiteral) else (test.operand,)
        for node in nodes:
            if not _is_written_out(node):
                continue
            value = Compiler().node(node)({})
            yield from (value.low, value.high) if isinstance(value, Range) else (value,)


def _axis(table: CompiledTable, column: int, domain: UnaryTestList | None) -> Axis:
    written = [value for row in table.trees for value in constants(row[column])]
    written += list(constants(domain)) if domain is not None else []
    samples = _samples([value for value in written if value is not None])
    clause = table.columns[column]
    allowed = [
        sample
        for sample in samples
        if (clause.type is None or clause.type.has(sample)) and (clause.allowed is None or clause.allowed(sample, {}) is True)
    ]
    nothing = [None] if None in written else []  # a table that asks for null has a piece for it
    return Axis(table.table.inputs[column].label, tuple([*(allowed or samples), *nothing] or (None,)))


def _samples(values: Sequence[object]) -> list[object]:
    """One value for each constant, each gap, and each side beyond."""
    numbers = sorted({value for value in values if isinstance(value, int | Decimal) and not isinstance(value, bool)})
    days = sorted({value.days for value in values if isinstance(value, Date)})
    texts = sorted({value for value in values if isinstance(value, str)})
    truths: list[object] = [True, False] if any(isinstance(value, bool) for value in values) else []
    samples = [*truths, *_along(numbers)]
    samples += [found for day in _along(days) if (found := Date(1970, 1, 1).plus_days(int(day))) is not None and day == int(day)]
    return [*samples, *texts, *([_other(texts)] if texts else [])]


def _along(points: Sequence[int | Decimal]) -> Iterator[int | Decimal]:
    """Points, the middle of each gap between them, and one value beyond each end."""
    if not points:
        return
    yield points[0] - 1
    for here, there in pairwise(points):
        yield here
        middle = (Decimal(here) + Decimal(there)) / 2
        yield int(middle) if middle == int(middle) else _between(here, there, middle)
    yield points[-1]
    yield points[-1] + 1


def _between(here: int | Decimal, there: int | Decimal, middle: Decimal) -> int | Decimal:
    """A whole number in the gap where there is one, because it reads better."""
    whole = int(here) + 1 if here >= 0 else int(here)
    return whole if here < whole < there else middle


def _other(texts: Sequence[str]) -> str:
    name = "其他"
    while name in texts:
        name += "…"
    return name


class TooManyRegions(Exception):
    """The table has more regions than are worth looking at."""


def uncovered(rows: Sequence[Box], axes: Sequence[Axis], within: Box | None = None) -> Iterator[Box]:
    """Boxes that no row covers, within a box. Raises TooManyRegions."""
    nodes = 0

    def walk(remaining: Sequence[Box], column: int, box: Box) -> Iterator[Box]:
        nonlocal nodes
        nodes += 1
        if nodes > _MOST_NODES:
            raise TooManyRegions
        if column == len(axes):
            if not remaining:
                yield box
            return
        limit = axes[column].everything if within is None else within[column]
        if not remaining:
            rest = tuple(axis.everything for axis in axes) if within is None else within
            yield (*box, *rest[column:])
            return
        for pieces, kept in _classes(remaining, column, limit).items():
            yield from walk([remaining[index] for index in pieces], column + 1, (*box, kept))

    yield from walk(list(rows), 0, ())


def apart(box: Box) -> Iterator[Box]:
    """A box as boxes without holes: below seventy and above a hundred are two gaps, not one."""
    return product(*(_runs(pieces) for pieces in box))


def _runs(pieces: int) -> Iterator[int]:
    """Pieces that lie side by side, together."""
    while pieces:
        lowest = pieces & -pieces
        rest = pieces & (pieces + lowest)
        yield pieces ^ rest
        pieces = rest


def _classes(rows: Sequence[Box], column: int, limit: int) -> dict[tuple[int, ...], int]:
    """Pieces of the column that the same rows cover, together: rows (by index) to pieces."""
    classes: dict[tuple[int, ...], int] = {}
    while limit:
        bit = limit & -limit
        limit ^= bit
        covering = tuple(index for index, row in enumerate(rows) if row[column] & bit)
        classes[covering] = classes.get(covering, 0) | bit
    return classes
