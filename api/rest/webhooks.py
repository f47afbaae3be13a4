"""Webhooks: other systems that are told of events, and what was delivered to them."""

from functools import partial
from typing import Any

from marshmallow import Schema, fields, validate

from api import current
from api.rest.room import PageAsked, Plain, Room, by_id, page_of
from engine.casework import access, timeline
from engine.casework.pages import Page
from engine.runtime import webhooks

rest = Room("rest_webhooks", __name__, description="事件订阅 · Webhooks")
_NAME = validate.Length(1, 200)


class WebhookAsked(Schema):
    """types: kinds of events such as `case.granted`, families such as `case.*`, or `*`."""

    name = fields.String(required=True, validate=_NAME)
    url = fields.String(required=True, validate=validate.Length(1, 2000))
    types = fields.List(fields.String(validate=_NAME), required=True, validate=validate.Length(1, 100))


class Webhook(Schema):
    """A webhook without its secret."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    url = fields.String(required=True)
    types = fields.List(fields.String(), required=True)
    is_active = fields.Boolean(required=True)
    created_by = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    failures = fields.Integer(required=True)
    rests_until = fields.DateTime(required=True, allow_none=True)
    last_error = fields.String(required=True)


class WebhookMade(Webhook):
    """The secret to verify signatures with; it is said only here."""

    secret = fields.String(required=True)


class EventTypes(Schema):
    """The kinds of events there are."""

    types = fields.List(fields.String(), required=True)


class WebhookSwitched(Schema):
    """Whether it is told of events from now on."""

    is_active = fields.Boolean(required=True)


class DeliveriesAsked(PageAsked):
    """Which deliveries."""

    state = fields.String(load_default="", validate=validate.OneOf(["", "waiting", "sent", "failed"]))


class Delivery(Schema):
    """One event for one webhook. log: its last attempts, {at, status, error, ms}."""

    id = fields.String(required=True)
    webhook_id = fields.String(required=True)
    event_id = fields.String(required=True)
    type = fields.String(required=True)
    instance_id = fields.String(required=True, allow_none=True)
    at = fields.DateTime(required=True)
    state = fields.String(required=True)
    attempts = fields.Integer(required=True)
    next_at = fields.DateTime(required=True)
    sent_at = fields.DateTime(required=True, allow_none=True)
    log = Plain(required=True)


class Redelivered(Schema):
    """How many go out again."""

    redelivered = fields.Integer(required=True)


class Tried(Schema):
    """The test delivery's id."""

    delivery_id = fields.String(required=True)


@rest.get("/webhooks")
@rest.response(200, Webhook(many=True))
def listing() -> object:
    """订阅列表 · All webhooks"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "webhook.view")
        return webhooks.listing(tx)


@rest.get("/webhooks/types")
@rest.response(200, EventTypes)
def types() -> object:
    """事件种类 · The kinds of events there are"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "webhook.view")
    return {"types": timeline.KINDS}


@rest.post("/webhooks")
@rest.arguments(WebhookAsked)
@rest.response(201, WebhookMade)
def create(given: dict[str, Any]) -> object:
    """新建订阅 · A webhook; its secret is in this answer only"""
    engine, actor = current.engine(), current.required()
    with engine.read(actor) as tx:
        access.require(tx, "webhook.change")
    webhooks.inspect(engine, given["url"], given["types"], timeline.KINDS)
    with engine.begin(actor) as tx:
        return webhooks.create(tx, given["name"], given["url"], given["types"])


@rest.get("/webhooks/<webhook_id>")
@rest.response(200, Webhook)
def webhook(webhook_id: str) -> object:
    """订阅详情 · One webhook"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "webhook.view")
        return webhooks.get(tx, webhook_id)


@rest.patch("/webhooks/<webhook_id>")
@rest.arguments(WebhookSwitched)
@rest.response(200, Webhook)
def switch(given: dict[str, bool], webhook_id: str) -> object:
    """停用或启用 · Stops it, or lets it go on"""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "webhook.change")
        return webhooks.switch(tx, webhook_id, is_active=given["is_active"])


@rest.delete("/webhooks/<webhook_id>")
@rest.response(204)
def remove(webhook_id: str) -> None:
    """删除订阅 · Forgets it and its deliveries"""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "webhook.change")
        webhooks.remove(tx, webhook_id)


@rest.post("/webhooks/<webhook_id>/secret")
@rest.response(201, WebhookMade)
def renew(webhook_id: str) -> object:
    """更换密钥 · A new secret; for a day both sign"""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "webhook.change")
        return webhooks.renew(tx, webhook_id)


@rest.post("/webhooks/<webhook_id>/test")
@rest.response(202, Tried)
def try_out(webhook_id: str) -> object:
    """发送测试事件 · Sends it an event of the kind webhook.test"""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "webhook.change")
        return {"delivery_id": webhooks.try_out(tx, webhook_id)}


@rest.get("/webhooks/<webhook_id>/deliveries")
@rest.arguments(DeliveriesAsked, location="query")
@rest.response(200, page_of(Delivery))
def deliveries(asked: dict[str, Any], webhook_id: str) -> Page[Any]:
    """投递记录 · Its deliveries, newest first"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "webhook.view")
        webhooks.get(tx, webhook_id)
        fetch = partial(webhooks.delivered, tx, webhook_id, state=asked["state"])
        return by_id(lambda last, limit: fetch(after=last, limit=limit), asked["after"], asked["limit"])


@rest.post("/webhooks/<webhook_id>/redeliver")
@rest.response(202, Redelivered)
def redeliver_failed(webhook_id: str) -> object:
    """重投全部失败 · Sends again all that was given up"""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "webhook.change")
        return {"redelivered": webhooks.redeliver_failed(tx, webhook_id)}


@rest.post("/deliveries/<delivery_id>/redeliver")
@rest.response(202, Delivery)
def redeliver(delivery_id: str) -> object:
    """重投 · Sends one again under the same event id"""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "webhook.change")
        return webhooks.redeliver(tx, delivery_id)
