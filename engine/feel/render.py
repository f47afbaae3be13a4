"""Values as FEEL writes them: what `string()` gives, and what the console shows."""

from decimal import Decimal

from engine.feel import limits, numbers
from engine.feel.kinds import kind
from engine.feel.temporal import Date, DateTime, Duration, Time, YearMonth
from engine.feel.temporal_text import format_temporal
from engine.feel.values import Function, Range
from engine.feel.vocabulary import NAME


def text(value: object) -> str:
    """The value as text; strings as they are."""
    return value if isinstance(value, str) else literal(value)


def literal(value: object) -> str:
    """The value as text; strings quoted, as inside lists."""
    limits.spend()
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        limits.spend_text(len(value))
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, int | Decimal):
        return numbers.text(value)
    if isinstance(value, Date | Time | DateTime | Duration | YearMonth):
        return format_temporal(value)
    if isinstance(value, list):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {literal(item)}" for key, item in value.items()) + "}"
    return _range(value) if isinstance(value, Range) else _other(value)


def _key(key: str) -> str:
    """The key as it stands when it is a name, else quoted."""
    return key if NAME.fullmatch(key) else literal(key)


def _range(value: Range) -> str:
    if not value.is_bounded:
        return _half(value)
    opening, closing = "[" if value.low_included else "(", "]" if value.high_included else ")"
    return f"{opening}{literal(value.low)}..{literal(value.high)}{closing}"


def _half(value: Range) -> str:
    """A range with one end."""
    if value.low is None:
        return f"({'<=' if value.high_included else '<'} {literal(value.high)})"
    return f"({'>=' if value.low_included else '>'} {literal(value.low)})"


def _other(value: object) -> str:
    if isinstance(value, Function):
        return f"function({', '.join(name for name, _ in value.parameters)})"
    return kind(value)
