"""Cases: applied for, followed, supplemented, withdrawn."""

from typing import Any

from flask import url_for
from marshmallow import Schema, fields, validate

from api import current
from api.rest.room import PageAsked, Room, Words, page_of
from api.rest.shapes import CaseFull, CaseShown, Outcome
from engine.actors import ActorKind
from engine.casework import applications, cases, owed
from engine.casework.applications import Submitted
from engine.casework.pages import Page
from engine.casework.view import Archive, Case, Progress

rest = Room("rest_cases", __name__, description="办件 · Cases")
_REPLAYED = "Idempotency-Replayed"


class Application(Schema):
    """service: code of the item. answers: the form's fields by key. consents: purposes agreed to."""

    service = fields.String(required=True, validate=validate.Length(1, 100))
    answers = fields.Dict(keys=fields.String(), load_default=dict)
    authorisation = fields.String(
        load_default=None, validate=validate.Length(1, 100), metadata={"description": "to act for another"}
    )
    consents = fields.List(fields.String(validate=validate.Length(1, 100)), load_default=list, validate=validate.Length(max=20))


class IdempotencyKey(Schema):
    """The same key again gives the first answer again."""

    key = fields.String(required=True, data_key="Idempotency-Key", validate=validate.Length(1, 200))


class CasesAsked(PageAsked):
    """Which cases; the filters are for officers."""

    light = fields.String(load_default=None, metadata={"description": "green | warning | yellow | red | paused | no_limit"})
    query = fields.String(load_default="", metadata={"description": "case number from its start, or the applicant's name"})
    office = fields.String(load_default=None)
    service = fields.String(load_default=None)


class Reason(Schema):
    """Why."""

    reason = fields.String(required=True, validate=validate.Length(1, 2000))


class Answers(Schema):
    """The form's fields by key."""

    answers = fields.Dict(keys=fields.String(), required=True)


class Tracking(Schema):
    """What shows a case without sign-in."""

    case_no = fields.String(required=True, validate=validate.Length(1, 100))
    query_code = fields.String(required=True, validate=validate.Length(1, 100))


@rest.post("/cases")
@rest.arguments(Application)
@rest.arguments(IdempotencyKey, location="headers")
@rest.response(201, Outcome, description="Decided at once")
@rest.alt_response(202, schema=Outcome, description="Accepted; a person or a slow source is still needed")
def apply(given: dict[str, Any], header: dict[str, str]) -> tuple[Submitted, int, dict[str, str]]:
    """申请 · Applies for a service; waits briefly for the decision"""
    asked = {"idempotency_key": header["key"], "consents": given["consents"], "authorisation_id": given["authorisation"]}
    made = applications.apply(current.engine(), current.required(), given["service"], given["answers"], **asked)
    place = {"Location": url_for("rest_cases.case", case_no=made.case_no)}
    return made, 201 if made.decision else 202, place if made.is_new else {**place, _REPLAYED: "true"}


@rest.get("/cases", endpoint="all")
@rest.arguments(CasesAsked, location="query")
@rest.response(200, page_of(CaseShown))
def listing(asked: dict[str, Any]) -> Page[Case]:
    """办件列表 · The applicant's own cases, for officers those of their office; newest first"""
    actor = current.required()
    place = {"after": asked["after"], "limit": asked["limit"]}
    with current.engine().read(actor) as tx:
        if actor.kind is not ActorKind.OFFICER:
            return cases.mine(tx, **place)
        filters = {name: asked[name] for name in ("light", "query", "office")}
        return cases.listing(tx, item_code=asked["service"], **filters, **place)


@rest.get("/cases/<case_no>")
@rest.response(200, CaseFull)
def case(case_no: str) -> Progress | Archive:
    """办件 · One case: for its applicant its progress, for officers its archive"""
    actor = current.required()
    with current.engine().begin(actor) as tx:
        return cases.archive(tx, case_no) if actor.kind is ActorKind.OFFICER else cases.progress(tx, case_no)


@rest.get("/cases/<case_no>/outcome")
@rest.response(200, Outcome)
def outcome(case_no: str) -> Submitted:
    """结果 · What came of an application so far; ask again while `decision` is null"""
    with current.engine().read(current.required()) as tx:
        return applications.outcome(tx, case_no)


@rest.post("/cases/<case_no>/withdraw")
@rest.arguments(Reason)
@rest.response(200, CaseShown)
def withdraw(given: dict[str, str], case_no: str) -> Case:
    """撤回 · Withdraws an application before the decision"""
    return cases.withdraw(current.engine(), current.required(), case_no, given["reason"])


@rest.post("/cases/<case_no>/supplement")
@rest.arguments(Answers)
@rest.response(200, CaseShown)
def supplement(given: dict[str, Any], case_no: str) -> Case:
    """补正 · Hands in what was asked for"""
    return cases.supplement(current.engine(), current.required(), case_no, given["answers"])


@rest.post("/cases/<case_no>/papers")
@rest.arguments(Answers)
@rest.response(200, CaseShown)
def papers(given: dict[str, Any], case_no: str) -> Case:
    """补交容缺材料 · Hands in the papers owed after a conditional acceptance; files by the ids `POST /uploads` gave"""
    owed.hand_in(current.engine(), current.required(), case_no, given["answers"])
    with current.engine().read(current.required()) as tx:
        return cases.read(tx, case_no)


class CaseTracked(Schema):
    """Of a case what is nobody's secret."""

    case_no = fields.String(required=True)
    item_name = fields.Nested(Words, required=True)
    state = fields.String(required=True)
    stage = fields.String(required=True)
    submitted_at = fields.DateTime(required=True)
    due_at = fields.DateTime(required=True, allow_none=True)
    light = fields.String(required=True)


class Tracked(Schema):
    """How far a case is, without anything personal."""

    case = fields.Nested(CaseTracked, required=True)
    holder = fields.Nested(Words, required=True)
    pause_reason = fields.Nested(Words, required=True)


@rest.post("/progress")
@rest.arguments(Tracking)
@rest.response(200, Tracked)
@rest.doc(security=[])
def track(given: dict[str, str]) -> Progress:
    """免登录查进度 · Progress by case number and query code"""
    with current.engine().read(current.visitor()) as tx:
        return cases.public_progress(tx, given["case_no"], given["query_code"])
