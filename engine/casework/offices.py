"""An office's calendar and hours for a legal clock: the platform's, and over it what the city has entered, by edition.

Axes are cached by edition, so that counting stays a look-up; each transaction asks once which edition holds."""

from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace
from datetime import date, time
from functools import lru_cache

import sqlalchemy as sa

from engine.calendar.amended import AmendedCalendar, OwnDay
from engine.calendar.office import Office
from engine.errors import NotFound
from engine.models.calendars import calendar_days, calendar_editions, calendar_years, office_hours
from engine.ports import WorkingCalendar
from engine.transaction import Engine, Transaction

_EDITION = "calendar.edition"
_NEWEST = sa.select(calendar_editions.c.id).order_by(calendar_editions.c.number.desc()).limit(1)
_KNOWN: OrderedDict[tuple[Office, str, str], Office] = OrderedDict()
_KEPT = 200
_LATEST: dict[tuple[Office, str], str] = {}
"""The edition that this process last read for an office: what a page computes with after its transaction has closed."""


def of(tx: Transaction, key: str) -> Office:
    """The office with its own calendar and hours; an office the platform does not list works by the city's calendar."""
    base = listed(tx.engine, key)
    edition = _edition(tx)
    _LATEST[base, key] = edition
    if not edition:
        return base
    known = _KNOWN.get((base, key, edition))
    if known is None:
        known = _KNOWN[base, key, edition] = _amended(tx, base, key, edition)
        while len(_KNOWN) > _KEPT:
            _KNOWN.popitem(last=False)
    return known


def city(tx: Transaction) -> Office:
    """The city's own calendar with the usual hours: what `today` means on boards."""
    return of(tx, "")


def last_seen(engine: Engine, key: str) -> Office:
    """The office as this process last read it; for words on a page whose rows were read a moment ago."""
    base = listed(engine, key)
    return _KNOWN.get((base, key, _LATEST.get((base, key), "")), base)


def listed(engine: Engine, key: str) -> Office:
    """The office as the platform's data lists it, without what the city has entered."""
    if engine.offices is not None and key:
        with suppress(NotFound):
            return engine.offices(key)
    return by_calendar(engine.calendar, engine.settings.zone)


def _edition(tx: Transaction) -> str:
    """Id of the newest edition, empty before the first; read once in a transaction."""
    known = tx.notes.get(_EDITION)
    if known is None:
        known = tx.notes[_EDITION] = tx.value(_NEWEST) or ""
    return str(known)


def forget(tx: Transaction) -> None:
    """After this transaction wrote an edition itself."""
    tx.notes.pop(_EDITION, None)


def _amended(tx: Transaction, base: Office, key: str, edition: str) -> Office:
    number = tx.value(sa.select(calendar_editions.c.number).where(calendar_editions.c.id == edition))
    years = frozenset(tx.connection.execute(sa.select(calendar_years.c.year)).scalars())
    version = f"{base.calendar.version}+{number}"
    calendar = AmendedCalendar(base.calendar, _days(tx, key), years, version)
    return replace(base, calendar=calendar, hours=_hours(tx, key) or base.hours)


def _days(tx: Transaction, key: str) -> dict[date, OwnDay]:
    """The city's days, and over them the office's own."""
    query = sa.select(calendar_days).where(calendar_days.c.office.in_(["", key])).order_by(calendar_days.c.office)
    return {row["day"]: OwnDay(row["is_workday"], row["zh"], row["en"]) for row in tx.rows(query)}


def _hours(tx: Transaction, key: str) -> tuple[tuple[time, time], ...]:
    query = sa.select(office_hours.c.hours).where(office_hours.c.office.in_(["", key])).order_by(office_hours.c.office.desc())
    found = tx.connection.execute(query.limit(1)).scalar()
    spells = found if isinstance(found, list) else []
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in spells)


@lru_cache(maxsize=16)
def by_calendar(calendar: WorkingCalendar, zone: str) -> Office:
    """An office with the usual hours on a calendar."""
    return Office(calendar, zone=zone)
