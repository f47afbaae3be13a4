"""Timers: when something is due, and when again.

ISO 8601 dates, durations and cycles, and cron with a named zone. Months and years are calendar months, counted from the anchor
and not from the last firing, so that the 31st does not drift to the 28th. A zone is a name, never an offset that forgets summer
time. Repeats count from the due moment. Pure: the moment comes in, a moment goes out."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.bpmn.cron import Cron, parse_cron
from engine.feel import to_python

_DURATION = re.compile(
    r"(?P<sign>-)?P(?:(?P<years>\d{1,6})Y)?(?:(?P<months>\d{1,6})M)?(?:(?P<weeks>\d{1,6})W)?(?:(?P<days>\d{1,7})D)?"
    r"(?:T(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,10}(?:\.\d{1,6})?)S)?)?"
)
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?))?(Z|[+-]\d{2}:?\d{2})?(?:[\[@]([\w/+-]+)\]?)?"
)
_REPEATS = re.compile(r"R(\d{0,6})")


class TimerSyntaxError(ValueError):
    """A timer text that means nothing; the message says in English what was expected."""


class Evaluated(Protocol):
    """A FEEL expression that gives the timer's text or value."""

    def evaluate(self, scope: Mapping[str, object]) -> object:
        """The value."""


@dataclass(frozen=True, slots=True)
class Period:
    """A duration of calendar months and of exact time."""

    months: int
    exact: timedelta

    def after(self, anchor: datetime, times: int, zone: ZoneInfo) -> datetime:
        """The moment `times` periods after the anchor; months on the calendar of `zone`, the last day when there is no such
        day."""
        if not self.months:
            return anchor + self.exact * times
        local = anchor.astimezone(zone)
        month = local.month - 1 + self.months * times
        year, month = local.year + month // 12, month % 12 + 1
        day = min(local.day, monthrange(year, month)[1])
        return local.replace(year=year, month=month, day=day).astimezone(UTC) + self.exact * times


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a timer text means. repeats: None = for ever, 1 for dates and durations. moment: a date, or the start of a cycle."""

    repeats: int | None = 1
    moment: datetime | None = None
    end: datetime | None = None
    period: Period | None = None
    cron: Cron | None = None
    zone: ZoneInfo | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """The next firing. count: which repetition of the anchor it is. left: firings left including this one, None = for ever."""

    at: datetime
    anchor: datetime
    count: int
    left: int | None


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer of a diagram: a schedule known at compile time, or an expression. kind: date, duration or cycle."""

    kind: str
    text: str
    zone: str
    schedule: Schedule | None = None
    formula: Evaluated | None = None

    def resolve(self, scope: Mapping[str, object]) -> Schedule:
        """The schedule for these variables. Raises TimerSyntaxError."""
        if self.schedule is not None:
            return self.schedule
        if self.formula is None:
            raise TimerSyntaxError(f"timer {self.text!r} has no value")
        return from_value(self.kind, self.formula.evaluate(scope), self.zone)


def from_value(kind: str, value: object, zone: str) -> Schedule:
    """The schedule of an evaluated value: text, date, date and time, or duration. Raises TimerSyntaxError."""
    plain = to_python(value)
    if isinstance(plain, str):
        return parse(kind, plain, zone)
    if isinstance(plain, datetime):
        return Schedule(moment=_aware(plain, ZoneInfo(zone)))
    if isinstance(plain, date):
        return Schedule(moment=datetime.combine(plain, time(), ZoneInfo(zone)).astimezone(UTC))
    if isinstance(plain, timedelta):
        return Schedule(period=Period(0, plain))
    if value is None:
        raise TimerSyntaxError("the timer's expression gives null")
    return parse(kind, str(value), zone)


def parse(kind: str, text: str, zone: str = "Asia/Shanghai") -> Schedule:
    """The schedule of a literal. zone: for times and calendar months that name none. Raises TimerSyntaxError."""
    text = text.strip()
    if text.startswith("R"):
        return _parse_cycle(text, zone)
    if kind == "cycle" and " " in text:
        cron = parse_cron(text, zone)
        return Schedule(repeats=None, cron=cron, zone=cron.zone)
    if text.startswith(("P", "-P")):
        period = parse_period(text)
        return Schedule(repeats=None if kind == "cycle" else 1, period=period, zone=ZoneInfo(zone))
    moment, named = parse_moment(text, zone)
    return Schedule(moment=moment, zone=named)


def parse_period(text: str) -> Period:
    """An ISO 8601 duration that does not run backwards. Raises TimerSyntaxError."""
    match = _DURATION.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        raise TimerSyntaxError(f"expected an ISO 8601 duration such as P1DT2H, found {text!r}")
    if match["sign"]:
        raise TimerSyntaxError(f"expected a duration forward in time, found {text!r}")
    part = {name: float(value) for name, value in match.groupdict().items() if value and name != "sign"}
    months = int(part.pop("years", 0)) * 12 + int(part.pop("months", 0))
    try:
        return Period(months, timedelta(**part))
    except OverflowError as error:
        raise TimerSyntaxError(f"the duration {text!r} is too long") from error


def parse_moment(text: str, zone: str) -> tuple[datetime, ZoneInfo]:
    """An ISO 8601 date and time, with `[Zone/Name]` or `@Zone/Name` or an offset or neither. Raises TimerSyntaxError."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise TimerSyntaxError(f"expected an ISO 8601 date and time such as 2026-01-31T09:00[Asia/Shanghai], found {text!r}")
    day, clock, offset, named = match.groups()
    place = _zone(named or zone)
    try:
        moment = datetime.fromisoformat(f"{day}T{clock or '00:00'}{offset or ''}")
    except ValueError as error:
        raise TimerSyntaxError(f"expected a date that exists, found {text!r}") from error
    return _aware(moment, place), place


def first(schedule: Schedule, now: datetime, zone: str) -> Due | None:
    """The first firing of a timer armed at `now`; None when its end has already passed.

    A cycle whose start lies behind begins with the next occurrence, no repetition used up."""
    place = schedule.zone or ZoneInfo(zone)
    if schedule.cron is not None:
        at = schedule.cron.after(now)
        return None if at is None else Due(at, at, 0, schedule.repeats)
    if schedule.repeats == 0:
        return None
    if schedule.period is None:
        at = schedule.moment or now
        return Due(at, at, 0, 1)
    anchor, count = schedule.moment or now, 0 if schedule.moment else 1
    due = Due(schedule.period.after(anchor, count, place), anchor, count, schedule.repeats)
    if schedule.moment is not None and due.at < now:
        due = _skip_to(schedule, due, now, place)
    return _within(schedule, due)


def following(schedule: Schedule, due: Due, now: datetime, zone: str, catchup: str = "one") -> Due | None:
    """The firing after `due`, which fired at `now`; None when there is none left.

    catchup, for occurrences that were missed: `one` or `skip` pass over them (they count as used), `all` fires each."""
    left = None if due.left is None else due.left - 1
    if left == 0 or (schedule.period is None and schedule.cron is None):
        return None
    if schedule.cron is not None:
        at = schedule.cron.after(due.at if catchup == "all" else max(due.at, now))
        return None if at is None else Due(at, at, 0, left)
    assert schedule.period is not None  # for the type checker; the line above has settled it
    place = schedule.zone or ZoneInfo(zone)
    later = Due(schedule.period.after(due.anchor, due.count + 1, place), due.anchor, due.count + 1, left)
    if catchup != "all" and later.at <= now:
        skipped = _skip_to(schedule, later, now, place)
        used = skipped.count - later.count
        later = replace(skipped, left=None if left is None else left - used)
        if later.left is not None and later.left <= 0:
            return None
    return _within(schedule, later)


def _skip_to(schedule: Schedule, due: Due, now: datetime, zone: ZoneInfo) -> Due:
    """The first occurrence after `now`, found in few steps however long the outage was."""
    period = schedule.period
    if period is None:
        return due
    length = max(period.exact + timedelta(days=28 * period.months), timedelta(milliseconds=1))
    count = due.count
    while (at := period.after(due.anchor, count, zone)) <= now:
        longest = length + timedelta(days=4 * period.months)
        count += max(1, (now - at) // longest)
    return replace(due, at=at, count=count)


def _within(schedule: Schedule, due: Due) -> Due | None:
    return None if schedule.end is not None and due.at > schedule.end else due


def _parse_cycle(text: str, zone: str) -> Schedule:
    head, *parts = text.split("/") if "[" not in text else _split_zoned(text)
    match = _REPEATS.fullmatch(head)
    if match is None or not 1 <= len(parts) <= 2:
        raise TimerSyntaxError(f"expected a cycle such as R3/PT1H or R/2026-01-31T09:00[Asia/Shanghai]/P1M, found {text!r}")
    repeats = int(match[1]) if match[1] else None
    periods = [part for part in parts if part.startswith(("P", "-P"))]
    moments = [part for part in parts if not part.startswith(("P", "-P"))]
    if len(periods) != 1:
        raise TimerSyntaxError(f"expected one duration in the cycle, found {text!r}")
    period = parse_period(periods[0])
    if period == Period(0, timedelta()):
        raise TimerSyntaxError(f"a cycle of no length would never stop firing: {text!r}")
    if not moments:
        return Schedule(repeats=repeats, period=period, zone=_zone(zone))
    moment, named = parse_moment(moments[0], zone)
    if parts[0] == moments[0]:
        return Schedule(repeats=repeats, moment=moment, period=period, zone=named)
    return Schedule(repeats=repeats, end=moment, period=period, zone=named)


def _split_zoned(text: str) -> list[str]:
    """The parts of a cycle whose zone name has a slash of its own."""
    return re.split(r"/(?![^\[]*\])", text)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise TimerSyntaxError(f"expected the name of a time zone such as Asia/Shanghai, found {name!r}") from error


def _aware(moment: datetime, zone: ZoneInfo) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
