"""FEEL values outside an evaluation: exact JSON for storage, plain data for display, Python's own types for other rooms."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.feel import numbers, render
from engine.feel.temporal import NANOS, Date, DateTime, Duration, Time, YearMonth
from engine.feel.temporal_text import format_temporal, parse_date, parse_duration, parse_moment, parse_time
from engine.feel.values import Range, admit

_TAG = "$"
_SAFE = 2**53
_TEMPORAL: dict[type, str] = {Date: "date", Time: "time", DateTime: "moment", Duration: "duration", YearMonth: "duration"}
_READERS: dict[str, Callable[[str], object]] = {
    "number": Decimal,
    "whole": int,
    "date": parse_date,
    "time": parse_time,
    "moment": parse_moment,
    "duration": parse_duration,
}


def to_json(value: object) -> object:
    """Exact, typed, JSON-ready form: whole numbers, strings, booleans, null, lists and contexts stay plain, other types are
    tagged as `{"$": [tag, text]}`. Functions are stored as null: they have no text."""
    return _json(admit(value))


def _json(value: object) -> object:
    """Of a value that has been admitted, all it holds included."""
    kind = type(value)
    if value is None or kind is str or kind is bool:
        return value
    if isinstance(value, int):
        return value if -_SAFE < value < _SAFE else {_TAG: ["whole", str(value)]}
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, dict):
        entries = {key: _json(item) for key, item in value.items()}
        return {_TAG: ["context", entries]} if _TAG in entries else entries
    if isinstance(value, Decimal):
        return {_TAG: ["number", str(value)]}
    if isinstance(value, Range):
        flags = f"{value.low_included:d}{value.high_included:d}{value.is_bounded:d}"
        return {_TAG: ["range", [_json(value.low), _json(value.high), flags]]}
    if isinstance(value, Date | Time | DateTime | Duration | YearMonth):
        return {_TAG: [_TEMPORAL[type(value)], format_temporal(value)]}
    return None


def from_json(data: object) -> object:
    """The value that `to_json` stored."""
    if isinstance(data, list):
        return [from_json(item) for item in data]
    if not isinstance(data, dict):
        return admit(data)
    tagged = data.get(_TAG)
    if len(data) == 1 and isinstance(tagged, list) and len(tagged) == 2:
        return _untag(str(tagged[0]), tagged[1])
    return {key: from_json(item) for key, item in data.items()}


def _untag(tag: str, content: object) -> object:
    if tag == "context" and isinstance(content, dict):
        return {key: from_json(item) for key, item in content.items()}
    if tag == "range" and isinstance(content, list):
        low, high, flags = content
        return Range(from_json(low), from_json(high), flags[0] == "1", flags[1] == "1", flags[2] == "1")
    return _READERS[tag](str(content))


def to_plain(value: object) -> object:
    """JSON-ready form for people and APIs: ISO strings for temporal values, numbers as numbers; types are not recoverable."""
    return _plain(admit(value))


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Decimal):
        whole = numbers.integer(value)
        return float(value) if whole is None else whole
    return render.text(value)


def to_python(value: object) -> object:
    """Python's own date, time, datetime, timedelta where they can hold the value exactly, else the FEEL value itself."""
    if isinstance(value, list):
        return [to_python(item) for item in value]
    if isinstance(value, dict):
        return {key: to_python(item) for key, item in value.items()}
    if isinstance(value, Date):
        return datetime.date(value.year, value.month, value.day) if 1 <= value.year <= 9999 else value
    if isinstance(value, Time):
        return _clock(value) if value.nano % 1000 == 0 else value
    if isinstance(value, DateTime):
        is_exact = 1 <= value.date.year <= 9999 and value.time.nano % 1000 == 0
        return (
            datetime.datetime.combine(datetime.date(value.date.year, value.date.month, value.date.day), _clock(value.time))
            if is_exact
            else value
        )
    if isinstance(value, Duration):
        is_exact = value.nanos % 1000 == 0 and abs(value.nanos) < 10**8 * 86_400 * NANOS
        return datetime.timedelta(microseconds=value.nanos // 1000) if is_exact else value
    return value


def _clock(value: Time) -> datetime.time:
    zone: datetime.tzinfo | None = None
    if value.zone is not None:
        zone = ZoneInfo(value.zone)
    elif value.offset is not None:
        zone = datetime.timezone(datetime.timedelta(seconds=value.offset)) if value.offset else datetime.UTC
    return datetime.time(value.hour, value.minute, value.second, value.nano // 1000, zone)
