"""Decisions of a case: what the tables decided, why, and that it can be proved."""

from marshmallow import Schema, fields

from api import current
from api.rest.room import Plain, Room
from engine.actors import ActorKind
from engine.casework import decided
from engine.casework.decided import Explained

rest = Room("rest_decisions", __name__, description="决策 · Decisions")


class InputShown(Schema):
    """A column with its value. source, at, trust: where the fact comes from, empty where not known."""

    label = fields.String(required=True)
    label_en = fields.String(required=True)
    value = fields.String(required=True)
    source = fields.String(required=True)
    at = fields.String(required=True)
    trust = fields.String(required=True)


class RowShown(Schema):
    """A rule. failed: column from 1 whose cell failed first, 0 for a rule that hit."""

    number = fields.Integer(required=True)
    is_hit = fields.Boolean(required=True)
    failed = fields.Integer(required=True)
    cells = fields.List(fields.String(), required=True)
    outputs = fields.List(fields.String(), required=True)
    annotations = fields.List(fields.String(), required=True)


class TableShown(Schema):
    """A table asked. since: first day of its version. left_out: rows of a long table that missed and are not listed."""

    name = fields.String(required=True)
    since = fields.String(required=True)
    hit_policy = fields.String(required=True)
    inputs = fields.List(fields.Nested(InputShown), required=True)
    outputs = fields.List(fields.String(), required=True)
    rows = fields.List(fields.Nested(RowShown), required=True)
    left_out = fields.Integer(required=True)


class DecisionShown(Schema):
    """A decision. version: of the package; zh, en: its reasons; is_proved: deciding again gave the record back, bit for bit."""

    name = fields.String(required=True)
    label = fields.String(required=True)
    label_en = fields.String(required=True)
    element_id = fields.String(required=True)
    at = fields.DateTime(required=True)
    version = fields.Integer(required=True)
    is_proved = fields.Boolean(required=True)
    zh = fields.List(fields.String(), required=True)
    en = fields.List(fields.String(), required=True)
    value = Plain(required=True, allow_none=True)
    tables = fields.List(fields.Nested(TableShown), required=True)


class DecisionsShown(Schema):
    """Every decision of a case, oldest first."""

    decisions = fields.List(fields.Nested(DecisionShown), required=True)


@rest.get("/cases/<case_no>/decisions")
@rest.response(200, DecisionsShown)
def decisions(case_no: str) -> dict[str, tuple[Explained, ...]]:
    """决策理由 · Why a case was decided: reasons, the tables with the rule that hit, facts with source, time and trust"""
    actor = current.required()
    action = "case.view" if actor.kind is ActorKind.OFFICER else "case.view_own"
    with current.engine().read(actor) as tx:
        return {"decisions": decided.of_case(tx, case_no, action=action)}
