"""How a date was computed, day by day, in sentences that a citizen can check against a wall calendar."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from engine.calendar.arithmetic import due, effective_pauses, unrolled
from engine.calendar.limits import Limit, Mode, Pause, Unit
from engine.calendar.office import Office


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the computation. first, last: local days it speaks of (the same for one day)."""

    first: date
    last: date
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class _Day:
    """One day before it is grouped: what it is, whether it counts, the running count after it."""

    day: date
    zh: str
    en: str
    counts: bool
    count: float = 0


def steps(
    office: Office,
    start: datetime,
    limit: Limit,
    *,
    mode: Mode = Mode.DAY,
    pauses: Sequence[Pause] = (),
    extension: Limit | None = None,
    now: datetime | None = None,
) -> tuple[Step, ...]:
    """The lines from the start to the due moment; same arguments as `arithmetic.due`."""
    end = due(office, start, limit, mode=mode, pauses=pauses, extension=extension, now=now)
    spells = effective_pauses(office, pauses, mode, now)
    lines = [_first(office, start, limit, mode)]
    counted_to = unrolled(office, start, limit, mode=mode, pauses=pauses, extension=extension, now=now)
    days = _days(office, start, counted_to, limit.unit, mode, spells)
    for _, group in groupby(days, key=lambda d: (d.counts, d.zh)):
        lines.append(_line(list(group), limit.unit, mode))
    lines.extend(_rolled(office, counted_to, end.at))
    if not (mode is Mode.DAY and limit.counts_days):
        lines.extend(_paused(office, a, b) for a, b in spells)
    if extension is not None:
        lines.append(_extended(office, end.at, extension))
    lines.append(_last(office, end.at, provisional=end.provisional))
    return tuple(lines)


def _first(office: Office, start: datetime, limit: Limit, mode: Mode) -> Step:
    here = office.local(start)
    zh, en = f"{here:%H:%M} 起算，时限 {limit.words('zh')}", f"starts at {here:%H:%M}, limit {limit.words('en')}"
    if mode is Mode.DAY and limit.counts_days:
        zh, en = zh + "，当日不计入", en + "; this day is day 0"
    return Step(here.date(), here.date(), zh, en)


def _days(
    office: Office, start: datetime, end: datetime, unit: Unit, mode: Mode, spells: Sequence[tuple[datetime, datetime]]
) -> Iterator[_Day]:
    first, last = office.local(start).date(), office.local(end).date()
    by_day = mode is Mode.DAY and unit in (Unit.WD, Unit.ND)
    day, count = first + timedelta(days=1 if by_day else 0), 0.0
    while day <= last:
        plain = _classify(office, day, unit)
        counted = _counted(office, day, start, end, unit, spells, by_day=by_day) if plain.counts else 0.0
        count += counted
        is_paused = plain.counts and counted == 0 and any(_covers(office, day, a, b) for a, b in spells)
        yield (
            _Day(day, "特别程序，不计", "special procedure, not counted", False)
            if is_paused
            else _Day(day, plain.zh, plain.en, plain.counts, count)
        )
        day += timedelta(days=1)


def _classify(office: Office, day: date, unit: Unit) -> _Day:
    if unit in (Unit.ND, Unit.NH):
        return _Day(day, "", "", True)
    if office.calendar.is_workday(day):
        made_up = day.weekday() >= 5
        return _Day(day, "调休上班" if made_up else "", "make-up workday" if made_up else "", True)
    name = getattr(office.calendar, "holiday", lambda _: None)(day)
    zh, en = name if name else ("周末", "weekend") if day.weekday() >= 5 else ("放假", "closed")
    return _Day(day, f"{zh}，不计", f"{en}, not counted", False)


def _covers(office: Office, day: date, start: datetime, end: datetime) -> bool:
    return office.local(start).date() <= day <= office.local(end).date()


def _counted(
    office: Office,
    day: date,
    start: datetime,
    end: datetime,
    unit: Unit,
    spells: Sequence[tuple[datetime, datetime]],
    *,
    by_day: bool,
) -> float:
    if by_day:
        return float(not any(_last_day(office, a) < day <= _last_day(office, b) for a, b in spells))
    begin = max(start, office.at(day, 0))
    until = min(end, office.at(day, 86_400))
    measure = office.work_second if unit in (Unit.WD, Unit.WH) else datetime.timestamp
    total = measure(until) - measure(begin)
    return total - sum(max(0.0, measure(min(b, until)) - measure(max(a, begin))) for a, b in spells if a < until and b > begin)


def _last_day(office: Office, edge: datetime) -> date:
    """The day that a pause's edge belongs to; midnight belongs to the day before (as in `arithmetic`)."""
    return office.local(edge - timedelta(microseconds=1)).date()


def _line(group: list[_Day], unit: Unit, mode: Mode) -> Step:
    first, last = group[0], group[-1]
    if not first.counts:
        return Step(first.day, last.day, first.zh, first.en)
    if mode is Mode.DAY and unit in (Unit.WD, Unit.ND):
        zh, en = _ordinals(int(first.count), int(last.count), unit)
    else:
        zh, en = f"累计 {_spell(last.count)[0]}", f"{_spell(last.count)[1]} so far"
    if first.zh:
        zh, en = f"{first.zh}，{zh}", f"{first.en}, {en}"
    return Step(first.day, last.day, zh, en)


def _ordinals(first: int, last: int, unit: Unit) -> tuple[str, str]:
    zh, en = ("个工作日", "working day") if unit is Unit.WD else ("日", "day")
    if first == last:
        return f"第 {first} {zh}", f"{en} {first}"
    return f"第 {first} 至 {last} {zh}", f"{en}s {first} to {last}"


def _spell(seconds: float) -> tuple[str, str]:
    hours, rest = divmod(round(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return (
        f"{hours} 小时 {minutes} 分" + (f" {left} 秒" if left else ""),
        f"{hours} h {minutes} min" + (f" {left} s" if left else ""),
    )


def _paused(office: Office, start: datetime, end: datetime) -> Step:
    first, last = office.local(start), office.local(end)
    zh, en = "停表 {} 至 {}，不计", "paused from {} to {}, not counted"
    spell = (f"{first:%m-%d %H:%M}", f"{last:%m-%d %H:%M}")
    return Step(first.date(), last.date(), zh.format(*spell), en.format(*spell))


def _rolled(office: Office, counted_to: datetime, end: datetime) -> Iterator[Step]:
    """The days behind a last day that is no workday (民法典 art. 203)."""
    if end > counted_to:
        days = [office.local(counted_to).date(), office.local(end).date()]
        zh, en = "期间最后一日非工作日，顺延至次一工作日", "the last day is no working day: moved to the next one"
        yield Step(days[0], days[1], zh, en)


def _extended(office: Office, at: datetime, extension: Limit) -> Step:
    day = office.local(at).date()
    return Step(day, day, f"含批准延长 {extension.words('zh')}", f"includes the approved extension of {extension.words('en')}")


def _last(office: Office, at: datetime, *, provisional: bool) -> Step:
    here = office.local(at)
    zh, en = f"{here:%H:%M:%S} 截止", f"runs out at {here:%H:%M:%S}"
    if provisional:
        zh, en = zh + "（节假日安排未公布，暂按周末推算）", en + " (provisional: holidays not yet published)"
    return Step(here.date(), here.date(), zh, en)


def local_iso(office: Office, at: datetime) -> str:
    """ISO 8601 with the office's offset, to the second (microseconds are cut upwards)."""
    up = at.astimezone(UTC) + timedelta(microseconds=999_999)
    return office.local(up.replace(microsecond=0)).isoformat()
