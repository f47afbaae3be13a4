"""What supervisors see of the whole: lights by office and service, and the most urgent cases."""

from typing import Any

from marshmallow import Schema, fields, validate

from api import current
from api.rest.room import PageAsked, Room, Words, page_of
from api.rest.shapes import CaseShown
from engine.casework import boards
from engine.casework.boards import Board
from engine.casework.pages import Page
from engine.casework.view import Case

rest = Room("rest_boards", __name__, description="监管 · Supervision")


class AlertsAsked(PageAsked):
    """Which cases."""

    light = fields.String(load_default=None, validate=validate.OneOf([str(light) for light in boards.LIT]))


class LightsShown(Schema):
    """How many open cases stand at each light; today by the city's calendar day."""

    green = fields.Integer(required=True)
    warning = fields.Integer(required=True)
    yellow = fields.Integer(required=True)
    red = fields.Integer(required=True)
    paused = fields.Integer(required=True)
    no_limit = fields.Integer(required=True)
    open = fields.Integer(required=True)
    submitted_today = fields.Integer(required=True)
    decided_today = fields.Integer(required=True)
    automatic_today = fields.Integer(required=True)
    handed_over = fields.Integer(required=True)


class GroupShown(Schema):
    """Lights of one office or one service."""

    key = fields.String(required=True)
    name = fields.Nested(Words, required=True)
    lights = fields.Nested(LightsShown, required=True)


class BoardShown(Schema):
    """The board; oldest_unswept_at: the earliest light change not yet stored."""

    total = fields.Nested(LightsShown, required=True)
    by_office = fields.List(fields.Nested(GroupShown), required=True)
    by_item = fields.List(fields.Nested(GroupShown), required=True)
    as_of = fields.DateTime(required=True)
    oldest_unswept_at = fields.DateTime(required=True, allow_none=True)


@rest.get("/boards/supervision")
@rest.response(200, BoardShown)
def board() -> Board:
    """监管看板 · Lights of one's office, for the city's supervisors of every office"""
    with current.engine().look(current.required()) as tx:
        return boards.board(tx)


@rest.get("/boards/supervision/alerts")
@rest.arguments(AlertsAsked, location="query")
@rest.response(200, page_of(CaseShown))
def alerts(asked: dict[str, Any]) -> Page[Case]:
    """预警与超期 · Cases that warn, are yellow or red, the longest overdue first"""
    with current.engine().look(current.required()) as tx:
        return boards.alerts(tx, **asked)
