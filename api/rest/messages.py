"""Messages from outside to waiting cases."""

from datetime import timedelta
from typing import Any

from marshmallow import Schema, fields, validate

from api import current
from api.rest.room import Room
from engine.casework import access
from engine.runtime import messages

rest = Room("rest_messages", __name__, description="消息 · Messages")
_WEEK = 7 * 24 * 3600


class Message(Schema):
    """name: as in the diagram. message_id: the same id again changes nothing. ttl_seconds: how long it may wait; 0 is now or
    never, without it a day."""

    name = fields.String(required=True, validate=validate.Length(1, 200))
    correlation_key = fields.String(load_default=None, validate=validate.Length(1, 200))
    variables = fields.Dict(keys=fields.String(), load_default=dict)
    message_id = fields.String(load_default=None, validate=validate.Length(1, 200))
    ttl_seconds = fields.Integer(load_default=None, validate=validate.Range(0, _WEEK))


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
        key = given["correlation_key"]
        made = messages.publish(tx, given["name"], key, given["variables"], message_id=given["message_id"], ttl=ttl)
    return {"id": made}
