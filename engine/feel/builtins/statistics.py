"""Sums and statistics over a list, given as one list or as several arguments; null when an item does not belong."""

from decimal import Decimal

from engine.feel import arithmetic, limits
from engine.feel.builtins.registry import builtin
from engine.feel.kinds import NUMBERS
from engine.feel.numbers import CONTEXT
from engine.feel.reasons import null

Numbers = list[int | Decimal]


def _items(values: tuple[object, ...]) -> list[object]:
    items = values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)
    limits.spend(len(items))
    return items


def _numbers(values: tuple[object, ...]) -> Numbers | None:
    """The numbers, or None when there is anything else."""
    items = _items(values)
    if not all(type(item) in NUMBERS for item in items):
        return null("feel.argument", "Every item must be a number.", "每一项都必须是数值。")
    return items  # type: ignore[return-value]  # all are numbers, by the line above


@builtin("sum", "list: any?...")
def total(*values: object) -> object:
    """The sum of numbers or of durations; null for an empty list."""
    items = _items(values)
    if not items:
        return None
    result = items[0]
    if type(result) not in NUMBERS and len(items) == 1:
        return arithmetic.add(result, arithmetic.subtract(result, result))
    for item in items[1:]:
        result = arithmetic.add(result, item) if type(item) is not str else None
        if result is None:
            return None
    return result


@builtin("mean", "list: any?...")
def mean(*values: object) -> object:
    """The average of numbers or of durations."""
    result = total(*values)
    return None if result is None else arithmetic.divide(result, len(_items(values)))


@builtin("product", "list: any?...")
def product(*values: object) -> object:
    """The product of the numbers."""
    numbers = _numbers(values)
    if not numbers:
        return None
    result: object = 1
    for number in numbers:
        result = arithmetic.multiply(result, number)
    return result


@builtin("median", "list: any?...")
def median(*values: object) -> object:
    """The middle number, or the mean of the two in the middle."""
    numbers = _numbers(values)
    if not numbers:
        return None
    ordered = sorted(numbers)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return arithmetic.divide(arithmetic.add(ordered[half - 1], ordered[half]), 2)


@builtin("stddev", "list: any?...")
def standard_deviation(*values: object) -> object:
    """The sample standard deviation; null for fewer than two numbers."""
    numbers = _numbers(values)
    if numbers is None or len(numbers) < 2:
        return null("feel.argument", "`stddev` needs two numbers or more.", "“stddev”至少需要两个数值。")
    wide = CONTEXT.copy()
    wide.prec = 60
    average = wide.divide(sum(map(Decimal, numbers), Decimal(0)), len(numbers))
    squares = [wide.power(wide.subtract(number, average), 2) for number in numbers]
    return CONTEXT.plus(wide.sqrt(wide.divide(sum(squares, Decimal(0)), len(numbers) - 1)))


@builtin("mode", "list: any?...")
def mode(*values: object) -> object:
    """The numbers that occur most often, ascending."""
    numbers = _numbers(values)
    if numbers is None:
        return None
    counts: dict[int | Decimal, int] = {}
    for number in numbers:
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, count in counts.items() if count == most)
