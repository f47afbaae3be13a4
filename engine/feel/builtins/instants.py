"""Calendar functions: parts of a date by name and number, `now` and `today`."""

import datetime

from engine.feel import moments
from engine.feel.builtins.registry import builtin
from engine.feel.temporal import Date, DateTime, YearMonth, days_from_civil

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _day(value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


@builtin("day of year", "date: day")
def day_of_year(value: Date | DateTime) -> int:
    """1 to 366."""
    day = _day(value)
    return day.days - days_from_civil(day.year, 1, 1) + 1


@builtin("day of week", "date: day")
def day_of_week(value: Date | DateTime) -> str:
    """The English name of the day."""
    return _DAYS[_day(value).weekday() - 1]


@builtin("month of year", "date: day")
def month_of_year(value: Date | DateTime) -> str:
    """The English name of the month."""
    return _MONTHS[_day(value).month - 1]


@builtin("week of year", "date: day")
def week_of_year(value: Date | DateTime) -> int:
    """The ISO 8601 week, 1 to 53."""
    day = _day(value)
    return datetime.date(2000 + day.year % 400, day.month, day.day).isocalendar().week


@builtin("now")
def now() -> DateTime:
    """The moment of the evaluation."""
    return moments.now()


@builtin("today")
def today() -> Date:
    """The day of the evaluation."""
    return moments.now().date


@builtin("years and months duration", "from: day, to: day")
def months_between(start: Date | DateTime, end: Date | DateTime) -> YearMonth:
    """Whole months from one day to the other; negative when the other is earlier."""
    if _key(start) > _key(end):
        return YearMonth(-_whole_months(end, start))
    return YearMonth(_whole_months(start, end))


def _key(value: Date | DateTime) -> tuple[int, int]:
    return _day(value).days, value.time.nanos if isinstance(value, DateTime) else 0


def _whole_months(start: Date | DateTime, end: Date | DateTime) -> int:
    first, last = _day(start), _day(end)
    months = (last.year - first.year) * 12 + last.month - first.month
    is_short = (last.day, _key(end)[1]) < (first.day, _key(start)[1])
    return months - 1 if is_short else months
