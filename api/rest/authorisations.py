"""授权代办: who may act for whom."""

from typing import Any

from marshmallow import Schema, fields, validate

from api import current
from api.rest.room import Room
from engine.casework import authorisations
from engine.casework.authorisations import TELLS, Authorisation, Wanted

rest = Room("rest_authorisations", __name__, description="授权代办 · Acting for others")


class AuthorisationGiven(Schema):
    """Who shall act. services: codes of items, none for all. tells: whom notices of their cases reach."""

    agent_name = fields.String(required=True, validate=validate.Length(1, 100))
    agent_no = fields.String(required=True, validate=validate.Length(1, 18))
    valid_from = fields.Date(load_default=None)
    valid_to = fields.Date(load_default=None)
    services = fields.List(fields.String(validate=validate.Length(1, 100)), load_default=list, validate=validate.Length(max=100))
    tells = fields.String(load_default="both", validate=validate.OneOf(TELLS))


class AuthorisationShown(Schema):
    """An authorisation; agent_no is masked. state: offered | accepted | declined | revoked."""

    id = fields.String(required=True)
    principal_name = fields.String(required=True)
    agent_name = fields.String(required=True)
    agent_no = fields.String(required=True)
    services = fields.List(fields.String(), required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True)
    tells = fields.String(required=True)
    state = fields.String(required=True)
    source = fields.String(required=True)
    is_in_force = fields.Boolean(required=True)


class Both(Schema):
    """given: by the actor; received: by others, to act for them."""

    given = fields.List(fields.Nested(AuthorisationShown), required=True)
    received = fields.List(fields.Nested(AuthorisationShown), required=True)


@rest.get("/authorisations")
@rest.response(200, Both)
def both() -> dict[str, tuple[Authorisation, ...]]:
    """授权列表 · Whom the actor lets act, and for whom the actor may"""
    with current.engine().read(current.required()) as tx:
        return {"given": authorisations.given(tx), "received": authorisations.received(tx)}


@rest.post("/authorisations")
@rest.arguments(AuthorisationGiven)
@rest.response(201, AuthorisationShown)
def give(given: dict[str, Any]) -> Authorisation:
    """授权 · Lets somebody act; it holds once they accept"""
    with current.engine().begin(current.required()) as tx:
        return authorisations.give(tx, Wanted(**given))


@rest.post("/authorisations/<authorisation_id>/accept")
@rest.response(200, AuthorisationShown)
def accept(authorisation_id: str) -> Authorisation:
    """接受 · The agent accepts"""
    with current.engine().begin(current.required()) as tx:
        return authorisations.answer(tx, authorisation_id, is_accepted=True)


@rest.post("/authorisations/<authorisation_id>/decline")
@rest.response(200, AuthorisationShown)
def decline(authorisation_id: str) -> Authorisation:
    """谢绝 · The agent declines"""
    with current.engine().begin(current.required()) as tx:
        return authorisations.answer(tx, authorisation_id, is_accepted=False)


@rest.post("/authorisations/<authorisation_id>/revoke")
@rest.response(200, AuthorisationShown)
def revoke(authorisation_id: str) -> Authorisation:
    """收回 · Either side ends it, at once"""
    with current.engine().begin(current.required()) as tx:
        return authorisations.revoke(tx, authorisation_id)
