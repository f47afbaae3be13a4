"""Offsets of named time zones, also for years that Python's own calendar does not reach."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]*(/[A-Za-z0-9_+\-]+)*")


@lru_cache(maxsize=1024)
def find(name: str) -> ZoneInfo | None:
    """The zone with this IANA name, or None."""
    if not _NAME.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _year_within(year: int) -> int:
    """A year of Python's calendar with the same leap days; far years follow the rules of the nearest end."""
    if 2 <= year <= 9998:
        return year
    return (year % 400) + (2000 if year > 9998 else 400)


def offset_at_local(name: str, year: int, month: int, day: int, second_of_day: int) -> int:
    """Seconds east of UTC that the zone's clocks show at this local moment (the first of two, where it occurs twice)."""
    zone = find(name)
    if zone is None:
        return 0
    local = datetime(_year_within(year), month, day, tzinfo=zone) + timedelta(seconds=second_of_day)
    return _seconds(local.utcoffset())


def offset_at_instant(name: str, year: int, month: int, day: int, second_of_day: int) -> int:
    """Seconds east of UTC at this moment given in UTC."""
    zone = find(name)
    if zone is None:
        return 0
    instant = datetime(_year_within(year), month, day, tzinfo=UTC) + timedelta(seconds=second_of_day)
    return _seconds(instant.astimezone(zone).utcoffset())


def _seconds(offset: timedelta | None) -> int:
    return 0 if offset is None else int(offset.total_seconds())
