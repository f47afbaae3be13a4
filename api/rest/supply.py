"""Implementation lists for machines: out and in as files, what the checks say, hand in, send back, publish."""

from typing import Any

from flask import Response, request
from marshmallow import Schema, fields, validate

from api import current
from api.rest.room import PageAsked, Plain, Room, page_of
from engine.casework import access, catalogue, search
from engine.casework.pages import Page
from engine.casework.supply import checks, drafting, files, listing, localising, rows
from engine.casework.supply.drafting import ItemDraft
from engine.errors import Finding

rest = Room("rest_supply", __name__, description="实施清单 · Implementation lists")


class ListsAsked(Schema):
    """Which services, in which kind of file."""

    format = fields.String(load_default="json", validate=validate.OneOf(list(files.KINDS)))
    query = fields.String(load_default="")
    office = fields.String(load_default=None)
    region = fields.String(load_default=None)
    level = fields.String(load_default=None)


class ListFinding(Schema):
    """One finding. pointer: `/` and the field."""

    severity = fields.String(required=True)
    code = fields.String(required=True)
    pointer = fields.String(required=True, allow_none=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class ListDraft(Schema):
    """A change under way. state: draft | review | returned | published | discarded."""

    id = fields.String(required=True)
    code = fields.String(required=True)
    state = fields.String(required=True)
    base_version = fields.Integer(required=True)
    note = fields.String(required=True)
    edited_name = fields.String(required=True)
    edited_at = fields.DateTime(required=True)


class ListLeftOut(Schema):
    """A row that was left out: its line in the file, its code and what is wrong."""

    line = fields.Integer(required=True)
    code = fields.String(required=True)
    finding = fields.Nested(ListFinding, required=True)


class ListsTakenIn(Schema):
    """What became of a file."""

    drafts = fields.List(fields.Nested(ListDraft), required=True)
    unchanged = fields.Integer(required=True)
    problems = fields.List(fields.Nested(ListLeftOut), required=True)


class ListShown(Schema):
    """A service's list as text by field, as published or as its open draft has it, and what the checks say."""

    row = Plain(required=True)
    version = fields.Integer(required=True)
    draft = fields.Nested(ListDraft, required=True, allow_none=True)
    findings = fields.List(fields.Nested(ListFinding), required=True)


class ListLocalised(Schema):
    """The unit that takes the service over."""

    office = fields.String(required=True)


class ListReturned(Schema):
    """Why it is sent back."""

    note = fields.String(load_default="")


class ListFields(Schema):
    """Fields of a list by name, as in the files."""

    fields_ = fields.Dict(keys=fields.String(), values=fields.String(), required=True, data_key="fields")


@rest.get("/implementation-lists/export")
@rest.arguments(ListsAsked, location="query")
@rest.response(200)
def export(asked: dict[str, Any]) -> Response:
    """导出 · The lists of a search as JSON, CSV or Excel"""
    filters = search.Filters(office=asked["office"], region=asked["region"], level=asked["level"])
    with current.engine().read(current.required()) as tx:
        content = files.written(listing.every(tx, asked["query"], filters), asked["format"])
    return Response(content, mimetype=files.KINDS[asked["format"]])


@rest.post("/implementation-lists/import")
@rest.response(200, ListsTakenIn)
def take_in() -> dict[str, object]:
    """导入 · A JSON, CSV or Excel file as the body: each row that changes something becomes a draft"""
    actor = current.required()
    found = files.read("body", request.get_data())
    made, problems = drafting.take_in(current.engine(), actor, found)
    told = [{"line": line, "code": code, "finding": finding} for line, code, finding in problems]
    unchanged = len(found) - len(made) - len({line for line, _, _ in problems})
    return {"drafts": made, "unchanged": unchanged, "problems": told}


@rest.get("/implementation-lists/drafts")
@rest.arguments(PageAsked, location="query")
@rest.response(200, page_of(ListDraft))
def under_way(asked: dict[str, Any]) -> Page[ItemDraft]:
    """办理中的修改 · Changes under way"""
    with current.engine().read(current.required()) as tx:
        return drafting.waiting(tx, after=asked["after"], limit=asked["limit"])


@rest.get("/implementation-lists/<code>")
@rest.response(200, ListShown)
def item(code: str) -> dict[str, object]:
    """实施清单 · One list and what the checks say of it"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "item.view")
        draft = drafting.of_item(tx, code)
        published = None if draft and not draft.base_version else catalogue.item(tx, code)
        record = draft.record if draft else published.manifest if published else {}
        findings: tuple[Finding, ...] = checks.examine(record, checks.known(tx))
    return {"row": rows.of(record), "version": published.version if published else 0, "draft": draft, "findings": findings}


@rest.put("/implementation-lists/<code>/draft")
@rest.arguments(ListFields)
@rest.response(200, ListDraft)
def save(given: dict[str, Any], code: str) -> ItemDraft:
    """修改 · Puts fields into the open draft of a service, or into a new one"""
    with current.engine().begin(current.required()) as tx:
        draft = drafting.of_item(tx, code) or drafting.start(tx, code)
        return drafting.save(tx, draft.id, given["fields_"])


@rest.post("/implementation-lists/<code>/localisations")
@rest.arguments(ListLocalised)
@rest.response(201, ListDraft)
def localise(given: dict[str, str], code: str) -> ItemDraft:
    """本地化 · A draft of the service for another unit"""
    with current.engine().begin(current.required()) as tx:
        return localising.localise(tx, code, given["office"])


@rest.post("/implementation-lists/drafts/<draft_id>/hand-in")
@rest.response(200, ListDraft)
def hand_in(draft_id: str) -> ItemDraft:
    """提交审核 · To a second person, once nothing is missing or in conflict"""
    with current.engine().begin(current.required()) as tx:
        return drafting.hand_in(tx, draft_id)


@rest.post("/implementation-lists/drafts/<draft_id>/send-back")
@rest.arguments(ListReturned)
@rest.response(200, ListDraft)
def send_back(given: dict[str, str], draft_id: str) -> ItemDraft:
    """退回 · Back to whoever edited it, with a word"""
    with current.engine().begin(current.required()) as tx:
        return drafting.send_back(tx, draft_id, given["note"])


@rest.post("/implementation-lists/drafts/<draft_id>/publish")
@rest.response(200, ListDraft)
def publish(draft_id: str) -> ItemDraft:
    """发布 · The public reads it from now on"""
    with current.engine().begin(current.required()) as tx:
        drafting.publish(tx, draft_id)
        return drafting.read(tx, draft_id)
