"""Signing in for machines: a token for the Authorization header."""

from flask import request
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api import current
from api.rest.room import Room
from engine.casework import accounts

rest = Room("rest_sessions", __name__, description="登录 · Signing in")


class Credentials(Schema):
    """Account and password; in a demo city `person` alone."""

    name = fields.String(validate=validate.Length(1, 200))
    password = fields.String(validate=validate.Length(1, 1000))
    person = fields.String(validate=validate.Length(1, 200), metadata={"description": "one of the people of a demo city"})

    @validates_schema
    def check(self, data: dict[str, str], **_: object) -> None:
        """Either pair, nothing in between."""
        if set(data) not in ({"name", "password"}, {"person"}):
            raise ValidationError("Give name and password, or in a demo city person.")


class Token(Schema):
    """What the Authorization header carries: `Bearer <token>`."""

    token = fields.String(required=True)


class Me(Schema):
    """Who is signed in."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    office = fields.String(required=True, allow_none=True)
    roles = fields.List(fields.String(), required=True)
    groups = fields.List(fields.String(), required=True)


@rest.post("/sessions")
@rest.arguments(Credentials)
@rest.response(201, Token)
@rest.doc(security=[])
def sign_in(given: dict[str, str]) -> dict[str, str]:
    """登录换取令牌 · A token for an account"""
    if "person" in given:
        return {"token": accounts.sign_in_as(current.engine(), given["person"])}
    return {"token": accounts.sign_in(current.engine(), given["name"], given["password"])}


@rest.get("/sessions/current")
@rest.response(200, Me)
def me() -> dict[str, object]:
    """当前身份 · Who is signed in"""
    actor = current.required()
    shown = {"id": actor.id, "name": actor.name, "kind": actor.kind.value, "office": actor.office}
    return {**shown, "roles": sorted(actor.roles), "groups": sorted(actor.groups)}


@rest.delete("/sessions/current")
@rest.response(204)
def sign_out() -> None:
    """退出 · Ends the session; its token is worth nothing from now on"""
    current.required()
    accounts.sign_out(current.engine(), current.bearer() or request.cookies.get(current.SESSION_COOKIE, ""))
