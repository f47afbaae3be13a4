"""Changing a running instance, as operators do: each is one step with its reason in the history."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from api import current
from api.rest.instances import Instance
from api.rest.room import Plain, Room
from engine.casework import access
from engine.runtime import changes, listing, replay
from engine.transaction import Transaction

rest = Room("rest_changes", __name__, description="流程干预 · Changes of instances")
_LONG = validate.Length(max=500)


class ChangeReason(Schema):
    """Why; it is kept in the history."""

    reason = fields.String(load_default="", validate=_LONG)


class TokenMove(ChangeReason):
    """away: elements whose waiting tokens go. to: elements that are entered afresh. incident_id: one whose work is given up."""

    away = fields.List(fields.String(), load_default=list)
    to = fields.List(fields.String(), required=True, validate=validate.Length(min=1, max=50))
    incident_id = fields.String(load_default=None)


class SentBack(ChangeReason):
    """to: an element that was passed."""

    to = fields.String(required=True)


class RestartedAt(ChangeReason):
    """at: where it begins again. variables: laid over those it had."""

    at = fields.String(required=True)
    variables = fields.Dict(keys=fields.String(), load_default=dict)


class InstanceAdded(ChangeReason):
    """element_id: the multi-instance activity. variables: the new instance's own, its element included."""

    element_id = fields.String(required=True)
    variables = fields.Dict(keys=fields.String(), load_default=dict)


class InstanceRemoved(ChangeReason):
    """wait_id: of the task or job whose instance goes."""

    wait_id = fields.String(required=True)


class Passed(Schema):
    """An element that the instance may be sent back to."""

    element_id = fields.String(required=True)
    name = fields.String(required=True)
    type = fields.String(required=True)


@rest.get("/instances/<instance_id>/ways-back", endpoint="ways_back")
@rest.response(200, Passed(many=True))
def ways_back(instance_id: str) -> object:
    """可退回环节 · Where an instance may be sent back to now"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "instance.view")
        return changes.ways_back(tx, instance_id)


def _changed(tx: Transaction, instance_id: str) -> Mapping[str, Any]:
    return listing.instance(tx, instance_id)


@rest.post("/instances/<instance_id>/move")
@rest.arguments(TokenMove)
@rest.response(200, Instance)
def move(given: dict[str, Any], instance_id: str) -> object:
    """移动令牌 · Takes tokens away and puts others before elements"""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "instance.change")
        changes.move_token(tx, instance_id, given["away"], given["to"], given["reason"], incident_id=given["incident_id"])
        return _changed(tx, instance_id)


@rest.post("/instances/<instance_id>/send-back", endpoint="send_back")
@rest.arguments(SentBack)
@rest.response(200, Instance)
def send_back(given: dict[str, Any], instance_id: str) -> object:
    """退回 · Enters an earlier element afresh; what lies behind it is void in all branches"""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "instance.change")
        changes.send_back(tx, instance_id, given["to"], given["reason"])
        return _changed(tx, instance_id)


@rest.post("/instances/<instance_id>/suspend")
@rest.arguments(ChangeReason, required=False)
@rest.response(200, Instance)
def suspend(given: dict[str, Any], instance_id: str) -> object:
    """挂起 · An instance and all that it called stand still; timers keep what remains"""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "instance.change")
        changes.suspend(tx, instance_id, given["reason"])
        return _changed(tx, instance_id)


@rest.post("/instances/<instance_id>/resume")
@rest.arguments(ChangeReason, required=False)
@rest.response(200, Instance)
def resume(given: dict[str, Any], instance_id: str) -> object:
    """恢复 · It goes on, each timer after what remained"""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "instance.change")
        changes.resume(tx, instance_id, given["reason"])
        return _changed(tx, instance_id)


@rest.post("/instances/<instance_id>/cancel")
@rest.arguments(ChangeReason, required=False)
@rest.response(200, Instance)
def cancel(given: dict[str, Any], instance_id: str) -> object:
    """终止 · Ends an instance and all that it called"""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "instance.change")
        changes.cancel(tx, instance_id, given["reason"])
        return _changed(tx, instance_id)


@rest.post("/instances/<instance_id>/restart")
@rest.arguments(RestartedAt)
@rest.response(200, Instance)
def restart(given: dict[str, Any], instance_id: str) -> object:
    """重新执行 · From an element: a running instance there and then, an ended one as a new instance"""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "instance.change")
        made = changes.restart(tx, instance_id, given["at"], given["reason"], given["variables"])
        return _changed(tx, made.id)


@rest.post("/instances/<instance_id>/add-instance", endpoint="add_instance")
@rest.arguments(InstanceAdded)
@rest.response(200, Instance)
def add_instance(given: dict[str, Any], instance_id: str) -> object:
    """增加实例 · One more instance of a running multi-instance activity"""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "instance.change")
        changes.add_instance(tx, instance_id, given["element_id"], given["variables"], given["reason"])
        return _changed(tx, instance_id)


@rest.post("/instances/<instance_id>/remove-instance", endpoint="remove_instance")
@rest.arguments(InstanceRemoved)
@rest.response(200, Instance)
def remove_instance(given: dict[str, Any], instance_id: str) -> object:
    """减少实例 · One instance of a multi-instance activity goes and is no longer counted"""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "instance.change")
        changes.remove_instance(tx, instance_id, given["wait_id"], given["reason"])
        return _changed(tx, instance_id)


class When(Schema):
    """Which moment: up to a row of the history, or up to a point in time; without either the last one."""

    seq = fields.Integer(load_default=None, validate=validate.Range(1))
    time = fields.AwareDateTime(load_default=None)


class MomentShown(Schema):
    """An instance as it was after a recorded event."""

    seq = fields.Integer(required=True)
    line = fields.Integer(required=True)
    at = fields.DateTime(required=True)
    actor_name = fields.String(required=True)
    instance_id = fields.String(required=True)
    process_id = fields.String(required=True)
    event = fields.String(required=True)
    status = fields.String(required=True)
    standing = fields.List(fields.String(), required=True)
    variables = Plain(required=True)


class Replayed(Schema):
    """holds: whether today's states follow from the recorded events."""

    holds = fields.Boolean(required=True)
    events = fields.Integer(required=True)
    differences = fields.List(fields.String(), required=True)
    moments = fields.List(fields.Nested(MomentShown), required=True)


@rest.get("/instances/<instance_id>/replay", endpoint="replay")
@rest.arguments(When, location="query")
@rest.response(200, Replayed)
def replayed(asked: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """回放 · A past moment rebuilt from the history alone, and whether today's state follows from it"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "instance.view")
        proof = replay.prove(tx, instance_id)
        shown = replay.at(tx, instance_id, seq=asked["seq"], moment=asked["time"]) if proof.holds else ()
        return {"holds": proof.holds, "events": proof.events, "differences": proof.differences, "moments": shown}
