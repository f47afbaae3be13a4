"""Dates, times and durations as FEEL has them: nine-digit and negative years, nanoseconds, offsets and named zones.

Python's own types end at year 9999 and at microseconds, so these stand beside them; `admit` and `stored` convert both ways."""

from dataclasses import dataclass
from functools import lru_cache

from engine.feel import zones

NANOS = 1_000_000_000
DAY = 86_400 * NANOS
MOST_YEAR = 999_999_999


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the proleptic Gregorian calendar."""
    shifted = year - (month <= 2)
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def civil_from_days(days: int) -> tuple[int, int, int]:
    """Year, month and day of a number of days since 1970-01-01."""
    shifted = days + 719_468
    era = shifted // 146_097
    of_era = shifted - era * 146_097
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    part = (5 * of_year + 2) // 153
    month = part + (3 if part < 10 else -9)
    return year_of_era + era * 400 + (month <= 2), month, of_year - (153 * part + 2) // 5 + 1


def is_leap(year: int) -> bool:
    """Whether the year has a 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    """The length of the month in days."""
    return 29 if month == 2 and is_leap(year) else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


@dataclass(frozen=True, slots=True)
class Date:
    """A calendar day. year: -999,999,999 to 999,999,999."""

    year: int
    month: int
    day: int

    @property
    def days(self) -> int:
        """Days since 1970-01-01."""
        return days_from_civil(self.year, self.month, self.day)

    def plus_days(self, days: int) -> "Date | None":
        """The day that many days later; None beyond the calendar."""
        return date_of(*civil_from_days(self.days + days))

    def plus_months(self, months: int) -> "Date | None":
        """The same day of another month, or its last day; None beyond the calendar."""
        year, month0 = divmod(self.year * 12 + self.month - 1 + months, 12)
        return date_of(year, month0 + 1, min(self.day, days_in_month(year, month0 + 1)))

    def weekday(self) -> int:
        """1 = Monday … 7 = Sunday."""
        return (self.days + 3) % 7 + 1


def date_of(year: int, month: int, day: int) -> Date | None:
    """The date, or None when there is no such day."""
    if not (-MOST_YEAR <= year <= MOST_YEAR and 1 <= month <= 12 and 1 <= day <= days_in_month(year, month)):
        return None
    return Date(year, month, day)


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day. nano: nanoseconds of the second. offset: seconds east of UTC; zone: IANA name; at most one of the two."""

    hour: int
    minute: int
    second: int
    nano: int = 0
    offset: int | None = None
    zone: str | None = None

    @property
    def nanos(self) -> int:
        """Nanoseconds since midnight."""
        return (self.hour * 3600 + self.minute * 60 + self.second) * NANOS + self.nano

    @property
    def is_zoned(self) -> bool:
        """Whether it says where it holds."""
        return self.offset is not None or self.zone is not None

    def utc_nanos(self) -> int:
        """Nanoseconds since midnight UTC; a named zone counts with its offset of 1 January 1970, for want of a date."""
        return self.nanos - (self.offset_on(Date(1970, 1, 1)) or 0) * NANOS

    def offset_on(self, day: Date) -> int | None:
        """Seconds east of UTC at this time of that day; None without offset and zone."""
        if self.zone is None:
            return self.offset
        return zones.offset_at_local(self.zone, day.year, day.month, day.day, self.nanos // NANOS)


def time_of_nanos(nanos: int, offset: int | None = None, zone: str | None = None) -> Time:
    """The time of day that many nanoseconds after midnight (0 <= nanos < one day)."""
    seconds, nano = divmod(nanos, NANOS)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return Time(hour, minute, second, nano, offset, zone)


@dataclass(frozen=True, slots=True)
class DateTime:
    """A moment: a day and a time of day, with or without an offset or a zone."""

    date: Date
    time: Time

    @property
    def is_zoned(self) -> bool:
        """Whether it is a point on the world's time line."""
        return self.time.is_zoned

    @property
    def local_nanos(self) -> int:
        """Nanoseconds since 1970-01-01T00:00 on the same wall clock."""
        return self.date.days * DAY + self.time.nanos

    def offset(self) -> int | None:
        """Seconds east of UTC; None without offset and zone."""
        return self.time.offset_on(self.date)

    def instant(self) -> int:
        """Nanoseconds since 1970-01-01T00:00 UTC; without offset and zone, the wall clock counts as UTC."""
        return self.local_nanos - (self.offset() or 0) * NANOS

    def plus_nanos(self, nanos: int) -> "DateTime | None":
        """The moment that much later on the time line, in the same zone."""
        zone = self.time.zone
        if zone is None:
            return moment_of_local(self.local_nanos + nanos, self.time.offset, None)
        return moment_of_instant(self.instant() + nanos, zone)


def moment_of_local(local_nanos: int, offset: int | None, zone: str | None) -> DateTime | None:
    """The moment with this wall clock; None beyond the calendar."""
    days, nanos = divmod(local_nanos, DAY)
    day = date_of(*civil_from_days(days))
    return None if day is None else DateTime(day, time_of_nanos(nanos, offset, zone))


def moment_of_instant(instant: int, zone: str) -> DateTime | None:
    """The moment of the time line, as the zone's clocks show it."""
    days, nanos = divmod(instant, DAY)
    offset = zones.offset_at_instant(zone, *civil_from_days(days), nanos // NANOS)
    return moment_of_local(instant + offset * NANOS, None, zone)


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A days and time duration, in nanoseconds."""

    nanos: int


@dataclass(frozen=True, slots=True, order=True)
class YearMonth:
    """A years and months duration, in months."""

    months: int


@lru_cache(maxsize=1)
def midnight() -> Time:
    """Midnight without a zone."""
    return Time(0, 0, 0)


def as_moment(day: Date) -> DateTime:
    """The day's midnight, UTC, as FEEL reads a date where a date and time is asked for."""
    return DateTime(day, Time(0, 0, 0, 0, 0))
