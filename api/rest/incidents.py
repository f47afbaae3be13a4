"""Incidents: what the engine could not do by itself, and what an operator does about it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from marshmallow import Schema, fields, validate

from api import current
from api.rest.room import PageAsked, Plain, Room, by_id, page_of
from engine.casework import access
from engine.casework.pages import Page
from engine.runtime import changes, incidents
from engine.transaction import Transaction

rest = Room("rest_incidents", __name__, description="故障 · Incidents")


class IncidentsAsked(PageAsked):
    """Which incidents."""

    state = fields.String(load_default="open", validate=validate.OneOf(["open", "resolved"]))


class Incident(Schema):
    """What went wrong, where, in both languages."""

    id = fields.String(required=True)
    instance_id = fields.String(required=True)
    root_id = fields.String(required=True)
    process_id = fields.String(required=True)
    business_key = fields.String(required=True, allow_none=True)
    element_id = fields.String(required=True)
    code = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    facts = Plain(required=True)
    state = fields.String(required=True)
    raised_at = fields.DateTime(required=True)
    resolved_at = fields.DateTime(required=True, allow_none=True)
    resolved_by = fields.String(required=True, allow_none=True)
    resolution = fields.String(required=True, allow_none=True)


class Correction(Schema):
    """Variables to set on the way, if any."""

    variables = fields.Dict(keys=fields.String(), load_default=None, allow_none=True)


@rest.get("/incidents")
@rest.arguments(IncidentsAsked, location="query")
@rest.response(200, page_of(Incident))
def listing(asked: dict[str, Any]) -> Page[Any]:
    """故障列表 · Incidents, newest first"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "incident.view")
        fetch = partial(incidents.listing, tx, state=asked["state"])
        return by_id(lambda last, limit: fetch(after=last, limit=limit), asked["after"], asked["limit"])


class Cause(Schema):
    """What incidents have in common."""

    process_id = fields.String(required=True)
    element_id = fields.String(required=True)
    code = fields.String(required=True)


class CauseShown(Cause):
    """A cause with how often it stands open and one of its sentences."""

    count = fields.Integer(required=True)
    first = fields.DateTime(required=True)
    last = fields.DateTime(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class Settled(Schema):
    """How many were settled, and how many could not be and stay open."""

    settled = fields.Integer(required=True)
    refused = fields.Integer(required=True)


@rest.get("/incidents/causes")
@rest.response(200, CauseShown(many=True))
def causes() -> object:
    """按原因 · Open incidents by their cause, the most frequent first"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "incident.view")
        return incidents.groups(tx)


@rest.post("/incidents/causes/retry")
@rest.arguments(Cause)
@rest.response(200, Settled)
def retry_all(given: dict[str, str]) -> object:
    """成批重试 · Retries up to 500 open incidents of one cause, each by itself"""
    return _settle_all(given, incidents.retry)


@rest.post("/incidents/causes/skip")
@rest.arguments(Cause)
@rest.response(200, Settled)
def skip_all(given: dict[str, str]) -> object:
    """成批跳过 · Skips the step of up to 500 open incidents of one cause, each by itself"""
    return _settle_all(given, incidents.skip)


class CauseMoved(Cause):
    """A cause, where its instances shall go on, and why."""

    to = fields.String(required=True, validate=validate.Length(1, 200))
    reason = fields.String(required=True, validate=validate.Length(1, 500))


@rest.post("/incidents/causes/move")
@rest.arguments(CauseMoved)
@rest.response(200, Settled)
def move_all(given: dict[str, str]) -> object:
    """成批移动 · Lets up to 500 instances with one cause go on at another element, each by itself"""
    return _settle_all(given, partial(changes.move_on, to=given["to"], reason=given["reason"]), "instance.change")


def _settle_all(
    given: dict[str, str], settle: Callable[[Transaction, str], object], action: str = "incident.retry"
) -> Mapping[str, int]:
    engine, actor = current.engine(), current.required()
    with engine.read(actor) as tx:
        access.require(tx, action)
        ids = incidents.of_cause(tx, given["process_id"], given["element_id"], given["code"])
    settled, refused = incidents.settle_all(engine, actor, ids, settle)
    return {"settled": settled, "refused": refused}


@rest.get("/incidents/<incident_id>")
@rest.response(200, Incident)
def incident(incident_id: str) -> object:
    """故障详情 · One incident"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "incident.view")
        return incidents.get(tx, incident_id)


@rest.post("/incidents/<incident_id>/retry")
@rest.arguments(Correction, required=False)
@rest.response(200, Incident)
def retry(given: dict[str, Any], incident_id: str) -> object:
    """重试 · Tries again what failed, with corrected variables if some are given"""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "incident.retry")
        incidents.retry(tx, incident_id, given["variables"])
        return incidents.get(tx, incident_id)


@rest.post("/incidents/<incident_id>/skip")
@rest.arguments(Correction, required=False)
@rest.response(200, Incident)
def skip(given: dict[str, Any], incident_id: str) -> object:
    """跳过 · Goes on as if the element had completed with these variables"""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "incident.retry")
        incidents.skip(tx, incident_id, given["variables"])
        return incidents.get(tx, incident_id)
