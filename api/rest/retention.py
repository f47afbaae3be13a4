"""Retention: cases past their period, what two people decide of them, the register of destructions, archive packages."""

from collections.abc import Callable
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from api import current
from api.rest.room import PageAsked, Plain, Room, page_of
from engine.casework import archives, destruction, pages
from engine.casework import retention as periods
from engine.casework.pages import Page
from engine.transaction import Transaction

rest = Room("rest_retention", __name__, description="保管期限 · Retention")


class ProposalsAsked(PageAsked):
    """Which proposals."""

    state = fields.String(load_default="", validate=validate.OneOf(["", "proposed", "approved", "kept", "emptying"]))


class Proposal(Schema):
    """A case past its retention period. judged_by: account that approved it or keeps it for longer."""

    case_no = fields.String(required=True)
    item_code = fields.String(required=True)
    item_zh = fields.String(required=True)
    item_en = fields.String(required=True)
    office = fields.String(required=True)
    closed_at = fields.DateTime(required=True)
    years = fields.Integer(required=True)
    state = fields.String(required=True)
    proposed_at = fields.DateTime(required=True)
    again_at = fields.DateTime(required=True, allow_none=True)
    judged_by = fields.String(required=True, allow_none=True)
    judged_name = fields.String(required=True, allow_none=True)
    judged_at = fields.DateTime(required=True, allow_none=True)
    reason = fields.String(required=True)


class Destroyed(Schema):
    """An entry of the register. rows: destroyed rows by table; chains: {root: [rows, head]} of the destroyed histories."""

    number = fields.Integer(required=True)
    case_no = fields.String(required=True)
    item_code = fields.String(required=True)
    office = fields.String(required=True)
    closed_at = fields.DateTime(required=True)
    years = fields.Integer(required=True)
    approved_by = fields.String(required=True)
    approved_name = fields.String(required=True)
    approved_at = fields.DateTime(required=True)
    reason = fields.String(required=True)
    destroyed_by = fields.String(required=True)
    destroyed_name = fields.String(required=True)
    destroyed_at = fields.DateTime(required=True)
    rows = Plain(required=True)
    files = fields.Integer(required=True)
    digest = fields.String(required=True)
    chains = Plain(required=True)
    hash = fields.String(required=True)


class Judged(Schema):
    """Why; it stays in the register."""

    reason = fields.String(required=True, validate=validate.Length(1, 500))


class KeptLonger(Judged):
    """Why, and for how many years more."""

    years = fields.Integer(required=True, validate=validate.Range(1, 100))


@rest.get("/retention")
@rest.arguments(ProposalsAsked, location="query")
@rest.response(200, page_of(Proposal))
def listing(asked: dict[str, Any]) -> Page[Any]:
    """到期办件 · Cases past their retention period, oldest proposal first"""
    with current.engine().read(current.required()) as tx:
        return periods.listing(tx, **asked)


@rest.post("/retention/<case_no>/approval")
@rest.arguments(Judged)
@rest.response(200, Proposal)
def approve(given: dict[str, str], case_no: str) -> object:
    """批准销毁 · The first person says it may be destroyed; somebody else destroys it"""
    return _judged(case_no, lambda tx: periods.approve(tx, [case_no], given["reason"]))


@rest.post("/retention/<case_no>/extension")
@rest.arguments(KeptLonger)
@rest.response(200, Proposal)
def keep(given: dict[str, Any], case_no: str) -> object:
    """延期保管 · Keeps it for some more years; then it is proposed again"""
    return _judged(case_no, lambda tx: periods.keep(tx, [case_no], given["reason"], given["years"]))


def _judged(case_no: str, judge: Callable[[Transaction], int]) -> object:
    with current.engine().begin(current.required()) as tx:
        judge(tx)
        return periods.proposal(tx, case_no)


@rest.post("/retention/<case_no>/destruction")
@rest.response(200, Destroyed)
def destroy(case_no: str) -> object:
    """销毁 · Destroys a case that somebody else approved, for good; the entry of the register"""
    return destruction.destroy(current.engine(), current.required(), case_no)


@rest.get("/retention/records")
@rest.arguments(PageAsked, location="query")
@rest.response(200, page_of(Destroyed))
def records(asked: dict[str, Any]) -> Page[Any]:
    """销毁登记簿 · The register of destructions, newest first"""
    last = str(pages.decode(asked["after"], 1)[0]) if asked["after"] else ""
    if last and not last.isdecimal():
        raise pages.CursorUnreadable(text=asked["after"])
    with current.engine().read(current.required()) as tx:
        rows = destruction.records(tx, before=int(last) if last else None, limit=asked["limit"] + 1)
    return pages.cut(rows, asked["limit"], lambda row: (str(row["number"]),))


@rest.get("/cases/<case_no>/package.zip")
@rest.response(200, content_type="application/zip")
def package(case_no: str) -> Response:
    """档案包 · A closed case as one signed package"""
    return Response(archives.export(current.engine(), current.required(), case_no), mimetype="application/zip")
