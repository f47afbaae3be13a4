"""An office's calendar and hours for a legal clock; one per process, because it caches its axes."""

from functools import lru_cache

from engine.calendar.office import Office
from engine.ports import WorkingCalendar
from engine.transaction import Engine


def of(engine: Engine, key: str) -> Office:
    """The office with its own calendar and hours; an office the platform does not list works by the city's calendar."""
    if engine.offices is not None:
        return engine.offices(key)
    return by_calendar(engine.calendar, engine.settings.zone)


@lru_cache(maxsize=16)
def by_calendar(calendar: WorkingCalendar, zone: str) -> Office:
    """An office with the usual hours on a calendar."""
    return Office(calendar, zone=zone)
