"""A calendar with a city's own days over a published one: closing days, a holiday moved mid-flight, a year entered by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.ports import WorkingCalendar


@dataclass(frozen=True)
class OwnDay:
    """What the city says of one day. zh, en: why."""

    is_workday: bool
    zh: str = ""
    en: str = ""


@dataclass(eq=False)
class AmendedCalendar:
    """base: the published calendar. years: entered by hand and therefore no longer provisional. version: names the edition."""

    base: WorkingCalendar
    days: Mapping[date, OwnDay]
    years: frozenset[int]
    version: str = field(default="amended")

    def is_workday(self, day: date) -> bool:
        """The city's own word first."""
        own = self.days.get(day)
        return self.base.is_workday(day) if own is None else own.is_workday

    def is_provisional(self, day: date) -> bool:
        """Whether neither the State Council nor the city has published the year."""
        return day.year not in self.years and self.base.is_provisional(day)

    def holiday(self, day: date) -> tuple[str, str] | None:
        """(zh, en) of why a day is off."""
        own = self.days.get(day)
        if own is not None:
            return None if own.is_workday or not own.zh else (own.zh, own.en or own.zh)
        found: tuple[str, str] | None = getattr(self.base, "holiday", lambda _: None)(day)
        return found
