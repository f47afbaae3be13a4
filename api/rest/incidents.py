"""Incidents: what the engine could not do by itself, and what an operator does about it."""

from functools import partial
from typing import Any

from marshmallow import Schema, fields, validate

from api import current
from api.rest.room import PageAsked, Plain, Room, by_id, page_of
from engine.casework import access
from engine.casework.pages import Page
from engine.runtime import incidents

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
