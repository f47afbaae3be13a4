"""Equality, order and membership in three-valued logic."""

from decimal import Decimal

from engine.feel import limits
from engine.feel.kinds import NUMBERS, kind, mismatch
from engine.feel.temporal import Date, DateTime, Duration, Time, YearMonth
from engine.feel.values import Function, Range

_SIMPLE = frozenset({int, Decimal, str, Date, Duration, YearMonth})
_PLAIN_ORDER = frozenset({int, Decimal, str, Duration, YearMonth})


def equal(left: object, right: object) -> bool | None:
    """`left = right`; None between different kinds."""
    a, b = type(left), type(right)
    if a is b and (a in _SIMPLE or a is bool):
        return left == right
    if left is None or right is None:
        return left is right
    if a in NUMBERS and b in NUMBERS:
        return left == right
    if a is not b:
        return mismatch("=", left, right)
    return _equal_compound(left, right)


def _equal_compound(left: object, right: object) -> bool | None:
    if left is right:
        return True
    if isinstance(left, list) and isinstance(right, list):
        limits.spend(len(left) + 1)
        return len(left) == len(right) and all(equal(x, y) is True for x, y in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        limits.spend(len(left) + 1)
        return left.keys() == right.keys() and all(equal(value, right[key]) is True for key, value in left.items())
    if isinstance(left, Range) and isinstance(right, Range):
        return _same_range(left, right)
    if isinstance(left, DateTime) and isinstance(right, DateTime):
        return left.is_zoned == right.is_zoned and left.instant() == right.instant()
    if isinstance(left, Time) and isinstance(right, Time):
        return left.is_zoned == right.is_zoned and left.utc_nanos() == right.utc_nanos()
    return None if isinstance(left, Function) else left == right


def _same_range(left: Range, right: Range) -> bool:
    return (
        left.low_included == right.low_included
        and left.high_included == right.high_included
        and equal(left.low, right.low) is True
        and equal(left.high, right.high) is True
    )


def identical(left: object, right: object) -> bool:
    """`is(left, right)`: the same kind and the same in every part, offset and zone included."""
    if kind(left) != kind(right):
        return False
    if isinstance(left, Time | DateTime):
        return left == right
    return equal(left, right) is True


def less(left: object, right: object) -> bool | None:
    """`left < right`; None when the two cannot be ordered."""
    a, b = type(left), type(right)
    if (a is b and a in _PLAIN_ORDER) or (a in NUMBERS and b in NUMBERS):
        return left < right  # type: ignore[operator, no-any-return]  # both are of one ordered kind
    key = _order_keys(left, right)
    return mismatch("<", left, right) if key is None else key[0] < key[1]


def less_or_equal(left: object, right: object) -> bool | None:
    """`left <= right`; None when the two cannot be ordered."""
    a, b = type(left), type(right)
    if (a is b and a in _PLAIN_ORDER) or (a in NUMBERS and b in NUMBERS):
        return left <= right  # type: ignore[operator, no-any-return]  # both are of one ordered kind
    key = _order_keys(left, right)
    return mismatch("<=", left, right) if key is None else key[0] <= key[1]


def _order_keys(left: object, right: object) -> tuple[int, int] | None:
    """Whole numbers that order two temporal values; None when one has a zone and the other has not, or kinds differ."""
    if isinstance(left, Date) and isinstance(right, Date):
        return left.days, right.days
    if isinstance(left, DateTime) and isinstance(right, DateTime) and left.is_zoned == right.is_zoned:
        return left.instant(), right.instant()
    if isinstance(left, Time) and isinstance(right, Time) and left.is_zoned == right.is_zoned:
        return left.utc_nanos(), right.utc_nanos()
    return None


def both(left: bool | None, right: bool | None) -> bool | None:
    """Three-valued `and` of two truth values."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def within(value: object, ends: Range) -> bool | None:
    """Whether the value lies in the range; None when that cannot be told."""
    low = high = True if not ends.is_bounded else None
    if ends.low is not None:
        low = less_or_equal(ends.low, value) if ends.low_included else less(ends.low, value)
    if ends.high is not None:
        high = less_or_equal(value, ends.high) if ends.high_included else less(value, ends.high)
    if low is None or high is None:
        return None
    return low and high


def member(value: object, test: object) -> bool | None:
    """`value in test`, where the test is a range, a list of values and ranges, or one value."""
    if type(test) is Range:
        return equal(value, test) if type(value) is Range else within(value, test)
    if type(test) is list:
        if type(value) is list and equal(value, test) is True:
            return True
        limits.spend(len(test) + 1)
        is_range = type(value) is Range
        return any((within(value, item) if type(item) is Range and not is_range else equal(value, item)) is True for item in test)
    return equal(value, test)


def contains(items: list[object], value: object) -> bool:
    """Whether an item equals the value."""
    limits.spend(len(items) + 1)
    return any(equal(item, value) is True for item in items)
