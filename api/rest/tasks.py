"""Human tasks: lists, claiming, drafts, completing exactly the version one has seen."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import request
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import PreconditionFailed, PreconditionRequired

from api import current
from api.rest.room import PageAsked, Plain, Room, page_of
from api.rest.shapes import CaseShown, TaskFull, TaskShown
from engine.casework import inbox
from engine.casework.inbox import Completed, Filters, Row, TaskView
from engine.casework.pages import Page
from engine.runtime.tasks import TaskChanged
from engine.transaction import Transaction

rest = Room("rest_tasks", __name__, description="任务 · Tasks")
Seen = tuple[Row, int, dict[str, str]]
_IF_MATCH = {
    "parameters": [
        {"in": "header", "name": "If-Match", "required": True, "schema": {"type": "string"}, "description": "the ETag as read"}
    ]
}
_LISTS: Mapping[str, Callable[..., Page[Row]]] = {"mine": inbox.my_tasks, "pool": inbox.pool, "done": inbox.done}


class TasksAsked(PageAsked):
    """Which tasks. list: mine, pool (claimable) or done; done takes no filters."""

    list = fields.String(load_default="mine", validate=validate.OneOf(list(_LISTS)))
    service = fields.String(load_default=None)
    office = fields.String(load_default=None)
    light = fields.String(load_default=None)
    group = fields.String(load_default=None)
    element_id = fields.String(load_default=None)
    query = fields.String(load_default="", metadata={"description": "case number from its start"})


class Values(Schema):
    """The task form's fields by key."""

    values = fields.Dict(keys=fields.String(), required=True)


class DraftGiven(Values):
    """opinion: what the officer has written so far."""

    opinion = fields.String(load_default="", validate=validate.Length(max=4000))


class Completion(Values):
    """opinion: the officer's words, where the task asks for them."""

    opinion = fields.String(load_default="", validate=validate.Length(max=4000))


class Done(Schema):
    """case: as it stands after the step. next_task_id: the next task of the case that the same person may do."""

    task_id = fields.String(required=True)
    case = fields.Nested(CaseShown, required=True, allow_none=True)
    next_task_id = Plain(required=True, allow_none=True)


@rest.get("/tasks", endpoint="all")
@rest.arguments(TasksAsked, location="query")
@rest.response(200, page_of(TaskShown))
def listing(asked: dict[str, Any]) -> Page[Row]:
    """任务列表 · Tasks, most urgent first"""
    place = {"after": asked["after"], "limit": asked["limit"]}
    with current.engine().read(current.required()) as tx:
        if asked["list"] == "done":
            return inbox.done(tx, **place)
        named = {name: asked[name] for name in ("office", "light", "group", "element_id", "query")}
        return _LISTS[asked["list"]](tx, Filters(item_code=asked["service"], **named), **place)


@rest.get("/tasks/<task_id>")
@rest.response(200, TaskFull, headers={"ETag": {"schema": {"type": "string"}}})
def task(task_id: str) -> tuple[TaskView, int, dict[str, str]]:
    """任务 · One task, with the ETag that completing it asks for"""
    with current.engine().begin(current.required()) as tx:
        view = inbox.view(tx, task_id)
    return view, 200, _tag(view.row)


def _tag(row: Row) -> dict[str, str]:
    return {"ETag": f'"{row.version}"'}


def _seen(row: Row) -> Seen:
    return row, 200, _tag(row)


@rest.post("/tasks/<task_id>/claim")
@rest.response(200, TaskShown)
def claim(task_id: str) -> Seen:
    """签收 · Claims a task; again by the same person changes nothing"""
    return _moved(inbox.claim, task_id)


@rest.post("/tasks/<task_id>/unclaim")
@rest.response(200, TaskShown)
def unclaim(task_id: str) -> Seen:
    """退签 · Puts a task back"""
    return _moved(inbox.unclaim, task_id)


def _moved(act: Callable[[Transaction, str], Row], task_id: str) -> Seen:
    with current.engine().begin(current.required()) as tx:
        return _seen(act(tx, task_id))


@rest.put("/tasks/<task_id>/draft")
@rest.arguments(DraftGiven)
@rest.response(200, TaskShown)
def draft(given: dict[str, Any], task_id: str) -> Seen:
    """暂存 · Saves the half-filled form; with If-Match only over the version one has seen"""
    expected = _expected() if request.headers.get("If-Match") else None
    try:
        with current.engine().begin(current.required()) as tx:
            return _seen(inbox.save_draft(tx, task_id, given["values"], opinion=given["opinion"], expected_version=expected))
    except TaskChanged as changed:
        raise PreconditionFailed from changed


@rest.post("/tasks/<task_id>/complete")
@rest.arguments(Completion)
@rest.response(200, Done)
@rest.doc(**_IF_MATCH)
def complete(given: dict[str, Any], task_id: str) -> Completed:
    """办结 · Completes the version of a task one has seen: If-Match is required (428), and must fit (412)"""
    actor, expected = current.required(), _expected()
    try:
        return inbox.complete(
            current.engine(), actor, task_id, given["values"], expected_version=expected, opinion=given["opinion"]
        )
    except TaskChanged as changed:
        raise PreconditionFailed from changed


def _expected() -> int:
    """The version in If-Match. Raises PreconditionRequired without one, PreconditionFailed for one that was never ours."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise PreconditionRequired
    number = given.removeprefix("W/").strip('"')
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise PreconditionFailed
    return int(number)
