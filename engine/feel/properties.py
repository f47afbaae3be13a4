"""What a dot reaches: entries of contexts, and the parts of temporal values and ranges. Never an attribute of a Python object."""

from collections.abc import Callable
from decimal import Decimal

from engine.feel import limits
from engine.feel.kinds import kind, kind_zh
from engine.feel.reasons import Value, null
from engine.feel.temporal import DAY, NANOS, Date, DateTime, Duration, Time, YearMonth
from engine.feel.values import Range


def member(value: object, name: str) -> object:
    """`value.name`; over a list, the list of its items' members."""
    kind_of = type(value)
    if kind_of is dict:
        if name in value:  # type: ignore[operator]  # a dict, by the line above
            return value[name]  # type: ignore[index]
        return _missing(value, name)
    if isinstance(value, list):
        limits.spend(len(value) + 1)
        return [member(item, name) for item in value]
    part = _PARTS.get((kind_of, name))
    return _missing(value, name) if part is None else part(value)


def _missing(value: object, name: str) -> Value | None:
    return null("feel.member", f"There is no `{name}` in this {kind(value)}.", f"此{kind_zh(value)}中没有“{name}”。")


def _seconds(value: Time) -> object:
    return value.second + Decimal(value.nano) / NANOS if value.nano else value.second


def _offset(seconds: int | None) -> Duration | None:
    return None if seconds is None else Duration(seconds * NANOS)


def _unit(value: Duration, unit: int, most: int | None) -> int:
    """So many whole units of the length, without those that fill the next larger unit; negative when it is."""
    whole = abs(value.nanos) // unit
    amount = whole if most is None else whole % most
    return -amount if value.nanos < 0 else amount


def _months(value: YearMonth, *, years: bool) -> int:
    amount = abs(value.months) // 12 if years else abs(value.months) % 12
    return -amount if value.months < 0 else amount


_CLOCK: dict[str, Callable[[Time], object]] = {
    "hour": lambda value: value.hour,
    "minute": lambda value: value.minute,
    "second": _seconds,
    "timezone": lambda value: value.zone,
}
_CALENDAR: dict[str, Callable[[Date], object]] = {
    "year": lambda value: value.year,
    "month": lambda value: value.month,
    "day": lambda value: value.day,
    "weekday": lambda value: value.weekday(),
}


def _of_date(part: Callable[[Date], object]) -> Callable[[DateTime], object]:
    return lambda value: part(value.date)


def _of_time(part: Callable[[Time], object]) -> Callable[[DateTime], object]:
    return lambda value: part(value.time)


_PARTS: dict[tuple[type, str], Callable[..., object]] = {
    **{(Date, name): part for name, part in _CALENDAR.items()},
    **{(DateTime, name): _of_date(part) for name, part in _CALENDAR.items()},
    **{(Time, name): clock for name, clock in _CLOCK.items()},
    **{(DateTime, name): _of_time(clock) for name, clock in _CLOCK.items()},
    (DateTime, "time offset"): lambda value: _offset(value.offset()),
    (Time, "time offset"): lambda value: _offset(value.offset_on(Date(1970, 1, 1))),
    (Duration, "days"): lambda value: _unit(value, DAY, None),
    (Duration, "hours"): lambda value: _unit(value, 3600 * NANOS, 24),
    (Duration, "minutes"): lambda value: _unit(value, 60 * NANOS, 60),
    (Duration, "seconds"): lambda value: _unit(value, NANOS, 60),
    (YearMonth, "years"): lambda value: _months(value, years=True),
    (YearMonth, "months"): lambda value: _months(value, years=False),
    (Range, "start"): lambda value: value.low,
    (Range, "end"): lambda value: value.high,
    (Range, "start included"): lambda value: value.low_included,
    (Range, "end included"): lambda value: value.high_included,
}
