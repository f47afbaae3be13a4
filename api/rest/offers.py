"""免申即享 for machines: a batch of people compared with the registers, answers by page and by message."""

from typing import Any

from marshmallow import Schema, fields, validate

from api import current
from api.rest.room import Room, Words, page_of
from engine.casework import offers
from engine.casework.offers import Offer
from engine.casework.pages import Page

rest = Room("rest_offers", __name__, description="免申即享 · Offers without application")


class OfferBatch(Schema):
    """service: its code or key. batch: a name; nobody is offered the same twice in one. subjects: identity numbers."""

    service = fields.String(required=True)
    batch = fields.String(required=True, validate=validate.Length(1, 50))
    subjects = fields.List(fields.String(validate=validate.Length(1, 50)), required=True, validate=validate.Length(1, 5000))


class OfferMatched(Schema):
    """compared: people the registers answered for. offered: those who fit and were told."""

    compared = fields.Integer(required=True)
    offered = fields.Integer(required=True)


class OfferShown(Schema):
    """An offer. state: offered | accepted | declined | lapsed. case_no: of the case a yes opened."""

    id = fields.String(required=True)
    item_code = fields.String(required=True)
    item_name = fields.Nested(Words, required=True)
    state = fields.String(required=True)
    offered_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True)
    case_no = fields.String(required=True, allow_none=True)


class OfferReply(Schema):
    """A text message: the code of the offer and what the person wrote (同意, anything else is no)."""

    code = fields.String(required=True, validate=validate.Length(1, 20))
    text = fields.String(required=True, validate=validate.Length(0, 200))


class OfferAnswer(Schema):
    """Yes or no."""

    is_wanted = fields.Boolean(required=True)


@rest.post("/offers/batches")
@rest.arguments(OfferBatch)
@rest.response(200, OfferMatched)
def match(given: dict[str, Any]) -> dict[str, int]:
    """比对 · Compares people with the registers and offers the service to whoever fits"""
    compared, offered = offers.match(current.engine(), current.required(), given["service"], given["batch"], given["subjects"])
    return {"compared": compared, "offered": offered}


@rest.get("/offers")
@rest.response(200, page_of(OfferShown))
def mine() -> Page[Offer]:
    """我的免申即享 · What waits for the acting person's word"""
    with current.engine().read(current.required()) as tx:
        return Page(offers.mine(tx))


@rest.post("/offers/<offer_id>/answer")
@rest.arguments(OfferAnswer)
@rest.response(200, OfferShown)
def answer(given: dict[str, bool], offer_id: str) -> Offer:
    """意愿确认 · A yes opens the case and, where the rules allow, grants it at once"""
    return offers.answer(current.engine(), current.required(), offer_id, is_wanted=given["is_wanted"])


@rest.post("/offers/replies")
@rest.arguments(OfferReply)
@rest.response(200, OfferShown)
def reply(given: dict[str, str]) -> Offer:
    """短信答复 · For the message gateway: the code stands for the person"""
    return offers.answer_by_message(current.engine(), current.required(), given["code"], given["text"])
