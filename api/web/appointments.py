"""Appointments for visits 预约: choosing a day and a time of an office, keeping and cancelling."""

from datetime import date, datetime

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from api import current
from api.web import shared
from engine.casework import appointments, catalogue
from engine.errors import Conflict, NotFound, TongbanError

pages = Blueprint("appointments", __name__)


@pages.get("/services/<code>/appointment")
def choose(code: str) -> str:
    """Days and free times of the office that handles a service."""
    return _choose(code)


def _choose(code: str, error: TongbanError | None = None) -> str:
    with current.engine().read(current.visitor()) as tx:
        item = catalogue.item(tx, code)
        days = appointments.days(tx, code)
        day = _day(days)
        slots = appointments.slots(tx, code, day)
        office = catalogue.office_name(tx, item.office)
    findings = shared.as_findings(error) if error else ()
    shown = {"item": item, "days": days, "day": day, "slots": slots, "office": office, "findings": findings}
    return render_template("public/appointment.html", **shown)


def _day(days: tuple[date, ...]) -> date:
    """The day asked for, if it is open; else the first."""
    asked = request.values.get("day", "")
    return next((day for day in days if day.isoformat() == asked), days[0])


@pages.post("/services/<code>/appointment")
def book(code: str) -> str | Response | tuple[str, int]:
    """预约 the chosen time."""
    try:
        starts_at = datetime.fromisoformat(shared.text("starts_at"))
        assert starts_at.tzinfo is not None
    except (ValueError, AssertionError):
        return _choose(code, NotFound(thing=("可预约时间", "a time open for booking"), key=shared.text("starts_at"))), 422
    try:
        with current.engine().begin(current.required()) as tx:
            appointments.book(tx, code, starts_at)
    except (Conflict, NotFound) as error:
        return _choose(code, error), 409
    return shared.go("appointments.mine", "booked")


@pages.get("/my/appointments")
def mine() -> str:
    """我的预约."""
    with current.engine().read(current.required()) as tx:
        found = appointments.mine(tx)
    return render_template("my/appointments.html", appointments=found)


@pages.post("/my/appointments/<appointment_id>/cancel")
def cancel(appointment_id: str) -> Response:
    """取消预约."""
    with current.engine().begin(current.required()) as tx:
        appointments.cancel(tx, appointment_id)
    return shared.go("appointments.mine", "unbooked")
