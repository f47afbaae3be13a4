"""工作日历: the city's and each office's own days and hours, a year's schedule, and how far the recomputation has come."""

from datetime import date

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from api import current
from api.web import shared
from engine.calendar.amended import OwnDay
from engine.casework import access, calendars, catalogue
from engine.errors import TongbanError
from engine.transaction import Transaction

pages = Blueprint("calendars", __name__, url_prefix="/design/calendars")


@pages.get("")
def sheet() -> str:
    """One year of one office, and the editions."""
    return _sheet()


def _sheet(error: TongbanError | None = None) -> str:
    office = request.values.get("office", "")
    with current.engine().read(current.required()) as tx:
        year = _year(tx)
        shown = {
            "days": [day for day in calendars.year(tx, year, office=office) if day.zh or day.is_own],
            "months": _months(calendars.year(tx, year, office=office)),
            "workdays": sum(day.is_workday for day in calendars.year(tx, year, office=office)),
            "editions": calendars.editions(tx),
            "hours": calendars.hours_of(tx, office),
            "offices": catalogue.all_offices(tx),
            "is_provisional": calendars.is_provisional(tx, year),
            "may_change": access.may(tx, "calendar.change", access.About(office=office or access.CITY_OFFICE)),
        }
    findings = shared.as_findings(error) if error else ()
    return render_template("design/calendars.html", year=year, office=office, findings=findings, given=request.form, **shown)


def _year(tx: Transaction) -> int:
    text = request.values.get("year", "")
    now = tx.now.year
    return int(text) if text.isdigit() and 2004 <= int(text) <= 2059 else now


def _months(days: tuple[calendars.Day, ...]) -> list[list[list[calendars.Day | None]]]:
    """Twelve months of weeks from Monday to Sunday, with gaps."""
    found: list[list[list[calendars.Day | None]]] = []
    for month in range(1, 13):
        cells: list[calendars.Day | None] = [day for day in days if day.day.month == month]
        first = cells[0]
        assert first is not None
        padded: list[calendars.Day | None] = [None] * first.day.weekday() + cells
        padded += [None] * (-len(padded) % 7)
        found.append([padded[n : n + 7] for n in range(0, len(padded), 7)])
    return found


@pages.post("")
def change() -> str | Response | tuple[str, int]:
    """Days, hours or a whole year; one of them, by the button pressed."""
    office, year = shared.text("office"), shared.text("year")
    try:
        with current.engine().begin(current.required()) as tx:
            _CHANGES.get(shared.text("what"), _days)(tx, office)
    except TongbanError as error:
        return _sheet(error), 422
    return shared.go("calendars.sheet", "recalculating", office=office or None, year=year or None)


def _days(tx: Transaction, office: str) -> None:
    closed = calendars.read_days(shared.text("closed"), is_workday=False)
    opened = calendars.read_days(shared.text("opened"), is_workday=True)
    reset = dict.fromkeys(calendars.read_days(shared.text("reset"), is_workday=True))
    days: dict[date, OwnDay | None] = {**reset, **closed, **opened}
    if not days:
        raise calendars.DaysUnreadable(text="—")
    calendars.set_days(tx, days, shared.text("note"), office=office)


def _hours(tx: Transaction, office: str) -> None:
    calendars.set_hours(tx, office, calendars.read_hours(shared.text("hours")), shared.text("note"))


def _whole_year(tx: Transaction, office: str) -> None:
    closed = calendars.read_days(shared.text("closed"), is_workday=False)
    made_up = calendars.read_days(shared.text("opened"), is_workday=True)
    if not closed:
        raise calendars.DaysUnreadable(text="—")
    calendars.publish_year(tx, _year(tx), closed, list(made_up), shared.text("note"))


_CHANGES = {"days": _days, "hours": _hours, "year": _whole_year}
