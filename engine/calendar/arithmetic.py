"""When a limit runs out, how much of it is used and what is left.

Every limit is counted on one of four axes: workdays, natural days, working seconds, natural seconds. On an axis a pause is an
interval that pushes the end back, and an extension is more of the same. Sources: 行政许可法 arts. 42, 45, 82; 民法典 arts.
201–203; DOMAIN 2.3."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from engine.calendar.limits import Limit, Mode, Pause, Unit
from engine.calendar.office import Office


@dataclass(frozen=True, slots=True)
class Due:
    """at: aware UTC; one second later is over. provisional: it reaches into a year whose calendar is not yet published.

    calendar_version: of the calendar it was computed with."""

    at: datetime
    provisional: bool
    calendar_version: str


def due(
    office: Office,
    start: datetime,
    limit: Limit,
    *,
    mode: Mode = Mode.DAY,
    pauses: Sequence[Pause] = (),
    extension: Limit | None = None,
    now: datetime | None = None,
) -> Due:
    """The moment a limit runs out.

    start: aware; the day it lies on is day 0 in day mode. pauses may overlap and be open (then they last until `now`, which is
    needed only for them). extension: counted on from the first due moment. A natural-day limit whose last day is no workday ends
    on the next one (民法典 art. 203)."""
    at = unrolled(office, start, limit, mode=mode, pauses=pauses, extension=extension, now=now)
    if limit.unit is Unit.ND:
        at = _roll(office, at)
    ends = (office.local(start).date(), office.local(at).date())
    return Due(at, any(map(office.calendar.is_provisional, ends)), office.calendar.version)


def unrolled(
    office: Office,
    start: datetime,
    limit: Limit,
    *,
    mode: Mode = Mode.DAY,
    pauses: Sequence[Pause] = (),
    extension: Limit | None = None,
    now: datetime | None = None,
) -> datetime:
    """The end of the count alone, before a last day that is no workday is moved on; same arguments as `due`."""
    spells = effective_pauses(office, pauses, mode, now)
    at = _leg(office, start, limit, mode, spells)
    return at if extension is None else _leg(office, at, extension, mode, spells)


def used(
    office: Office, start: datetime, now: datetime, unit: Unit, *, mode: Mode = Mode.DAY, pauses: Sequence[Pause] = ()
) -> int:
    """Whole units used, rounded up: one second over a day is a further day (DOMAIN 2.3)."""
    begin, end = _position(office, start, unit, mode), _position(office, now, unit, mode)
    spells = _on_axis(office, effective_pauses(office, pauses, mode, now), unit, mode)
    counted = end - begin - sum(max(0.0, min(b, end) - max(a, begin)) for a, b in spells)
    return max(0, math.ceil(round(counted / _unit_length(office, unit, mode), 9)))


def remaining(office: Office, now: datetime, at: datetime, unit: Unit, *, mode: Mode = Mode.DAY) -> float:
    """Units left until `at`, negative when over; days are whole in day mode."""
    distance = _position(office, at, unit, mode) - _position(office, now, unit, mode)
    return distance / _unit_length(office, unit, mode)


def effective_pauses(
    office: Office, pauses: Iterable[Pause], mode: Mode = Mode.DAY, now: datetime | None = None
) -> list[tuple[datetime, datetime]]:
    """Merged (start, end) intervals that are deducted: open ones last until `now`, none longer than declared."""
    spells = sorted((p.start, _end(office, p, mode, now)) for p in pauses)
    merged: list[tuple[datetime, datetime]] = []
    for start, end in spells:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif end > start:
            merged.append((start, end))
    return merged


def _end(office: Office, pause: Pause, mode: Mode, now: datetime | None) -> datetime:
    end = pause.end or now
    if end is None:
        raise ValueError("an open pause needs `now`")
    if pause.declared is None:
        return end
    return min(end, _leg(office, pause.start, pause.declared, mode, []))


def _leg(office: Office, start: datetime, limit: Limit, mode: Mode, spells: Sequence[tuple[datetime, datetime]]) -> datetime:
    begin = _position(office, start, limit.unit, mode)
    end = begin + limit.amount * _unit_length(office, limit.unit, mode)
    for a, b in _on_axis(office, spells, limit.unit, mode):
        if a < end:
            end += max(0.0, b - max(a, begin))
    return _moment(office, end, start, limit, mode)


def _on_axis(office: Office, spells: Iterable[tuple[datetime, datetime]], unit: Unit, mode: Mode) -> list[tuple[float, float]]:
    return [(_edge(office, a, unit, mode), _edge(office, b, unit, mode)) for a, b in spells]


def _edge(office: Office, moment: datetime, unit: Unit, mode: Mode) -> float:
    """Where a pause begins or ends: midnight belongs to the day before it, so that whole days are paused as whole days."""
    return _position(office, moment - timedelta(microseconds=1) if _by_day(unit, mode) else moment, unit, mode)


def _by_day(unit: Unit, mode: Mode) -> bool:
    return mode is Mode.DAY and unit in (Unit.WD, Unit.ND)


def _position(office: Office, moment: datetime, unit: Unit, mode: Mode) -> float:
    if _by_day(unit, mode):
        day = office.local(moment).date()
        return office.day_number(day) if unit is Unit.WD else day.toordinal()
    return office.work_second(moment) if unit in (Unit.WD, Unit.WH) else moment.timestamp()


def _unit_length(office: Office, unit: Unit, mode: Mode) -> float:
    if _by_day(unit, mode):
        return 1
    return {Unit.WD: office.day_seconds, Unit.ND: 86_400, Unit.WH: 3_600, Unit.NH: 3_600}[unit]


def _moment(office: Office, position: float, start: datetime, limit: Limit, mode: Mode) -> datetime:
    if _by_day(limit.unit, mode):
        if limit.amount == 0:
            return office.at(office.local(start).date(), office.closing)
        day = office.workday(int(position)) if limit.unit is Unit.WD else date.fromordinal(int(position))
        return office.at(day, office.closing)
    if limit.unit in (Unit.WD, Unit.WH):
        return start.astimezone(UTC) if limit.amount == 0 else office.moment(position)
    return datetime.fromtimestamp(position, UTC)


def _roll(office: Office, at: datetime) -> datetime:
    here = office.local(at)
    if office.calendar.is_workday(here.date()):
        return at
    day = office.workday(office.day_number(here.date()) + 1)
    clock = timedelta(hours=here.hour, minutes=here.minute, seconds=here.second)
    return office.at(day, clock.total_seconds())
