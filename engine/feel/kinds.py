"""What kind a value is, by name; equality and order are defined within a kind only."""

from decimal import Decimal

from engine.feel.reasons import Value, null
from engine.feel.temporal import Date, DateTime, Duration, Time, YearMonth
from engine.feel.values import Function, Range

NUMBERS = frozenset({int, Decimal})

_KINDS: dict[type, tuple[str, str]] = {
    int: ("number", "数值"),
    Decimal: ("number", "数值"),
    str: ("string", "字符串"),
    bool: ("boolean", "布尔值"),
    type(None): ("null", "空值"),
    list: ("list", "列表"),
    dict: ("context", "上下文"),
    Date: ("date", "日期"),
    Time: ("time", "时间"),
    DateTime: ("date and time", "日期时间"),
    Duration: ("days and time duration", "时长"),
    YearMonth: ("years and months duration", "年月时长"),
    Range: ("range", "区间"),
    Function: ("function", "函数"),
}


def kind(value: object) -> str:
    """The kind in English, as FEEL spells it."""
    found = _KINDS.get(type(value))
    return found[0] if found else "context"


def kind_zh(value: object) -> str:
    """The kind in Chinese."""
    found = _KINDS.get(type(value))
    return found[1] if found else "上下文"


def mismatch(operator: str, left: object, right: object) -> Value | None:
    """Null, because the operator is not defined between these kinds."""
    return null(
        "feel.type",
        f"`{operator}` is not defined between {kind(left)} and {kind(right)}.",
        f"“{operator}”不能用于{kind_zh(left)}与{kind_zh(right)}之间。",
    )
