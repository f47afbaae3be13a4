"""Numbers: exact, decimal, 34 digits, half even; small whole numbers are Python ints because they are exact and fast."""

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import TypeGuard

LITERAL = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
"""A number as text."""
Number = int | Decimal

CONTEXT = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[InvalidOperation, DivisionByZero, Overflow])
LIMIT = 10**34
"""Whole numbers below this are kept as ints."""


def settle(value: int) -> Number:
    """A whole number of any size, rounded to 34 digits where it is larger."""
    return value if -LIMIT < value < LIMIT else CONTEXT.create_decimal(value)


def parse(text: str) -> Number | None:
    """A numeric literal; None when it is out of range."""
    if text.isdigit():
        return settle(int(text)) if len(text) <= 400 else None
    try:
        value = CONTEXT.create_decimal(text)
    except (InvalidOperation, Overflow):
        return None
    return value


def integer(value: object) -> int | None:
    """The value as a whole number, None when it is no number or has a fraction."""
    if type(value) is int:
        return value
    if type(value) is Decimal and value == value.to_integral_value() and abs(value) < LIMIT:
        return int(value)
    return None


def truncated(value: Number) -> int:
    """The whole part, as functions read positions, scales and numbers of a date."""
    return int(value)


def text(value: Number) -> str:
    """The shortest plain notation, without exponent and without trailing zeros."""
    if type(value) is int:
        return str(value)
    plain = format(value, "f")
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) if value else "0"


def is_number(value: object) -> TypeGuard[Number]:
    """Whether the value is a number; booleans are none."""
    return type(value) is int or type(value) is Decimal
