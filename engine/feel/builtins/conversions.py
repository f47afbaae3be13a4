"""Conversions: strings, numbers and temporal values from one another."""

from decimal import Decimal

from engine.feel import numbers, render
from engine.feel.builtins.registry import builtin
from engine.feel.numbers import Number
from engine.feel.reasons import Value, null
from engine.feel.temporal import NANOS, Date, DateTime, Duration, Time, YearMonth, date_of
from engine.feel.temporal_text import parse_date, parse_duration, parse_moment, parse_time


def _unreadable(text: object, en: str, zh: str) -> Value | None:
    return null("feel.conversion", f"`{text}` is no {en}.", f"“{text}”不是有效的{zh}。")


@builtin("string", "from: any")
def string(value: object) -> str | None:
    """The value as FEEL writes it."""
    return None if value is None else render.text(value)


@builtin("number", "from: string, grouping separator?: string?, decimal separator?: string?")
def number(text: str, grouping: str | None = None, point: str | None = None) -> Number | None:
    """The number a text means; separators: space, comma or point, and not the same for both."""
    if grouping not in {None, " ", ",", "."} or point not in {None, ",", "."} or (point is not None and grouping == point):
        return _unreadable(grouping or point, "separator", "分隔符")
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(point, ".") if point else plain
    if not numbers.LITERAL.fullmatch(plain):
        return _unreadable(text, "number", "数值")
    return numbers.parse(plain)


@builtin("date", "from: string")
def date_from_text(text: str) -> Date | None:
    """`2026-11-22`."""
    return parse_date(text) or _unreadable(text, "date", "日期")


@builtin("date", "from: day")
def date_from_moment(value: Date | DateTime) -> Date:
    """The day of a moment."""
    return value.date if isinstance(value, DateTime) else value


@builtin("date", "year: whole, month: whole, day: whole")
def date_from_parts(year: int, month: int, day: int) -> Date | None:
    """The day with these numbers."""
    return date_of(year, month, day) or _unreadable(f"{year}-{month}-{day}", "date", "日期")


@builtin("time", "from: string")
def time_from_text(text: str) -> Time | None:
    """`10:30:00+08:00`."""
    return parse_time(text) or _unreadable(text, "time", "时间")


@builtin("time", "from: time")
def time_from_time(value: Time) -> Time:
    """The time itself."""
    return value


@builtin("time", "from: day")
def time_from_moment(value: Date | DateTime) -> Time:
    """The time of day of a moment; midnight UTC of a date."""
    return value.time if isinstance(value, DateTime) else Time(0, 0, 0, 0, 0)


@builtin("time", "hour: whole, minute: whole, second: number, offset?: duration?")
def time_from_parts(hour: int, minute: int, second: Number, offset: Duration | None = None) -> Time | None:
    """The time with these numbers; the second may have a fraction."""
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        return _unreadable(f"{hour}:{minute}:{numbers.text(second)}", "time", "时间")
    whole = int(second)
    nano = int((Decimal(second) - whole) * NANOS)
    if offset is None:
        return Time(hour, minute, whole, nano)
    seconds, rest = divmod(offset.nanos, NANOS)
    if rest or abs(seconds) > 18 * 3600:
        return _unreadable(numbers.text(seconds), "offset", "时差")
    return Time(hour, minute, whole, nano, seconds)


@builtin("date and time", "from: string")
def moment_from_text(text: str) -> DateTime | None:
    """`2026-11-22T10:30:00`; a date alone is its midnight."""
    if (moment := parse_moment(text)) is not None:
        return moment
    day = parse_date(text)
    return DateTime(day, Time(0, 0, 0)) if day is not None else _unreadable(text, "date and time", "日期时间")


@builtin("date and time", "from: day")
def moment_from_moment(value: Date | DateTime) -> DateTime:
    """The moment itself; midnight UTC of a date."""
    return value if isinstance(value, DateTime) else DateTime(value, Time(0, 0, 0, 0, 0))


@builtin("date and time", "date: day, time: time")
def moment_from_parts(day: Date | DateTime, clock: Time) -> DateTime:
    """That day at that time."""
    return DateTime(day.date if isinstance(day, DateTime) else day, clock)


@builtin("duration", "from: string")
def duration_from_text(text: str) -> Duration | YearMonth | None:
    """`P1DT2H` or `P1Y2M`."""
    found = parse_duration(text)
    return _unreadable(text, "duration", "时长") if found is None else found


@builtin("duration", "from: length")
def duration_from_duration(value: Duration | YearMonth) -> Duration | YearMonth:
    """The duration itself."""
    return value
