"""Sums, differences, products, quotients and powers of numbers, strings and temporal values (DMN 1.5, tables 55 to 60)."""

from collections.abc import Callable
from decimal import Decimal

from engine.feel import limits
from engine.feel.kinds import NUMBERS, mismatch
from engine.feel.numbers import CONTEXT, LIMIT, settle
from engine.feel.reasons import null
from engine.feel.temporal import (
    DAY,
    Date,
    DateTime,
    Duration,
    Time,
    YearMonth,
    as_moment,
    time_of_nanos,
)

Binary = Callable[..., object]


def add(left: object, right: object) -> object:
    """`left + right`."""
    if type(left) is int and type(right) is int:
        total = left + right
        return total if -LIMIT < total < LIMIT else settle(total)
    if type(left) in NUMBERS and type(right) in NUMBERS:
        return _exact(CONTEXT.add, left, right)
    if type(left) is str and type(right) is str:
        return _join(left, right)
    return _lookup(_SUMS, "+", left, right)


def _join(left: str, right: str) -> str | None:
    """Both strings in one; null rather than an exception when it is too long, because sums may run without a budget."""
    length = len(left) + len(right)
    if length > limits.STRING_LENGTH:
        return null("feel.limit", "The string would be too long.", "字符串过长。")
    limits.spend_text(length)
    return left + right


def subtract(left: object, right: object) -> object:
    """`left - right`."""
    if type(left) is int and type(right) is int:
        rest = left - right
        return rest if -LIMIT < rest < LIMIT else settle(rest)
    if type(left) in NUMBERS and type(right) in NUMBERS:
        return _exact(CONTEXT.subtract, left, right)
    return _lookup(_DIFFERENCES, "-", left, right)


def multiply(left: object, right: object) -> object:
    """`left * right`."""
    if type(left) is int and type(right) is int:
        product = left * right
        return product if -LIMIT < product < LIMIT else settle(product)
    if type(left) in NUMBERS and type(right) in NUMBERS:
        return _exact(CONTEXT.multiply, left, right)
    return _lookup(_PRODUCTS, "*", left, right)


def divide(left: object, right: object) -> object:
    """`left / right`; division by zero is null."""
    if type(left) in NUMBERS and type(right) in NUMBERS:
        return _exact(CONTEXT.divide, left, right)
    return _lookup(_QUOTIENTS, "/", left, right)


def power(left: object, right: object) -> object:
    """`left ** right`."""
    if type(left) in NUMBERS and type(right) in NUMBERS:
        return 1 if right == 0 else _exact(CONTEXT.power, left, right)
    return mismatch("**", left, right)


def negate(value: object) -> object:
    """`-value`."""
    if type(value) is int:
        return -value
    if type(value) is Decimal:
        return value.copy_negate()
    if type(value) is Duration:
        return Duration(-value.nanos)
    if type(value) is YearMonth:
        return YearMonth(-value.months)
    return mismatch("-", None, value)


def _exact(operation: Binary, left: object, right: object) -> object:
    try:
        return operation(left, right)
    except ArithmeticError:
        return null("feel.arithmetic", "The result is not a finite number.", "计算结果不是有限的数值（例如除以零）。")


def _lookup(table: dict[tuple[type, type], Binary], operator: str, left: object, right: object) -> object:
    operation = table.get((type(left), type(right)))
    if operation is None:
        return mismatch(operator, left, right)
    try:
        value = operation(left, right)
    except ArithmeticError:
        value = None
    if value is None:
        return null("feel.calendar", "The result lies beyond the calendar.", "计算结果超出日历范围。")
    return value


def _date_plus(day: Date, length: Duration) -> object:
    return day.plus_days(length.nanos // DAY)


def _date_plus_months(day: Date, length: YearMonth) -> object:
    return day.plus_months(length.months)


def _moment_plus(moment: DateTime, length: Duration) -> object:
    return moment.plus_nanos(length.nanos)


def _moment_plus_months(moment: DateTime, length: YearMonth) -> object:
    day = moment.date.plus_months(length.months)
    return None if day is None else DateTime(day, moment.time)


def _time_plus(clock: Time, length: Duration) -> object:
    return time_of_nanos((clock.nanos + length.nanos) % DAY, clock.offset, clock.zone)


def _moment_minus(left: DateTime, right: DateTime) -> object:
    if left.is_zoned != right.is_zoned:
        return mismatch("-", left, right)
    return Duration(left.instant() - right.instant())


def _time_minus(left: Time, right: Time) -> object:
    if left.is_zoned != right.is_zoned:
        return mismatch("-", left, right)
    return Duration(left.utc_nanos() - right.utc_nanos())


def _beside(day: Date, moment: DateTime) -> DateTime:
    """The day's midnight, so that it can be compared with the moment."""
    return as_moment(day) if moment.is_zoned else DateTime(day, Time(0, 0, 0))


def _scale(amount: int, factor: object) -> int:
    return amount * factor if type(factor) is int else int(CONTEXT.multiply(Decimal(amount), factor))  # type: ignore[arg-type]


def _share(amount: int, divisor: object) -> int:
    return int(CONTEXT.divide(Decimal(amount), divisor))  # type: ignore[arg-type]  # a number, by the table below


_SUMS: dict[tuple[type, type], Binary] = {
    (Date, Duration): _date_plus,
    (Duration, Date): lambda length, day: _date_plus(day, length),
    (Date, YearMonth): _date_plus_months,
    (YearMonth, Date): lambda length, day: _date_plus_months(day, length),
    (DateTime, Duration): _moment_plus,
    (Duration, DateTime): lambda length, moment: _moment_plus(moment, length),
    (DateTime, YearMonth): _moment_plus_months,
    (YearMonth, DateTime): lambda length, moment: _moment_plus_months(moment, length),
    (Time, Duration): _time_plus,
    (Duration, Time): lambda length, clock: _time_plus(clock, length),
    (Duration, Duration): lambda a, b: Duration(a.nanos + b.nanos),
    (YearMonth, YearMonth): lambda a, b: YearMonth(a.months + b.months),
}
_DIFFERENCES: dict[tuple[type, type], Binary] = {
    (Date, Date): lambda a, b: Duration((a.days - b.days) * DAY),
    (DateTime, DateTime): _moment_minus,
    (Date, DateTime): lambda a, b: _moment_minus(_beside(a, b), b),
    (DateTime, Date): lambda a, b: _moment_minus(a, _beside(b, a)),
    (Time, Time): _time_minus,
    (Date, Duration): lambda day, length: _date_plus(day, Duration(-length.nanos)),
    (Date, YearMonth): lambda day, length: day.plus_months(-length.months),
    (DateTime, Duration): lambda moment, length: moment.plus_nanos(-length.nanos),
    (DateTime, YearMonth): lambda moment, length: _moment_plus_months(moment, YearMonth(-length.months)),
    (Time, Duration): lambda clock, length: _time_plus(clock, Duration(-length.nanos)),
    (Duration, Duration): lambda a, b: Duration(a.nanos - b.nanos),
    (YearMonth, YearMonth): lambda a, b: YearMonth(a.months - b.months),
}
_PRODUCTS: dict[tuple[type, type], Binary] = {
    **{(Duration, number): lambda a, b: Duration(_scale(a.nanos, b)) for number in NUMBERS},
    **{(number, Duration): lambda a, b: Duration(_scale(b.nanos, a)) for number in NUMBERS},
    **{(YearMonth, number): lambda a, b: YearMonth(_scale(a.months, b)) for number in NUMBERS},
    **{(number, YearMonth): lambda a, b: YearMonth(_scale(b.months, a)) for number in NUMBERS},
}
_QUOTIENTS: dict[tuple[type, type], Binary] = {
    **{(Duration, number): lambda a, b: Duration(_share(a.nanos, b)) for number in NUMBERS},
    **{(YearMonth, number): lambda a, b: YearMonth(_share(a.months, b)) for number in NUMBERS},
    (Duration, Duration): lambda a, b: CONTEXT.divide(Decimal(a.nanos), Decimal(b.nanos)),
    (YearMonth, YearMonth): lambda a, b: CONTEXT.divide(Decimal(a.months), Decimal(b.months)),
}

__all__ = ["add", "divide", "multiply", "negate", "power", "subtract"]
