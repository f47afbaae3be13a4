"""The State Council's calendar: statutory holidays and make-up workdays (调休).

Known one year ahead only, published about November. Beyond the last published year weekdays are taken as workdays and the
answer is flagged provisional, so that clocks are recomputed when the year appears (DOMAIN 2.3)."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.metadata import version

import chinese_calendar

FIRST_YEAR = 2004
LAST_YEAR = max(chinese_calendar.constants.holidays).year


class ChinaCalendar:
    """The published calendar. overrides: days that differ, such as an office's closing days or a holiday moved mid-flight."""

    def __init__(self, overrides: Mapping[date, bool] | None = None, *, edition: str = "") -> None:
        self.overrides = dict(overrides or {})
        self.version = f"chinesecalendar-{version('chinesecalendar')}" + (f"+{edition}" if edition else "")

    def is_workday(self, day: date) -> bool:
        """Whether offices work on this day, make-up days included."""
        if day in self.overrides:
            return self.overrides[day]
        return _published(day)

    def is_provisional(self, day: date) -> bool:
        """Whether the day lies outside the published years."""
        return not FIRST_YEAR <= day.year <= LAST_YEAR

    def holiday(self, day: date) -> tuple[str, str] | None:
        """(zh, en) name of the holiday a day belongs to, None on ordinary days and weekends."""
        if self.is_provisional(day):
            return None
        is_off, name = chinese_calendar.get_holiday_detail(day)
        return (_NAMES.get(name, name), name) if is_off and name else None


@cache
def _published(day: date) -> bool:
    """Kept for every day: each office's axis asks for all of them, and the library looks through its years every time."""
    is_known = FIRST_YEAR <= day.year <= LAST_YEAR
    return bool(chinese_calendar.is_workday(day)) if is_known else day.weekday() < 5


_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
