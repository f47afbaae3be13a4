"""Services on offer and their guides, for everybody."""

from flask import request
from marshmallow import Schema, fields

from api import current
from api.rest.room import PageAsked, Plain, Room, Words, page_of
from engine.casework import catalogue, guides, situations
from engine.casework.catalogue import Item
from engine.casework.guides import Guide
from engine.casework.pages import Page
from engine.casework.situations import Personal

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


class OptionShown(Schema):
    """One answer; stop: why nobody in this situation can apply."""

    value = fields.String(required=True)
    label = fields.Nested(Words, required=True)
    stop = fields.Nested(Words, required=True, allow_none=True)


class QuestionShown(Schema):
    """One question before the form."""

    key = fields.String(required=True)
    question = fields.Nested(Words, required=True)
    options = fields.List(fields.Nested(OptionShown), required=True)
    answer = fields.String(required=True)


class AskedShown(Schema):
    """One field the form will show; source: the shared base that fills it in."""

    label = fields.Nested(Words, required=True)
    source = fields.String(required=True)
    is_required = fields.Boolean(required=True)


class PersonalShown(Schema):
    """The questions as they are asked now, and the list they lead to."""

    questions = fields.List(fields.Nested(QuestionShown), required=True)
    answers = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    stops = fields.List(fields.Nested(Words), required=True)
    conditions = Plain(required=True)
    materials = Plain(required=True)
    steps = Plain(required=True)
    fields_ = fields.List(fields.Nested(AskedShown), required=True, attribute="fields", data_key="fields")
    fees = Plain(required=True)
    fee_fen = fields.Integer(required=True)


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


@rest.get("/services/<code>/situation")
@rest.response(200, PersonalShown)
@rest.doc(security=[])
def situation(code: str) -> Personal:
    """情形引导 · The questions before the form and the personal list; answers by key in the query, `?kind=sale`"""
    with current.engine().read(current.visitor()) as tx:
        return situations.of(tx, catalogue.item(tx, code), request.args)
