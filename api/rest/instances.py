"""Running instances, as operators and auditors read them."""

from functools import partial
from typing import Any

from flask import jsonify
from marshmallow import Schema, fields
from werkzeug.wrappers import Response

from api import current
from api.rest.room import PageAsked, Plain, Room, by_id, page_of, sliced
from engine.casework import access, reasons
from engine.casework.pages import Page
from engine.feel import to_plain
from engine.runtime import history, listing, variables
from engine.runtime.history import Event

rest = Room("rest_instances", __name__, description="流程实例 · Instances")


class InstancesAsked(PageAsked):
    """Which instances."""

    status = fields.String(load_default="")
    business_key = fields.String(load_default="", metadata={"description": "case number, from its start"})


class Instance(Schema):
    """One run of a process."""

    id = fields.String(required=True)
    root_id = fields.String(required=True)
    parent_id = fields.String(required=True, allow_none=True)
    definition_id = fields.String(required=True)
    deployment_id = fields.String(metadata={"description": "only for a single instance"})
    process_id = fields.String(required=True)
    business_key = fields.String(required=True, allow_none=True)
    status = fields.String(required=True)
    version = fields.Integer(required=True)
    error_code = fields.String(required=True, allow_none=True)
    started_by = fields.String(required=True)
    started_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)
    ended_at = fields.DateTime(required=True, allow_none=True)


class Line(Schema):
    """One line of the history; seq and line say its place."""

    seq = fields.Integer(required=True)
    line = fields.Integer(required=True)
    at = fields.DateTime(required=True)
    actor_id = fields.String(required=True)
    actor_name = fields.String(required=True)
    instance_id = fields.String(required=True)
    kind = fields.String(required=True)
    element_id = fields.String(required=True, allow_none=True)
    data = Plain(required=True)


@rest.get("/instances", endpoint="all")
@rest.arguments(InstancesAsked, location="query")
@rest.response(200, page_of(Instance))
def all_instances(asked: dict[str, Any]) -> Page[Any]:
    """实例列表 · Instances, newest first"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "instance.view")
        fetch = partial(listing.running, tx, status=asked["status"], business_key=asked["business_key"].upper())
        return by_id(lambda last, limit: fetch(after=last, limit=limit), asked["after"], asked["limit"])


@rest.get("/instances/<instance_id>")
@rest.response(200, Instance)
def instance(instance_id: str) -> object:
    """实例 · One instance"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "instance.view")
        return listing.instance(tx, instance_id)


class Why(Schema):
    """One sentence in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


@rest.get("/instances/<instance_id>/why")
@rest.response(200, Why)
def why(instance_id: str) -> object:
    """为何在等 · Why an instance stands where it stands, in one sentence"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "instance.view")
        zh, en = reasons.why(tx, instance_id)
    return {"zh": zh, "en": en}


@rest.get("/instances/<instance_id>/variables", endpoint="variables")
@rest.response(200, description="An object, by the variables' names")
def variables_of(instance_id: str) -> Response:
    """变量 · The variables of an instance"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "instance.view")
        return jsonify(to_plain(variables.of(tx, instance_id)))


@rest.get("/instances/<instance_id>/history", endpoint="history")
@rest.arguments(PageAsked, location="query")
@rest.response(200, page_of(Line))
def history_of(asked: dict[str, Any], instance_id: str) -> Page[Event]:
    """历史 · What happened in the case of an instance, oldest first"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "instance.view")
        lines = history.of(tx, listing.instance(tx, instance_id)["root_id"])
    return sliced(lines, lambda event: f"{event.seq}.{event.line}", asked["after"], asked["limit"])
