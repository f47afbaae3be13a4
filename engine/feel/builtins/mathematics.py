"""Number functions."""

import decimal
from collections.abc import Callable
from decimal import Decimal

from engine.feel.builtins.registry import builtin
from engine.feel.numbers import CONTEXT, Number, integer, settle
from engine.feel.reasons import null
from engine.feel.temporal import Duration, YearMonth

_MOST_SCALE = 6176


def _rounded(value: Number, scale: int, rounding: str) -> Number | None:
    """The number with `scale` digits behind the point (negative: before it), rounded so."""
    if not -_MOST_SCALE + 65 <= scale <= _MOST_SCALE:
        return null("feel.scale", f"The scale {scale} is out of range.", f"小数位数 {scale} 超出范围。")
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= scale:
        return value
    rounded = number.quantize(
        Decimal(1).scaleb(-scale), rounding=rounding, context=decimal.Context(prec=7000, Emin=-9999, Emax=9999)
    )
    return CONTEXT.plus(rounded) if scale > 0 else settle(int(rounded))


_WORDS = {
    decimal.ROUND_HALF_EVEN: "to the nearest, halves to the even digit",
    decimal.ROUND_FLOOR: "downwards",
    decimal.ROUND_CEILING: "upwards",
    decimal.ROUND_UP: "away from zero",
    decimal.ROUND_DOWN: "towards zero",
    decimal.ROUND_HALF_UP: "to the nearest, halves away from zero",
    decimal.ROUND_HALF_DOWN: "to the nearest, halves towards zero",
}


def _register_rounding(name: str, rounding: str, declaration: str) -> None:
    def apply(value: Number, scale: int = 0) -> Number | None:
        return _rounded(value, scale, rounding)

    apply.__doc__ = f"The number with `scale` digits behind the point, {_WORDS[rounding]}."
    builtin(name, declaration)(apply)


for _name, _rounding, _declaration in (
    ("decimal", decimal.ROUND_HALF_EVEN, "n: number, scale: whole"),
    ("floor", decimal.ROUND_FLOOR, "n: number, scale?: whole"),
    ("ceiling", decimal.ROUND_CEILING, "n: number, scale?: whole"),
    ("round up", decimal.ROUND_UP, "n: number, scale: whole"),
    ("round down", decimal.ROUND_DOWN, "n: number, scale: whole"),
    ("round half up", decimal.ROUND_HALF_UP, "n: number, scale: whole"),
    ("round half down", decimal.ROUND_HALF_DOWN, "n: number, scale: whole"),
):
    _register_rounding(_name, _rounding, _declaration)


@builtin("abs", "n: any")
def absolute(value: object) -> object:
    """The number or duration without its sign."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, Duration):
        return Duration(abs(value.nanos))
    if isinstance(value, YearMonth):
        return YearMonth(abs(value.months))
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return null("feel.argument", "`abs` needs a number or a duration.", "“abs”需要数值或时长。")
    return abs(value) if isinstance(value, int) else value.copy_abs()


@builtin("modulo", "dividend: number, divisor: number")
def modulo(dividend: Number, divisor: Number) -> object:
    """The rest with the sign of the divisor: dividend - divisor * floor(dividend / divisor)."""
    if divisor == 0:
        return null("feel.arithmetic", "Division by zero.", "除数为零。")
    if isinstance(dividend, int) and isinstance(divisor, int):
        return dividend % divisor
    rest = _guarded(lambda: CONTEXT.remainder(dividend, divisor))
    if isinstance(rest, Decimal) and rest != 0 and (rest < 0) != (divisor < 0):
        return CONTEXT.add(rest, divisor)
    return rest


def _guarded(operation: Callable[[], object]) -> object:
    try:
        return operation()
    except (ArithmeticError, ValueError):
        return null("feel.arithmetic", "The result is not a finite number.", "计算结果不是有限的数值。")


@builtin("sqrt", "number: number")
def square_root(value: Number) -> object:
    """The square root; null for negative numbers."""
    return _guarded(lambda: CONTEXT.sqrt(Decimal(value)))


@builtin("log", "number: number")
def logarithm(value: Number) -> object:
    """The natural logarithm; null unless the number is positive."""
    if value <= 0:
        return null("feel.arithmetic", "`log` needs a positive number.", "“log”需要正数。")
    return _guarded(lambda: CONTEXT.ln(Decimal(value)))


@builtin("exp", "number: number")
def exponential(value: Number) -> object:
    """Euler's number to this power."""
    return _guarded(lambda: CONTEXT.exp(Decimal(value)))


def _parity(value: Number, rest: int, name: str) -> bool | None:
    whole = integer(value)
    if whole is None:
        return null("feel.argument", f"`{name}` needs a whole number.", f"“{name}”需要整数。")
    return whole % 2 == rest


@builtin("odd", "number: number")
def odd(value: Number) -> bool | None:
    """Whether it is odd."""
    return _parity(value, 1, "odd")


@builtin("even", "number: number")
def even(value: Number) -> bool | None:
    """Whether it is even."""
    return _parity(value, 0, "even")
