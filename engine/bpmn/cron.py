"""Cron: five fields, or six and seven with seconds first and the year last, and the name of a zone behind them.

Weekdays are 0–7 with Sunday 0 and 7, or names; `?` reads as `*`. Day of month and weekday together mean either, as cron has
it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTHS = {
    name: number
    for number, name in enumerate(["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1)
}
_DAYS = {name: number for number, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])}
_HORIZON_YEARS = 30


@dataclass(frozen=True, slots=True)
class Cron:
    """The times it names. days_either: day of month and weekday are both restricted, either suffices."""

    seconds: frozenset[int]
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int] | None
    days_either: bool
    zone: ZoneInfo

    def after(self, moment: datetime) -> datetime | None:
        """The first time strictly after `moment`, aware UTC; None when there is none within thirty years."""
        local = moment.astimezone(self.zone).replace(microsecond=0, tzinfo=None) + timedelta(seconds=1)
        last = local.year + _HORIZON_YEARS
        while local.year <= last:
            if not self._matches_day(local):
                local = self._next_day(local)
                continue
            found = self._time_on(local)
            if found is not None:
                at = found.replace(tzinfo=self.zone).astimezone(UTC)
                if at > moment:
                    return at
                local = found + timedelta(seconds=1)
                continue
            local = self._next_day(local)
        return None

    def _matches_day(self, local: datetime) -> bool:
        if local.month not in self.months or (self.years is not None and local.year not in self.years):
            return False
        by_day, by_weekday = local.day in self.days, local.isoweekday() % 7 in self.weekdays
        return by_day or by_weekday if self.days_either else by_day and by_weekday

    def _next_day(self, local: datetime) -> datetime:
        start = local.replace(hour=0, minute=0, second=0)
        if local.month in self.months:
            return start + timedelta(days=1)
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1)

    def _time_on(self, local: datetime) -> datetime | None:
        for hour in sorted(h for h in self.hours if h >= local.hour):
            minute_from = local.minute if hour == local.hour else 0
            for minute in sorted(m for m in self.minutes if m >= minute_from):
                second_from = local.second if hour == local.hour and minute == local.minute else 0
                seconds = [s for s in self.seconds if s >= second_from]
                if seconds:
                    return local.replace(hour=hour, minute=minute, second=min(seconds))
        return None


def parse_cron(text: str, zone: str) -> Cron:
    """The cron of a text, in `zone` unless it names its own. Raises ValueError with a sentence in English."""
    fields = text.upper().split()
    named = zone
    if ("/" in text.split()[-1] and text.split()[-1][0].isalpha()) or text.split()[-1] == "UTC":
        named, fields = text.split()[-1], fields[:-1]
    if not 5 <= len(fields) <= 7:
        raise ValueError(f"expected five to seven cron fields, found {text!r}")
    second = fields.pop(0) if len(fields) > 5 else "0"
    year = fields.pop(5) if len(fields) > 5 else None
    minute, hour, day, month, weekday = fields
    try:
        place = ZoneInfo(named)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"expected the name of a time zone such as Asia/Shanghai, found {named!r}") from error
    return Cron(
        _field(second, 0, 59),
        _field(minute, 0, 59),
        _field(hour, 0, 23),
        _field(day, 1, 31),
        _field(month, 1, 12, _MONTHS),
        frozenset(d % 7 for d in _field(weekday, 0, 7, _DAYS)),
        None if year in (None, "*") else _field(str(year), 1970, 2199),
        day not in "*?" and weekday not in "*?",
        place,
    )


def _field(text: str, low: int, high: int, names: dict[str, int] | None = None) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        start, stop = _span(span, low, high, names or {}, open_ended=bool(step))
        width = _number(step, {}) if step else 1
        if not (low <= start <= stop <= high) or width < 1:
            raise ValueError(f"expected cron values from {low} to {high}, found {part!r}")
        found.update(range(start, stop + 1, width))
    return frozenset(found)


def _span(span: str, low: int, high: int, names: dict[str, int], *, open_ended: bool) -> tuple[int, int]:
    if span in ("*", "?"):
        return low, high
    first, dash, last = span.partition("-")
    start = _number(first, names)
    return start, _number(last, names) if dash else high if open_ended else start


def _number(text: str, names: dict[str, int]) -> int:
    if text in names:
        return names[text]
    if not text.isdigit():
        raise ValueError(f"expected a number in the cron text, found {text!r}")
    return int(text)
