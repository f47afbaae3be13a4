"""Temporal values as text: ISO 8601 with FEEL's `@Zone`, both ways."""

import re

from engine.feel import zones
from engine.feel.temporal import DAY, NANOS, Date, DateTime, Duration, Time, YearMonth, date_of

_DATE = r"(?P<year>-?(?:[1-9]\d{4,8}|\d{4}))-(?P<month>\d\d)-(?P<day>\d\d)"
_TIME = (
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d+))?"
    r"(?P<zone>[Zz]|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z][A-Za-z0-9_+\-/]*)?"
)
_date = re.compile(_DATE, re.ASCII)
_time = re.compile(_TIME, re.ASCII)
_moment = re.compile(f"{_DATE}T{_TIME}", re.ASCII)
_months = re.compile(r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?", re.ASCII)
_nanos = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d*))?S)?)?", re.ASCII)
_MOST_TEXT = 64
_MOST_OFFSET = 18 * 3600


def parse_date(text: str) -> Date | None:
    """`2026-11-22`, or None."""
    found = _date.fullmatch(text) if len(text) <= _MOST_TEXT else None
    return _day(found) if found else None


def _day(found: re.Match[str]) -> Date | None:
    return date_of(int(found["year"]), int(found["month"]), int(found["day"]))


def parse_time(text: str) -> Time | None:
    """`10:30:00`, with `Z`, an offset or `@Zone`, or None; a leading `T` is allowed."""
    bare = text[1:] if text[:1] == "T" else text
    found = _time.fullmatch(bare) if len(bare) <= _MOST_TEXT else None
    return _clock(found) if found else None


def _clock(found: re.Match[str]) -> Time | None:
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"])
    if hour > 23 or minute > 59 or second > 59:
        return None
    nano = int(((found["fraction"] or "") + "000000000")[:9])
    zone = found["zone"]
    if zone is None:
        return Time(hour, minute, second, nano)
    if zone[0] == "@":
        return Time(hour, minute, second, nano, None, zone[1:]) if zones.find(zone[1:]) else None
    offset = parse_offset(zone)
    return None if offset is None else Time(hour, minute, second, nano, offset)


def parse_offset(text: str) -> int | None:
    """Seconds east of UTC of `Z` or `+08:00`; None beyond 18 hours."""
    if text in {"Z", "z"}:
        return 0
    parts = [int(part) for part in text[1:].split(":")]
    if any(part > 59 for part in parts[1:]):
        return None
    seconds = parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) > 2 else 0)
    if seconds > _MOST_OFFSET:
        return None
    return -seconds if text[0] == "-" else seconds


def parse_moment(text: str) -> DateTime | None:
    """`2026-11-22T10:30:00@Asia/Shanghai`, or None; `24:00:00` is the next day's midnight."""
    if len(text) > _MOST_TEXT:
        return None
    found = _moment.fullmatch(text.replace("T24:00:00", "T00:00:00", 1))
    if found is None:
        return None
    day, clock = _day(found), _clock(found)
    if day is not None and "T24:" in text:
        day = None if clock is None or clock.nano else day.plus_days(1)
    return None if day is None or clock is None else DateTime(day, clock)


def parse_duration(text: str) -> Duration | YearMonth | None:
    """`P1Y2M` or `P1DT2H3M4.5S`, either with a leading minus, or None."""
    if len(text) > _MOST_TEXT or text[-1:] in {"P", "T"}:
        return None
    if (found := _months.fullmatch(text)) is not None:
        months = int(found[2] or 0) * 12 + int(found[3] or 0)
        return YearMonth(-months if found[1] else months)
    if (found := _nanos.fullmatch(text)) is None:
        return None
    seconds = int(found[2] or 0) * 86_400 + int(found[3] or 0) * 3600 + int(found[4] or 0) * 60 + int(found[5] or 0)
    nanos = seconds * NANOS + int(((found[6] or "") + "000000000")[:9])
    return Duration(-nanos if found[1] else nanos)


def parse_any(text: str) -> Date | Time | DateTime | Duration | YearMonth | None:
    """What an at-literal means."""
    if text[:1] == "P" or text[:2] == "-P":
        return parse_duration(text)
    return parse_moment(text) or parse_date(text) or parse_time(text)


def format_date(value: Date) -> str:
    """ISO 8601."""
    sign, year = ("-", -value.year) if value.year < 0 else ("", value.year)
    return f"{sign}{year:04d}-{value.month:02d}-{value.day:02d}"


def format_time(value: Time) -> str:
    """ISO 8601 with offset or `@Zone`."""
    fraction = f".{value.nano:09d}".rstrip("0") if value.nano else ""
    zone = f"@{value.zone}" if value.zone is not None else format_offset(value.offset)
    return f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}{fraction}{zone}"


def format_offset(offset: int | None) -> str:
    """`Z`, `+08:00`, or nothing."""
    if not offset:
        return "" if offset is None else "Z"
    minutes, seconds = divmod(abs(offset), 60)
    tail = f":{seconds:02d}" if seconds else ""
    return f"{'-' if offset < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}{tail}"


def format_duration(value: Duration) -> str:
    """ISO 8601, largest units first."""
    days, rest = divmod(abs(value.nanos), DAY)
    seconds, nano = divmod(rest, NANOS)
    fraction = f".{nano:09d}".rstrip("0") if nano else ""
    parts = ((seconds // 3600, "H"), (seconds // 60 % 60, "M"))
    clock = "".join(f"{amount}{unit}" for amount, unit in parts if amount)
    if seconds % 60 or nano:
        clock += f"{seconds % 60}{fraction}S"
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return f"{'-' if value.nanos < 0 else ''}P{text or 'T0S'}"


def format_months(value: YearMonth) -> str:
    """ISO 8601 in years and months."""
    years, months = divmod(abs(value.months), 12)
    text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return f"{'-' if value.months < 0 else ''}P{text or '0M'}"


def format_temporal(value: Date | Time | DateTime | Duration | YearMonth) -> str:
    """The text that `@"…"` reads back."""
    if isinstance(value, Date):
        return format_date(value)
    if isinstance(value, Time):
        return format_time(value)
    if isinstance(value, DateTime):
        return f"{format_date(value.date)}T{format_time(value.time)}"
    return format_duration(value) if isinstance(value, Duration) else format_months(value)
