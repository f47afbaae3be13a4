"""The window: an officer takes an application in for whoever stands there."""

from typing import Any

from marshmallow import Schema, fields, validate

from api import current
from api.rest.authorisations import AuthorisationGiven, AuthorisationShown
from api.rest.cases import IdempotencyKey
from api.rest.room import Room
from api.rest.shapes import Outcome
from engine.casework import counter
from engine.casework.applications import Submitted
from engine.casework.authorisations import Authorisation, Wanted
from engine.casework.counter import Visitor

rest = Room("rest_counter", __name__, description="窗口 · Window")


class VisitorGiven(Schema):
    """Who applies, as on the card or licence. agent: who came for them. consents: to asking the registers."""

    kind = fields.String(required=True, validate=validate.OneOf(["citizen", "enterprise"]))
    name = fields.String(required=True, validate=validate.Length(1, 200))
    number = fields.String(required=True, validate=validate.Length(1, 18))
    phone = fields.String(load_default="", validate=validate.Length(max=20))
    agent = fields.String(load_default="", validate=validate.Length(max=200))
    consents = fields.Boolean(required=True)


class IntakeGiven(Schema):
    """service: code of the item. materials: names of the papers that were handed over, for the receipt."""

    service = fields.String(required=True, validate=validate.Length(1, 100))
    visitor = fields.Nested(VisitorGiven, required=True)
    answers = fields.Dict(keys=fields.String(), load_default=dict)
    materials = fields.List(fields.String(validate=validate.Length(1, 200)), load_default=list, validate=validate.Length(max=50))


class PaperGiven(AuthorisationGiven):
    """A power of attorney both have signed at the window. paper: its number or date."""

    principal = fields.Nested(VisitorGiven, required=True)
    paper = fields.String(load_default="", validate=validate.Length(max=200))


@rest.post("/counter/cases")
@rest.arguments(IntakeGiven)
@rest.arguments(IdempotencyKey, location="headers")
@rest.response(201, Outcome)
def take_in(given: dict[str, Any], header: dict[str, str]) -> Submitted:
    """窗口代录 · Opens the visitor's case and issues the receipt; the same Idempotency-Key gives the same case"""
    visitor = Visitor(**given["visitor"])
    options = {"idempotency_key": header["key"], "materials": given["materials"]}
    return counter.take_in(current.engine(), current.required(), visitor, given["service"], given["answers"], **options)


@rest.post("/counter/authorisations")
@rest.arguments(PaperGiven)
@rest.response(201, AuthorisationShown)
def authorise(given: dict[str, Any]) -> Authorisation:
    """登记授权委托书 · Records a signed power of attorney; it holds at once"""
    principal, paper = Visitor(**given.pop("principal")), given.pop("paper")
    return counter.authorise(current.engine(), current.required(), principal, Wanted(**given), paper)
