"""The FEEL values that Python has no word for, and how plain Python data becomes FEEL data.

number: int or Decimal · string: str · boolean: bool · null: None · list: list · context: dict · temporal: see `temporal`."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.feel import limits
from engine.feel.reasons import null
from engine.feel.temporal import NANOS, Date, DateTime, Duration, Time, YearMonth


@dataclass(frozen=True, slots=True)
class Range:
    """A range; an end that is None with `open_low` or `open_high` set by a comparison is unbounded.

    low_included, high_included: whether the end itself belongs to it. is_bounded: False for `(< 5)`, `(>= 5)` and so on."""

    low: object
    high: object
    low_included: bool
    high_included: bool
    is_bounded: bool = True


class Function:
    """A function value. parameters: (name, type) pairs; apply: positional arguments, as many as parameters."""

    __slots__ = ("apply", "name", "parameters", "result")

    def __init__(
        self,
        name: str,
        parameters: tuple[tuple[str, object], ...],
        apply: Callable[[list[object]], object],
        result: object = None,
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.apply = apply
        self.result = result


NATIVE = frozenset({int, str, bool, type(None), Date, Time, DateTime, Duration, YearMonth, Range})
"""Types that are FEEL values as they stand, whatever they hold."""


def admit(value: object) -> object:
    """A plain Python value as a FEEL value; the same object when it already is one.

    Unknown types are null, never an object to reach into; so is what nests deeper than `limits.VALUE_DEPTH`."""
    return value if type(value) in NATIVE else _admit(value, 0)


def _admit(value: object, depth: int) -> object:
    kind = type(value)
    if kind in NATIVE:
        return value
    if depth > limits.VALUE_DEPTH:
        return null("feel.limit", "The value nests too deep.", "数据嵌套过深。")
    if kind is list:
        return _admit_list(value, depth)  # type: ignore[arg-type]  # a list, by the line above
    if kind is dict:
        return _admit_dict(value, depth)  # type: ignore[arg-type]  # a dict, by the line above
    convert = _CONVERSIONS.get(kind)
    return convert(value) if convert is not None else _admit_other(value, depth)


def _admit_list(value: list[object], depth: int) -> list[object]:
    if all(type(item) in NATIVE for item in value):
        return value
    items = [_admit(item, depth + 1) for item in value]
    return value if all(new is old for new, old in zip(items, value, strict=True)) else items


def _admit_dict(value: dict[str, object], depth: int) -> dict[str, object]:
    if all(type(item) in NATIVE for item in value.values()) and all(type(key) is str for key in value):
        return value
    entries = {str(key): _admit(item, depth + 1) for key, item in value.items()}
    return value if all(entries.get(key) is item for key, item in value.items()) else entries


def _admit_decimal(value: Decimal) -> Decimal | None:
    return value if value.is_finite() else None


def _admit_float(value: float) -> Decimal | None:
    return _admit_decimal(Decimal(repr(value)))


def _admit_moment(value: datetime.datetime) -> DateTime:
    return DateTime(Date(value.year, value.month, value.day), _clock(value, value.tzinfo, value.utcoffset()))


def _admit_time(value: datetime.time) -> Time:
    return _clock(value, value.tzinfo, value.utcoffset())


def _clock(value: datetime.time | datetime.datetime, tzinfo: datetime.tzinfo | None, offset: datetime.timedelta | None) -> Time:
    zone = getattr(tzinfo, "key", None)
    if isinstance(zone, str):
        return Time(value.hour, value.minute, value.second, value.microsecond * 1000, None, zone)
    seconds = None if offset is None else int(offset.total_seconds())
    return Time(value.hour, value.minute, value.second, value.microsecond * 1000, seconds)


def _admit_date(value: datetime.date) -> Date:
    return Date(value.year, value.month, value.day)


def _admit_delta(value: datetime.timedelta) -> Duration:
    return Duration((value.days * 86_400 + value.seconds) * NANOS + value.microseconds * 1000)


def _admit_other(value: object, depth: int) -> object:
    """Subclasses and mappings of other kinds; anything unknown is null."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Mapping):
        return {str(key): _admit(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_admit(item, depth + 1) for item in value]
    if isinstance(value, int):
        return int(value)
    return None


_CONVERSIONS: dict[type, Callable[..., object]] = {
    Decimal: _admit_decimal,
    float: _admit_float,
    Function: lambda value: value,
    datetime.datetime: _admit_moment,
    datetime.date: _admit_date,
    datetime.time: _admit_time,
    datetime.timedelta: _admit_delta,
}
