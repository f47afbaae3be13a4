"""Appointments for visits 预约: free times of an office, booked once for each seat, kept, cancelled, received at the window.

Times lie inside the office's working hours and days (its calendar with make-up days). The unique key of office, time and seat is
what keeps two people from one seat; nothing is counted beforehand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.calendar.office import Office
from engine.casework import access, catalogue, numbers, offices
from engine.casework import manifest as manifests
from engine.casework.catalogue import Item
from engine.errors import Conflict, NotFound
from engine.models.base import new_id
from engine.models.verbs import appointments
from engine.transaction import Transaction

DAYS_AHEAD = 10
"""Working days that are open for booking."""
_SLOT, _SEATS = timedelta(minutes=30), 2
GRACE = timedelta(minutes=15)
"""So much later than its end an appointment counts as missed."""


class TimeTaken(Conflict):
    """Expected a free time on {at}, but its last seat was taken a moment ago; choose another."""

    zh = "{at} 的号源刚刚约满；请另选时间。"


class BookedAlready(Conflict):
    """Expected no other appointment for this service, but you have one on {at}; cancel it first."""

    zh = "您已预约本事项（{at}）；请先取消原预约。"


class NotBookable(Conflict):
    """Expected an appointment that is still ahead, but this one is {state}."""

    zh = "该预约当前为“{state}”，不能进行此操作。"


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at an office and how many seats it still has."""

    starts_at: datetime
    ends_at: datetime
    free: int


@dataclass(frozen=True, slots=True)
class Appointment:
    """state: booked | arrived | missed. code: shown at the window."""

    id: str
    office: str
    item_code: str
    item_name: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime
    account_id: str
    name: str
    code: str
    state: str


def days(tx: Transaction, code: str) -> tuple[date, ...]:
    """The working days open for booking, in the office's zone; today first if it works."""
    office = offices.of(tx, catalogue.item(tx, code).office)
    first = office.day_number(office.local(tx.now).date() - timedelta(days=1)) + 1
    return tuple(office.workday(first + n) for n in range(DAYS_AHEAD))


def slots(tx: Transaction, code: str, day: date) -> tuple[Slot, ...]:
    """The times of a day that are still ahead, with their free seats; none on a day that is not open."""
    item = catalogue.item(tx, code)
    if day not in days(tx, code):
        return ()
    office = offices.of(tx, item.office)
    times = [pair for pair in _times(office, day) if pair[0] > tx.now]
    taken = _taken(tx, item.office, times)
    return tuple(Slot(start, end, max(0, _seats(item) - len(taken.get(start, ())))) for start, end in times)


def _times(office: Office, day: date) -> Iterator[tuple[datetime, datetime]]:
    for opens, closes in office.hours:
        start, last = office.at(day, _second(opens)), office.at(day, _second(closes))
        while start + _SLOT <= last:
            yield start, start + _SLOT
            start += _SLOT


def _second(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def _seats(item: Item) -> int:
    return manifests.number(manifests.table(item.manifest, "appointments"), "seats", _SEATS)


def _taken(tx: Transaction, office: str, times: list[tuple[datetime, datetime]]) -> Mapping[datetime, set[int]]:
    if not times:
        return {}
    within = appointments.c.starts_at.between(times[0][0], times[-1][0])
    query = sa.select(appointments.c.starts_at, appointments.c.seat).where(appointments.c.office == office, within)
    seats: dict[datetime, set[int]] = {}
    for row in tx.connection.execute(query):
        seats.setdefault(row.starts_at, set()).add(row.seat)
    return seats


def book(tx: Transaction, code: str, starts_at: datetime) -> Appointment:
    """Books the first free seat for the actor. Raises TimeTaken, BookedAlready, NotFound for a time that is not offered."""
    access.require(tx, "appointment.book")
    item = catalogue.item(tx, code)
    office = offices.of(tx, item.office)
    known = next((slot for slot in slots(tx, code, office.local(starts_at).date()) if slot.starts_at == starts_at), None)
    if known is None:
        raise NotFound(thing=("可预约时间", "a time open for booking"), key=f"{office.local(starts_at):%Y-%m-%d %H:%M}")
    _refuse_second(tx, code, office)
    taken = _taken(tx, item.office, [(starts_at, known.ends_at)]).get(starts_at, set())
    seat = next((n for n in range(1, _seats(item) + 1) if n not in taken), None)
    if seat is None:
        raise TimeTaken(at=f"{office.local(starts_at):%m-%d %H:%M}")
    return _booked(tx, item, known, seat, office)


def _refuse_second(tx: Transaction, code: str, office: Office) -> None:
    ahead = sa.and_(appointments.c.account_id == tx.actor.id, appointments.c.item_code == code, appointments.c.ends_at > tx.now)
    other = tx.row(sa.select(appointments.c.starts_at).where(ahead, appointments.c.state == "booked").limit(1))
    if other is not None:
        raise BookedAlready(at=f"{office.local(other['starts_at']):%m-%d %H:%M}")


def _booked(tx: Transaction, item: Item, slot: Slot, seat: int, office: Office) -> Appointment:
    row = {
        "id": new_id(),
        "office": item.office,
        "item_code": item.code,
        "starts_at": slot.starts_at,
        "seat": seat,
        "ends_at": slot.ends_at,
        "account_id": tx.actor.id,
        "name": tx.actor.name,
        "code": numbers.query_code(),
        "state": "booked",
        "created_at": tx.now,
    }
    try:
        with tx.connection.begin_nested():
            tx.connection.execute(appointments.insert(), row)
    except IntegrityError as taken:
        raise TimeTaken(at=f"{office.local(slot.starts_at):%m-%d %H:%M}") from taken
    return _appointment(tx, row)


def _appointment(tx: Transaction, row: Mapping[str, Any]) -> Appointment:
    kept = {name: row[name] for name in Appointment.__dataclass_fields__ if name in row}
    is_missed = row["state"] == "booked" and row["ends_at"] + GRACE < tx.now
    return Appointment(
        **{**kept, "state": "missed" if is_missed else row["state"]}, item_name=catalogue.item(tx, row["item_code"]).name
    )


def mine(tx: Transaction) -> tuple[Appointment, ...]:
    """The actor's appointments, the next one first, then what is past."""
    rows = tx.rows(sa.select(appointments).where(appointments.c.account_id == tx.actor.id).order_by(appointments.c.starts_at))
    found = [_appointment(tx, row) for row in rows[-50:]]
    return tuple(sorted(found, key=lambda a: (a.state != "booked", a.starts_at)))


def cancel(tx: Transaction, appointment_id: str) -> None:
    """Gives the seat free again. Raises NotFound for anybody else's, NotBookable for what is past."""
    row = _row(tx, appointment_id)
    if row["account_id"] != tx.actor.id:
        raise NotFound(thing=("预约", "the appointment"), key=appointment_id)
    _check_ahead(tx, row)
    tx.connection.execute(appointments.delete().where(appointments.c.id == appointment_id))


def of_office(tx: Transaction, day: date | None = None) -> tuple[Appointment, ...]:
    """Who comes to the actor's office on a day (today without one), by time."""
    access.require(tx, "appointment.receive", access.About(office=tx.actor.office))
    office = offices.of(tx, tx.actor.office or "")
    begin = office.at(day or office.local(tx.now).date(), 0)
    within = sa.and_(appointments.c.starts_at >= begin, appointments.c.starts_at < begin + timedelta(days=1))
    query = sa.select(appointments).where(appointments.c.office == tx.actor.office, within)
    return tuple(_appointment(tx, row) for row in tx.rows(query.order_by(appointments.c.starts_at, appointments.c.seat)))


def receive(tx: Transaction, appointment_id: str) -> Appointment:
    """到号: the visitor is at the window. Raises NotFound, NotBookable when they were received already."""
    row = _row(tx, appointment_id)
    access.require(tx, "appointment.receive", access.About(office=row["office"]))
    if row["state"] != "booked":
        raise NotBookable(state=_WORDS[row["state"]])
    tx.connection.execute(appointments.update().where(appointments.c.id == appointment_id).values(state="arrived"))
    return _appointment(tx, {**row, "state": "arrived"})


_WORDS = {"booked": ("已预约", "booked"), "arrived": ("已到号", "received"), "missed": ("已过号", "past")}


def _row(tx: Transaction, appointment_id: str) -> Mapping[str, Any]:
    row = tx.row(sa.select(appointments).where(appointments.c.id == appointment_id).with_for_update())
    if row is None:
        raise NotFound(thing=("预约", "the appointment"), key=appointment_id)
    return row


def _check_ahead(tx: Transaction, row: Mapping[str, Any]) -> None:
    if row["state"] != "booked" or row["starts_at"] <= tx.now:
        raise NotBookable(state=_WORDS[row["state"] if row["state"] != "booked" else "missed"])
