"""The operators' room for machines: processes, queues, jobs, timers, topics, connectors; draining, pausing intake."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from marshmallow import Schema, fields, validate

from api import current
from api.rest.room import PageAsked, Room, by_id, page_of
from engine.casework import access, catalogue
from engine.casework.pages import Page
from engine.errors import NotFound
from engine.runtime import queues, workers

rest = Room("rest_operators", __name__, description="运维 · Operators")
STATES = ("", "waiting", "leased", "offered", "fetched", "held", "incident")


class Machine(Schema):
    """A process. is_silent: it gave no sign of life, and others took over what it had leased. done: rows worked on."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    host = fields.String(required=True)
    pid = fields.Integer(required=True)
    started_at = fields.DateTime(required=True)
    seen_at = fields.DateTime(required=True)
    done = fields.Integer(required=True)
    is_draining = fields.Boolean(required=True)
    is_silent = fields.Boolean(required=True)


class QueueShown(Schema):
    """Jobs of one service and connector that wait, counted up to a thousand; lag_seconds: of the most overdue."""

    process_id = fields.String(required=True)
    operation = fields.String(required=True)
    waiting = fields.Integer(required=True)
    lag_seconds = fields.Float(required=True)
    is_outside = fields.Boolean(required=True)


class JobsAsked(PageAsked):
    """Which jobs."""

    state = fields.String(load_default="", validate=validate.OneOf(STATES))


class JobShown(Schema):
    """A job without what it carries."""

    id = fields.String(required=True)
    root_id = fields.String(required=True)
    instance_id = fields.String(required=True)
    element_id = fields.String(required=True)
    operation = fields.String(required=True)
    state = fields.String(required=True)
    priority = fields.Integer(required=True)
    attempts = fields.Integer(required=True)
    max_attempts = fields.Integer(required=True)
    due_at = fields.DateTime(required=True)
    lease_owner = fields.String(required=True, allow_none=True)
    lease_until = fields.DateTime(required=True, allow_none=True)
    last_error = fields.String(required=True, allow_none=True)


class TimerShown(Schema):
    """A timer."""

    instance_id = fields.String(required=True)
    root_id = fields.String(required=True)
    element_id = fields.String(required=True)
    due_at = fields.DateTime(required=True)


class TopicShown(Schema):
    """A topic that external workers ask for: who asked last, and when."""

    name = fields.String(required=True)
    worker = fields.String(required=True)
    asked_at = fields.DateTime(required=True)


class ConnectorShown(Schema):
    """A connector. is_resting: its breaker is open, so that nothing is asked for a while."""

    operation = fields.String(required=True)
    ok = fields.Boolean(required=True, attribute="check.ok")
    zh = fields.String(required=True, attribute="check.zh")
    en = fields.String(required=True, attribute="check.en")
    calls = fields.Integer(required=True)
    failures = fields.Integer(required=True)
    in_flight = fields.Integer(required=True)
    is_resting = fields.Boolean(required=True)
    last_failure = fields.String(required=True)


class PauseAsked(Schema):
    """Why no applications are taken, as the public reads it."""

    reason = fields.String(required=True, validate=validate.Length(1, 500))


class IntakeShown(Schema):
    """Whether a service takes applications."""

    code = fields.String(required=True)
    status = fields.String(required=True)
    status_reason = fields.String(required=True)


@rest.get("/machines")
@rest.response(200, Machine(many=True))
def machines() -> object:
    """进程 · Every process that was seen within the hour"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "machine.view")
        return workers.listing(tx)


@rest.post("/machines/<worker_id>/drain")
@rest.response(200, Machine)
def drain(worker_id: str) -> object:
    """排空 · It finishes what it has and takes nothing new"""
    return _drained(worker_id, is_draining=True)


@rest.post("/machines/<worker_id>/resume")
@rest.response(200, Machine)
def resume(worker_id: str) -> object:
    """恢复 · It takes work again"""
    return _drained(worker_id, is_draining=False)


def _drained(worker_id: str, *, is_draining: bool) -> Mapping[str, Any]:
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "machine.drain")
        workers.drain(tx, worker_id, is_draining=is_draining)
        found = [row for row in workers.listing(tx) if row["id"] == worker_id]
        if not found:
            raise NotFound(thing=("进程", "process"), key=worker_id)
        return found[0]


@rest.get("/queues")
@rest.response(200, QueueShown(many=True))
def all_queues() -> object:
    """队列 · Every queue that is not empty"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "machine.view")
        return queues.listing(tx)


@rest.get("/jobs")
@rest.arguments(JobsAsked, location="query")
@rest.response(200, page_of(JobShown))
def jobs(asked: dict[str, Any]) -> Page[Any]:
    """作业 · Jobs, newest first"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "machine.view")
        fetch = partial(queues.job_rows, tx, state=asked["state"])
        return by_id(lambda last, limit: fetch(after=last, limit=limit), asked["after"], asked["limit"])


@rest.get("/timers")
@rest.response(200, TimerShown(many=True))
def timers() -> object:
    """定时 · The hundred timers that are due next"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "machine.view")
        return queues.timer_rows(tx, 100)


@rest.get("/topics")
@rest.response(200, TopicShown(many=True))
def topics() -> object:
    """外部作业主题 · Topics of external workers"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "machine.view")
        return queues.topic_rows(tx)


@rest.get("/connectors")
@rest.response(200, ConnectorShown(many=True))
def connectors() -> object:
    """连接器 · What each connector says of itself, and what this process has seen of it"""
    engine = current.engine()
    with engine.read(current.required()) as tx:
        access.require(tx, "machine.view")
    return queues.connectors(engine)


@rest.post("/services/<code>/pause")
@rest.arguments(PauseAsked)
@rest.response(200, IntakeShown)
def pause(given: dict[str, str], code: str) -> object:
    """暂停收件 · Takes no new applications; running cases go on"""
    with current.engine().begin(current.required()) as tx:
        return catalogue.suspend(tx, code, given["reason"])


@rest.post("/services/<code>/resume")
@rest.response(200, IntakeShown)
def take_again(code: str) -> object:
    """恢复收件 · Takes applications again"""
    with current.engine().begin(current.required()) as tx:
        return catalogue.resume(tx, code)
