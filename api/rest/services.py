"""Services on offer and their guides, for everybody."""

from marshmallow import Schema, fields

from api import current
from api.rest.room import PageAsked, Plain, Room, Words, page_of
from engine.casework import catalogue, guides
from engine.casework.catalogue import Item
from engine.casework.guides import Guide
from engine.casework.pages import Page

rest = Room("rest_services", __name__, description="事项 · Services")


class ServicesAsked(PageAsked):
    """Which services."""

    query = fields.String(load_default="", metadata={"description": "every word must occur in name, summary or code"})
    audience = fields.String(load_default=None, metadata={"description": "personal | enterprise | …"})
    office = fields.String(load_default=None)
    theme = fields.String(load_default=None)


class Service(Schema):
    """A service item in its published version."""

    code = fields.String(required=True)
    key = fields.String(required=True)
    version = fields.Integer(required=True)
    name = fields.Nested(Words, required=True)
    summary = fields.Nested(Words, required=True)
    audience = fields.List(fields.String(), required=True)
    office = fields.String(required=True)
    theme = fields.String(required=True)
    kind = fields.String(required=True, metadata={"description": "instant | committed"})
    visits = fields.Integer(required=True)
    fee_fen = fields.Integer(required=True)
    status = fields.String(required=True, metadata={"description": "published | suspended"})
    status_reason = fields.String(required=True)
    is_automatic = fields.Boolean(required=True)
    form_id = fields.String(required=True)
    limits = Plain(required=True)


class GuideShown(Schema):
    """The service guide 办事指南."""

    item = fields.Nested(Service, required=True)
    office_name = fields.Nested(Words, required=True)
    committed = fields.Nested(Words, required=True)
    statutory = fields.Nested(Words, required=True)
    basis = Plain(required=True)
    conditions = Plain(required=True)
    materials = Plain(required=True)
    steps = Plain(required=True)
    faq = Plain(required=True)


@rest.get("/services")
@rest.arguments(ServicesAsked, location="query")
@rest.response(200, page_of(Service))
@rest.doc(security=[])
def listing(asked: dict[str, object]) -> Page[Item]:
    """事项列表 · Services on offer"""
    with current.engine().read(current.visitor()) as tx:
        return catalogue.listing(tx, **asked)  # type: ignore[arg-type]  # the schema's fields are its arguments


@rest.get("/services/<code>")
@rest.response(200, GuideShown)
@rest.doc(security=[])
def guide(code: str) -> Guide:
    """办事指南 · The guide of a service"""
    with current.engine().read(current.visitor()) as tx:
        return guides.guide(tx, code)
