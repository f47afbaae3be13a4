"""External workers: other systems fetch jobs by topic with long polling, and complete, fail, refuse or extend them."""

from datetime import timedelta
from typing import Any

from flask import current_app
from marshmallow import Schema, fields, validate

from api import current
from api.rest.room import Plain, Room
from engine.casework import access
from engine.casework.access import About
from engine.runtime import external
from engine.transaction import Transaction

rest = Room("rest_jobs", __name__, description="外部作业 · Jobs for other systems")
_TEXT = validate.Length(1, 200)
_LEASE = validate.Range(1, 3600)


class WorkAsked(Schema):
    """topic: as in the diagram. worker: a name of your own. wait_seconds: how long to wait for the first job."""

    topic = fields.String(required=True, validate=_TEXT)
    worker = fields.String(required=True, validate=_TEXT)
    limit = fields.Integer(load_default=10, validate=validate.Range(1, 100))
    lease_seconds = fields.Integer(load_default=30, validate=_LEASE)
    wait_seconds = fields.Float(load_default=0.0, validate=validate.Range(0, 25))


class WorkGiven(Schema):
    """One job, leased. fence goes with every answer; idempotency_key is the same at every attempt."""

    id = fields.String(required=True)
    fence = fields.Integer(required=True)
    topic = fields.String(required=True)
    instance_id = fields.String(required=True)
    root_id = fields.String(required=True)
    element_id = fields.String(required=True)
    idempotency_key = fields.String(required=True)
    attempts = fields.Integer(required=True)
    lease_until = fields.DateTime(required=True)
    variables = Plain(required=True)
    properties = Plain(required=True)
    traceparent = fields.String(required=True, allow_none=True)


class WorkLeased(Schema):
    """The fence of the lease."""

    fence = fields.Integer(required=True)


class WorkDone(WorkLeased):
    """What came of it."""

    variables = fields.Dict(keys=fields.String(), load_default=dict)


class WorkFailed(WorkLeased):
    """Why it could not be done. retries: how often it may be tried again, 0 = never; as the diagram says if not given."""

    reason = fields.String(required=True, validate=validate.Length(1, 2000))
    retries = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 100))
    retry_seconds = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 86_400))


class WorkThrown(WorkDone):
    """A business refusal: the code of a BPMN error."""

    code = fields.String(required=True, validate=_TEXT)
    message = fields.String(load_default="", validate=validate.Length(max=2000))


class WorkLonger(WorkLeased):
    """For how long from now."""

    lease_seconds = fields.Integer(required=True, validate=_LEASE)


class WorkUntil(Schema):
    """Until when the job is yours."""

    lease_until = fields.DateTime(required=True)


def _require(tx: Transaction, topic: str) -> None:
    """A machine works on the topics that its account's groups name, `*` for all."""
    access.require(tx, "job.work", About(groups=frozenset({topic, "*"})))


@rest.post("/jobs/fetch")
@rest.arguments(WorkAsked)
@rest.response(200, WorkGiven(many=True))
def fetch(given: dict[str, Any]) -> object:
    """领取 · Leases due jobs of a topic; an empty list when there were none in time"""
    engine, actor = current.engine(), current.required()
    with engine.read(actor) as tx:
        _require(tx, given["topic"])
    asked = {"limit": given["limit"], "wait_seconds": given["wait_seconds"]}
    lease, stopping = timedelta(seconds=given["lease_seconds"]), current_app.extensions["tongban_stopping"]
    found = external.fetch(engine, actor, given["topic"], given["worker"], lease=lease, pause=stopping.wait, **asked)
    return list(found)


@rest.post("/jobs/<job_id>/complete")
@rest.arguments(WorkDone)
@rest.response(204)
def complete(given: dict[str, Any], job_id: str) -> None:
    """完成 · The work is done; the instance goes on with these variables"""
    with current.engine().begin(current.required()) as tx:
        _require(tx, external.topic_of(tx, job_id))
        external.complete(tx, job_id, given["fence"], given["variables"])


@rest.post("/jobs/<job_id>/fail")
@rest.arguments(WorkFailed)
@rest.response(204)
def fail(given: dict[str, Any], job_id: str) -> None:
    """失败 · It could not be done now: tried again after a pause, in the end an incident"""
    pause = None if given["retry_seconds"] is None else timedelta(seconds=given["retry_seconds"])
    with current.engine().begin(current.required()) as tx:
        _require(tx, external.topic_of(tx, job_id))
        external.fail(tx, job_id, given["fence"], given["reason"], retries=given["retries"], pause=pause)


@rest.post("/jobs/<job_id>/error")
@rest.arguments(WorkThrown)
@rest.response(204)
def throw(given: dict[str, Any], job_id: str) -> None:
    """业务拒绝 · A BPMN error that the diagram may catch"""
    with current.engine().begin(current.required()) as tx:
        _require(tx, external.topic_of(tx, job_id))
        external.throw(tx, job_id, given["fence"], given["code"], given["message"], given["variables"])


@rest.post("/jobs/<job_id>/extend")
@rest.arguments(WorkLonger)
@rest.response(200, WorkUntil)
def extend(given: dict[str, Any], job_id: str) -> object:
    """续租 · The work takes longer"""
    with current.engine().begin(current.required()) as tx:
        _require(tx, external.topic_of(tx, job_id))
        until = external.extend(tx, job_id, given["fence"], timedelta(seconds=given["lease_seconds"]))
    return {"lease_until": until}
