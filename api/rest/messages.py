"""Messages from outside to waiting cases."""

from datetime import timedelta
from typing import Any

from marshmallow import Schema, fields, validate

from api import current
from api.rest.room import Room
from engine.casework import access
from engine.runtime import messages, start_conditions

rest = Room("rest_messages", __name__, description="消息 · Messages")
_WEEK = 7 * 24 * 3600


class Message(Schema):
    """name: as in the diagram. message_id: the same id again changes nothing. ttl_seconds: how long it may wait; 0 is now or
    never, without it a day. singleton: starts nothing while an instance of the same process and key runs."""

    name = fields.String(required=True, validate=validate.Length(1, 200))
    correlation_key = fields.String(load_default=None, validate=validate.Length(1, 200))
    variables = fields.Dict(keys=fields.String(), load_default=dict)
    message_id = fields.String(load_default=None, validate=validate.Length(1, 200))
    ttl_seconds = fields.Integer(load_default=None, validate=validate.Range(0, _WEEK))
    singleton = fields.Boolean(load_default=False)


class Accepted(Schema):
    """The message's id."""

    id = fields.String(required=True)


@rest.post("/messages")
@rest.arguments(Message)
@rest.response(202, Accepted)
def publish(given: dict[str, Any]) -> dict[str, str]:
    """发送消息 · Hands in a message; taken at once when somebody waits for it"""
    ttl = None if given["ttl_seconds"] is None else timedelta(seconds=given["ttl_seconds"])
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "instance.change")
        key, options = given["correlation_key"], {name: given[name] for name in ("message_id", "singleton")}
        made = messages.publish(tx, given["name"], key, given["variables"], ttl=ttl, **options)
    return {"id": made}


class Signal(Schema):
    """name: as in the diagram."""

    name = fields.String(required=True, validate=validate.Length(1, 200))
    variables = fields.Dict(keys=fields.String(), load_default=dict)


class Heard(Schema):
    """How many catchers and start events there were."""

    heard = fields.Integer(required=True)


@rest.post("/signals")
@rest.arguments(Signal)
@rest.response(200, Heard)
def broadcast(given: dict[str, Any]) -> dict[str, int]:
    """广播信号 · Tells a signal to every case that waits for it and every process that starts with it"""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "instance.change")
        return {"heard": messages.broadcast(tx, given["name"], given["variables"])}


class Facts(Schema):
    """variables: what is known now. process_id: only this process."""

    variables = fields.Dict(keys=fields.String(), required=True)
    process_id = fields.String(load_default=None)
    business_key = fields.String(load_default=None)


class Begun(Schema):
    """Ids of the instances that began."""

    instances = fields.List(fields.String(), required=True)


@rest.post("/conditions")
@rest.arguments(Facts)
@rest.response(200, Begun)
def evaluate(given: dict[str, Any]) -> dict[str, list[str]]:
    """条件启动 · Starts every process whose conditional start event these facts make true"""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "instance.change")
        found = start_conditions.evaluate(
            tx, given["variables"], process_id=given["process_id"], business_key=given["business_key"]
        )
    return {"instances": [made.id for made in found]}
