"""An office: the days and hours it works, as two axes on which counting is addition.

The day axis numbers workdays; the time axis numbers seconds inside office hours. With both precomputed, a due date is a look-up,
so that a million clocks can be recomputed in minutes."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from engine.errors import Invalid
from engine.ports import WorkingCalendar

_FIRST = date(2004, 1, 1)
_LAST = date(2060, 12, 31)
DEFAULT_HOURS = ((time(9), time(12)), (time(14), time(18)))


class CalendarGap(Invalid):
    """Expected days between 2004 and 2060, but the count reaches {reached}; choose an earlier start or a shorter limit."""

    zh = "时限计算只覆盖 2004 至 2060 年，实际算到 {reached}；请改用更早的起点或更短的时限。"


@dataclass(frozen=True)
class Office:
    """calendar: its workdays. hours: (from, to) spells of one day in local time, in order. zone: IANA name."""

    calendar: WorkingCalendar
    hours: tuple[tuple[time, time], ...] = DEFAULT_HOURS
    zone: str = "Asia/Shanghai"
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_zone", ZoneInfo(self.zone))

    def local(self, moment: datetime) -> datetime:
        """The moment on the office's wall clock."""
        return moment.astimezone(self._zone)

    def at(self, day: date, seconds: float) -> datetime:
        """Aware UTC of a wall-clock second of a day; 86,400 is midnight at its end."""
        return (datetime.combine(day, time(), self._zone) + timedelta(seconds=seconds)).astimezone(UTC)

    @property
    def closing(self) -> int:
        """Wall-clock second at which the office closes; a period's last day ends then (Civil Code 民法典 art. 203)."""
        return _second(self.hours[-1][1])

    @cached_property
    def day_seconds(self) -> int:
        """Working seconds of one working day."""
        return sum(_second(to) - _second(start) for start, to in self.hours)

    @cached_property
    def workdays(self) -> list[int]:
        """Ordinals of all workdays, in order."""
        days = range(_FIRST.toordinal(), _LAST.toordinal() + 1)
        return [n for n in days if self.calendar.is_workday(date.fromordinal(n))]

    def day_number(self, day: date) -> int:
        """How many workdays lie on or before a day. Raises CalendarGap."""
        if not _FIRST <= day <= _LAST:
            raise CalendarGap(reached=day)
        return bisect_right(self.workdays, day.toordinal())

    def workday(self, number: int) -> date:
        """The workday with this number (the inverse of `day_number`). Raises CalendarGap."""
        if not 1 <= number <= len(self.workdays):
            raise CalendarGap(reached=f"workday {number}")
        return date.fromordinal(self.workdays[number - 1])

    def work_second(self, moment: datetime) -> float:
        """How many working seconds lie before a moment."""
        here = self.local(moment)
        before = (self.day_number(here.date()) - 1) * self.day_seconds
        if not self.calendar.is_workday(here.date()):
            return before + self.day_seconds
        return before + self._seconds_into_day(_second(here.time()) + here.microsecond / 1e6)

    def _seconds_into_day(self, clock: float) -> float:
        return sum(min(max(clock - _second(start), 0.0), _second(to) - _second(start)) for start, to in self.hours)

    def moment(self, work_second: float) -> datetime:
        """The first moment at which this many working seconds have passed, aware UTC."""
        full, rest = divmod(work_second, self.day_seconds)
        if rest == 0:
            full, rest = full - 1, float(self.day_seconds)
        day = self.workday(int(full) + 1)
        for start, to in self.hours:
            spell = _second(to) - _second(start)
            if rest <= spell:
                return self.at(day, _second(start) + rest)
            rest -= spell
        return self.at(day, self.closing)


def _second(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second
