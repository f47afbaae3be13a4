"""Appointments for visits: free times, booked, cancelled, received at the window."""

from datetime import date, datetime
from typing import Any

from marshmallow import Schema, fields, validate

from api import current
from api.rest.room import Plain, Room, Words
from engine.casework import appointments
from engine.casework.appointments import Appointment, Slot

rest = Room("rest_appointments", __name__, description="预约 · Appointments")


class SlotShown(Schema):
    """A time of an office. free: seats that are left."""

    starts_at = Plain(required=True)
    ends_at = Plain(required=True)
    free = fields.Integer(required=True)


class AppointmentShown(Schema):
    """code: shown at the window. state: booked, arrived or missed."""

    id = fields.String(required=True)
    service = fields.String(attribute="item_code", required=True)
    name_of_service = fields.Nested(Words, attribute="item_name", required=True)
    office = fields.String(required=True)
    starts_at = Plain(required=True)
    ends_at = Plain(required=True)
    name = fields.String(required=True)
    code = fields.String(required=True)
    state = fields.String(required=True)


class Booking(Schema):
    """service: code of the item. starts_at: one of its free times, with offset."""

    service = fields.String(required=True, validate=validate.Length(1, 100))
    starts_at = fields.AwareDateTime(required=True)


class DayAsked(Schema):
    """day: a date; the first open one without."""

    day = fields.Date(load_default=None)


@rest.get("/services/<code>/slots")
@rest.arguments(DayAsked, location="query")
@rest.response(200, SlotShown(many=True))
@rest.doc(security=[])
def slots(asked: dict[str, date | None], code: str) -> list[Slot]:
    """可预约时段 · The times of a day that are still ahead, with their free seats"""
    with current.engine().read(current.visitor()) as tx:
        return list(appointments.slots(tx, code, asked["day"] or appointments.days(tx, code)[0]))


@rest.post("/appointments")
@rest.arguments(Booking)
@rest.response(201, AppointmentShown)
def book(given: dict[str, Any]) -> Appointment:
    """预约 · Books a seat; the last one goes to the first who asks"""
    starts_at: datetime = given["starts_at"]
    with current.engine().begin(current.required()) as tx:
        return appointments.book(tx, given["service"], starts_at)


@rest.get("/appointments", endpoint="mine")
@rest.response(200, AppointmentShown(many=True))
def mine() -> list[Appointment]:
    """我的预约 · One's own appointments"""
    with current.engine().read(current.required()) as tx:
        return list(appointments.mine(tx))


@rest.delete("/appointments/<appointment_id>")
@rest.response(204)
def cancel(appointment_id: str) -> None:
    """取消预约 · Gives the seat free again"""
    with current.engine().begin(current.required()) as tx:
        appointments.cancel(tx, appointment_id)


@rest.post("/appointments/<appointment_id>/receive")
@rest.response(200, AppointmentShown)
def receive(appointment_id: str) -> Appointment:
    """到号 · The visitor is at the window"""
    with current.engine().begin(current.required()) as tx:
        return appointments.receive(tx, appointment_id)
