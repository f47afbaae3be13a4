"""Licences as anybody may verify them."""

from marshmallow import Schema, fields

from api import current
from api.rest.room import Room, Words
from engine.casework import licences
from engine.casework.licences import Verification

rest = Room("rest_licences", __name__, description="证照核验 · Licences")


class Verified(Schema):
    """The licence is real; its holder's name is half hidden."""

    name = fields.Nested(Words, required=True)
    number = fields.String(required=True)
    office = fields.Nested(Words, required=True)
    holder = fields.String(required=True)
    issued_at = fields.DateTime(required=True)
    valid_to = fields.Date(required=True, allow_none=True)
    status = fields.String(required=True, metadata={"description": "valid | expired | revoked | superseded, as of today"})


@rest.get("/licences/<code>/verification")
@rest.response(200, Verified)
@rest.doc(security=[])
def verify(code: str) -> Verification:
    """证照核验 · Whether a code belongs to a licence, and its status today"""
    with current.engine().read(current.visitor()) as tx:
        return licences.verify(tx, code)
