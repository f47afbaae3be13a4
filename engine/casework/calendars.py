"""The city's own working days and hours: entered by people, kept by edition, followed by a recomputation of all open clocks.

The recomputation is the worker's: batch after batch with a place kept, online, and a breached record is only marked, never
rewritten (DOMAIN 2.3)."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.calendar.amended import OwnDay
from engine.casework import access, offices
from engine.casework.sla.sweep import open_after, recompute_batch
from engine.errors import Invalid
from engine.models.base import new_id
from engine.models.calendars import calendar_days, calendar_editions, calendar_years, office_hours
from engine.models.catalogue import offices as listed_offices
from engine.transaction import Engine, Transaction

RECOMPUTING, DONE = "recomputing", "done"
CITY = ""


class HoursUnreadable(Invalid):
    """Expected office hours such as 09:00-12:00 14:00-18:00, in order and not overlapping, but they read {text}."""

    zh = "办公时间应写成 09:00-12:00 14:00-18:00，按先后且不重叠，实际为“{text}”。"


class DaysUnreadable(Invalid):
    """Expected days such as 2027-01-01 or 2027-01-01/2027-01-03 元旦, one entry a line, but found {text}."""

    zh = "日期应每行一条，写成 2027-01-01 或 2027-01-01/2027-01-03 元旦，实际为“{text}”。"


@dataclass(frozen=True, slots=True)
class Edition:
    """One change of the calendar. state: recomputing | done; looked_at, changed: clocks so far."""

    number: int
    note: str
    by_name: str
    at: datetime
    state: str
    looked_at: int
    changed: int


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a year's sheet. is_own: entered by the city or this office. zh, en: why it is off or made up."""

    day: date
    is_workday: bool
    is_own: bool
    zh: str
    en: str


def set_days(tx: Transaction, days: Mapping[date, OwnDay | None], note: str, *, office: str = CITY) -> Edition:
    """Writes days of an office, of the whole city for the empty key; None: as published again. Recomputes afterwards."""
    _require(tx, office)
    _write_days(tx, office, days)
    return _edition(tx, note)


def _require(tx: Transaction, office: str) -> None:
    access.require(tx, "calendar.change", access.About(office=office or access.CITY_OFFICE))


def _write_days(tx: Transaction, office: str, days: Mapping[date, OwnDay | None]) -> None:
    for day, own in days.items():
        is_it = sa.and_(calendar_days.c.office == office, calendar_days.c.day == day)
        tx.connection.execute(calendar_days.delete().where(is_it))
        if own is not None:
            values = {"is_workday": own.is_workday, "zh": own.zh, "en": own.en}
            tx.connection.execute(calendar_days.insert().values(office=office, day=day, **values))


def publish_year(tx: Transaction, year: int, closed: Mapping[date, OwnDay], made_up: Sequence[date], note: str) -> Edition:
    """Enters the State Council's schedule of a year that the published calendar does not know yet: it is provisional no more."""
    _require(tx, CITY)
    own: dict[date, OwnDay | None] = {**closed, **{day: OwnDay(True, "调休上班", "make-up workday") for day in made_up}}
    _write_days(tx, CITY, {day: value for day, value in own.items() if day.year == year})
    if tx.value(sa.select(calendar_years.c.year).where(calendar_years.c.year == year)) is None:
        tx.connection.execute(calendar_years.insert().values(year=year))
    return _edition(tx, note)


def set_hours(tx: Transaction, office: str, hours: Sequence[tuple[time, time]], note: str) -> Edition:
    """Office hours from now on; every open clock is projected anew by them. Raises HoursUnreadable unless they are in order."""
    _require(tx, office)
    flat = [moment for spell in hours for moment in spell]
    if not flat or any(a >= b for a, b in itertools.pairwise(flat)):
        raise HoursUnreadable(text=" ".join(f"{a:%H:%M}-{b:%H:%M}" for a, b in hours))
    tx.connection.execute(office_hours.delete().where(office_hours.c.office == office))
    stored = [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in hours]
    tx.connection.execute(office_hours.insert().values(office=office, hours=stored))
    return _edition(tx, note)


def _edition(tx: Transaction, note: str) -> Edition:
    number = (tx.value(sa.select(sa.func.max(calendar_editions.c.number))) or 0) + 1
    row: dict[str, Any] = {
        "id": new_id(),
        "number": number,
        "note": note,
        "by_id": tx.actor.id,
        "by_name": tx.actor.name,
        "at": tx.now,
        "state": RECOMPUTING,
        "after": "",
        "looked_at": 0,
        "changed": 0,
    }
    tx.connection.execute(calendar_editions.insert().values(**row))
    # an edition still being worked through is overtaken: the newer one looks at every clock again
    older = sa.and_(calendar_editions.c.number < number, calendar_editions.c.state == RECOMPUTING)
    tx.connection.execute(calendar_editions.update().where(older).values(state=DONE))
    offices.forget(tx)
    return _shown(row)


def _shown(row: Mapping[str, Any]) -> Edition:
    return Edition(**{name: row[name] for name in Edition.__dataclass_fields__})


def editions(tx: Transaction, limit: int = 50) -> tuple[Edition, ...]:
    """The changes, newest first."""
    access.require(tx, "calendar.view")
    return tuple(map(_shown, tx.rows(sa.select(calendar_editions).order_by(calendar_editions.c.number.desc()).limit(limit))))


def year(tx: Transaction, number: int, *, office: str = CITY) -> tuple[Day, ...]:
    """Every day of a year for an office: what holds, and whether the city said so."""
    access.require(tx, "calendar.view")
    calendar = offices.of(tx, office).calendar
    own = {row["day"]: row for row in tx.rows(_own_days(office, number))}
    first = date(number, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(number + 1, 1, 1) - first).days)]
    return tuple(_day(calendar, day, own.get(day)) for day in days)


def _own_days(office: str, number: int) -> sa.Select[Any]:
    is_in = sa.and_(calendar_days.c.day >= date(number, 1, 1), calendar_days.c.day <= date(number, 12, 31))
    return sa.select(calendar_days).where(calendar_days.c.office.in_(["", office]), is_in).order_by(calendar_days.c.office)


def _day(calendar: Any, day: date, own: Mapping[str, Any] | None) -> Day:
    is_workday = calendar.is_workday(day)
    if own is not None:
        return Day(day, is_workday, True, own["zh"], own["en"])
    if is_workday:
        zh, en = ("调休上班", "make-up workday") if day.weekday() >= 5 else ("", "")
    else:
        zh, en = getattr(calendar, "holiday", lambda _: None)(day) or ("", "")
    return Day(day, is_workday, False, zh, en)


def hours_of(tx: Transaction, office: str) -> str:
    """`09:00-12:00 14:00-18:00`."""
    return " ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in offices.of(tx, office).hours)


def is_provisional(tx: Transaction, number: int) -> bool:
    """Whether a year is not published yet."""
    return offices.city(tx).calendar.is_provisional(date(number, 7, 1))


def read_hours(text: str) -> tuple[tuple[time, time], ...]:
    """The spells in `09:00-12:00 14:00-18:00`. Raises HoursUnreadable."""
    try:
        pairs = [spell.split("-") for spell in text.replace("，", " ").replace(",", " ").split()]
        return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in pairs)
    except ValueError as wrong:
        raise HoursUnreadable(text=text) from wrong


def read_days(text: str, *, is_workday: bool) -> dict[date, OwnDay]:
    """Days from lines such as `2027-01-01/2027-01-03 元旦`. Raises DaysUnreadable naming the line."""
    found: dict[date, OwnDay] = {}
    for line in filter(None, (raw.strip() for raw in text.splitlines())):
        span, _, why = line.partition(" ")
        first, last = _span(span, line)
        for n in range((last - first).days + 1):
            found[first + timedelta(days=n)] = OwnDay(is_workday, why.strip(), why.strip())
    return found


def _span(text: str, line: str) -> tuple[date, date]:
    start, _, end = text.partition("/")
    try:
        first, last = date.fromisoformat(start), date.fromisoformat(end or start)
    except ValueError as wrong:
        raise DaysUnreadable(text=line) from wrong
    if not timedelta(0) <= last - first <= timedelta(days=60):
        raise DaysUnreadable(text=line)
    return first, last


def recompute(engine: Engine, limit: int = 1000) -> int:
    """One batch of the newest edition's recomputation; returns how many clocks it looked at. For the worker.

    The edition's row is locked while a batch runs: of two workers one goes on, the other finds nothing to do."""
    if not _is_warm(engine):
        return 0
    with engine.begin(SYSTEM) as tx:
        row = tx.row(_WAITING.with_for_update(skip_locked=True))
        if row is None:
            return 0
        read = open_after(tx, row["after"], limit)
        changed = recompute_batch(tx, read)
        progress = {
            "looked_at": row["looked_at"] + len(read),
            "changed": row["changed"] + changed,
            "after": str(read[-1]["id"]) if read else row["after"],
            "state": RECOMPUTING if len(read) == limit else DONE,
        }
        tx.connection.execute(calendar_editions.update().where(calendar_editions.c.id == row["id"]).values(**progress))
        return len(read)


_WAITING = (
    sa.select(calendar_editions)
    .where(calendar_editions.c.state == RECOMPUTING)
    .order_by(calendar_editions.c.number.desc())
    .limit(1)
)


def _is_warm(engine: Engine) -> bool:
    """Whether an edition waits; then every office's axis is built before anything is locked: on SQLite a batch that builds
    them holds up all writers for as long."""
    with engine.read(SYSTEM) as tx:
        if tx.row(_WAITING) is None:
            return False
        places = [offices.of(tx, key) for key in ("", *tx.connection.execute(sa.select(listed_offices.c.key)).scalars())]
    return bool([place.workdays for place in places])  # looked at, so that they are kept
