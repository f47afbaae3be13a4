"""External workers: programs of other systems fetch jobs of a topic, do them wherever they are, and say what came of it.

A topic is an operation that no connector of ours is bound to; its jobs are `offered`, then `fetched`. A job is theirs until its
lease ends; each lease has a fence, and an answer with an old one is refused. So is an answer given a second time: nothing is
done twice."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from typing import Any

import sqlalchemy as sa

from engine.actors import SYSTEM, Actor
from engine.bpmn.terms import Complete, Throw
from engine.errors import Conflict, NotFound
from engine.models.outside import topics
from engine.models.work import jobs
from engine.runtime import failing
from engine.runtime.run import plain_values
from engine.runtime.step import lock, step
from engine.transaction import Engine, Transaction, again

POLL_SECONDS, WAITERS = 0.25, 6
UNWANTED_AFTER = timedelta(minutes=5)
"""So long a topic that nobody ever asked for is waited for; then it is an incident, because its name may be a slip."""
_NOTED_EVERY = timedelta(seconds=30)
_WAITING = BoundedSemaphore(WAITERS)
"""Requests of this process that may wait for work at once; more would leave no thread for people."""


class LeaseLost(Conflict):
    """Expected job {key} to be leased with fence {fence}, but it is no longer; drop what you have and fetch again."""

    zh = "作业 {key} 已不在租约（栅栏号 {fence}）之内；请丢弃结果并重新领取。"


class DoneByConnector(Conflict):
    """Expected a topic for external workers, but {topic} is done by a connector of the platform; choose another name."""

    zh = "“{topic}”由平台自带的连接器办理，不对外派发；请更换主题名称。"


def fetch(
    engine: Engine,
    actor: Actor,
    topic: str,
    worker: str,
    *,
    limit: int,
    lease: timedelta,
    wait_seconds: float,
    pause: Callable[[float], bool],
) -> Sequence[Mapping[str, Any]]:
    """Leases up to `limit` due jobs of a topic, waiting for the first one at most so long. Raises DoneByConnector.

    pause: waits so many seconds; whether the process is about to stop, so that nobody is kept waiting.
    Gives {id, fence, topic, root_id, instance_id, element_id, variables, properties, attempts, lease_until, idempotency_key}."""
    if topic in engine.operations or topic in engine.connectors:
        raise DoneByConnector(topic=topic)
    _note(engine, actor, topic, worker)
    until = time.monotonic() + wait_seconds
    found = _take(engine, topic, worker, limit, lease)
    if found or wait_seconds <= 0 or not _WAITING.acquire(blocking=False):
        return found
    try:
        while not found and time.monotonic() < until and not pause(POLL_SECONDS):
            found = _take(engine, topic, worker, limit, lease)
    finally:
        _WAITING.release()
    return found


def _note(engine: Engine, actor: Actor, topic: str, worker: str) -> None:
    """Who asked and when, for operators; written now and then, so that asking for work is reading."""
    with engine.read(actor) as tx:
        known = tx.row(sa.select(topics).where(topics.c.name == topic))
        if known is not None and known["worker"] == worker and tx.now - known["asked_at"] < _NOTED_EVERY:
            return
    again(lambda: _write(engine, actor, topic, worker))


def _write(engine: Engine, actor: Actor, topic: str, worker: str) -> None:
    try:
        with engine.begin(actor) as tx:
            values = {"worker": worker, "asked_at": tx.now}
            if tx.connection.execute(topics.update().where(topics.c.name == topic).values(values)).rowcount == 0:
                tx.connection.execute(topics.insert(), {"name": topic, **values})
    except sa.exc.IntegrityError:
        return  # somebody else asked at the same moment


def _take(engine: Engine, topic: str, worker: str, limit: int, lease: timedelta) -> Sequence[Mapping[str, Any]]:
    with engine.read(SYSTEM) as tx:
        if tx.value(sa.select(jobs.c.id).where(*_free(tx, topic)).limit(1)) is None:
            return []
    with engine.begin(SYSTEM) as tx:
        query = sa.select(jobs).where(*_free(tx, topic)).order_by(jobs.c.priority.desc(), jobs.c.due_at).limit(limit)
        return [_leased(tx, job, worker, tx.now + lease) for job in tx.rows(query.with_for_update(skip_locked=True))]


def _free(tx: Transaction, topic: str) -> tuple[sa.ColumnElement[bool], ...]:
    """Offered, or fetched by somebody whose lease ran out with an attempt left."""
    is_lost = sa.and_(jobs.c.state == "fetched", jobs.c.lease_until < tx.now, jobs.c.attempts < jobs.c.max_attempts)
    return (jobs.c.operation == topic, sa.or_(jobs.c.state == "offered", is_lost), jobs.c.due_at <= tx.now)


def _leased(tx: Transaction, job: Mapping[str, Any], worker: str, until: datetime) -> Mapping[str, Any]:
    values = {"state": "fetched", "lease_owner": worker, "lease_until": until}
    values |= {"fence": job["fence"] + 1, "attempts": job["attempts"] + 1}
    tx.connection.execute(jobs.update().where(jobs.c.id == job["id"]).values(values))
    return {**job, **values, "topic": job["operation"], "variables": plain_values(failing.given(job))}


def topic_of(tx: Transaction, job_id: str) -> str:
    """What a job is about, for whoever decides who may answer it. Raises NotFound."""
    topic: str | None = tx.value(sa.select(jobs.c.operation).where(jobs.c.id == job_id))
    if topic is None:
        raise NotFound(thing=("作业", "job"), key=job_id)
    return topic


def complete(tx: Transaction, job_id: str, fence: int, variables: Mapping[str, object]) -> None:
    """The work is done; its instance goes on with these variables. Raises NotFound, LeaseLost."""
    job = _held(tx, job_id, fence)
    step(tx, job["instance_id"], Complete(job["wait_id"], variables))


def throw(tx: Transaction, job_id: str, fence: int, code: str, message: str, variables: Mapping[str, object]) -> None:
    """A business refusal: the BPMN error that the diagram may catch. Raises NotFound, LeaseLost."""
    job = _held(tx, job_id, fence)
    step(tx, job["instance_id"], Throw(job["wait_id"], code, message, variables))


def fail(
    tx: Transaction, job_id: str, fence: int, reason: str, *, retries: int | None = None, pause: timedelta | None = None
) -> None:
    """It could not be done now: tried again after a pause, in the end an incident. Raises NotFound, LeaseLost.

    retries: how often it may be tried again, 0 = never, None = as the diagram says; pause: before the next try."""
    job = _held(tx, job_id, fence)
    if retries is not None:
        job = {**job, "max_attempts": job["attempts"] + retries}
        tx.connection.execute(jobs.update().where(jobs.c.id == job_id).values(max_attempts=job["max_attempts"]))
    failing.failed(tx, job, reason, pause)


def extend(tx: Transaction, job_id: str, fence: int, lease: timedelta) -> datetime:
    """The work takes longer; until when it is theirs now. Raises NotFound, LeaseLost."""
    _held(tx, job_id, fence)
    until = tx.now + lease
    tx.connection.execute(jobs.update().where(jobs.c.id == job_id).values(lease_until=until))
    return until


def _held(tx: Transaction, job_id: str, fence: int) -> Mapping[str, Any]:
    """The job, its root locked, with a lease of this fence that has not run out."""
    owner = tx.value(sa.select(jobs.c.instance_id).where(jobs.c.id == job_id))
    if owner is None:
        raise NotFound(thing=("作业", "job"), key=job_id)
    lock(tx, owner)
    job = tx.row(sa.select(jobs).where(jobs.c.id == job_id))
    if job is None or job["state"] != "fetched" or job["fence"] != fence or job["lease_until"] < tx.now:
        raise LeaseLost(key=job_id, fence=fence)
    return job


def tend(engine: Engine, limit: int = 100) -> int:
    """For the worker: what nobody will answer any more fails, what a connector was bound to since is given to it."""
    with engine.begin(SYSTEM) as tx:
        bound = sa.and_(jobs.c.state == "offered", jobs.c.operation.in_([*engine.connectors, *engine.operations]))
        given = tx.connection.execute(jobs.update().where(bound).values(state="waiting")).rowcount
        tx.has_more = given > 0
        query = sa.select(jobs.c.id, jobs.c.instance_id).where(sa.or_(_spent(tx), _unwanted(tx))).limit(limit)
        found = tx.connection.execute(query).all()
    for job_id, instance_id in found:
        again(lambda job_id=job_id, instance_id=instance_id: _give_up(engine, job_id, instance_id))  # type: ignore[misc]
    return len(found)


def _spent(tx: Transaction) -> sa.ColumnElement[bool]:
    return sa.and_(jobs.c.state == "fetched", jobs.c.lease_until < tx.now, jobs.c.attempts >= jobs.c.max_attempts)


def _unwanted(tx: Transaction) -> sa.ColumnElement[bool]:
    known = sa.select(topics.c.name).where(topics.c.name == jobs.c.operation)
    return sa.and_(jobs.c.state == "offered", jobs.c.due_at < tx.now - UNWANTED_AFTER, ~known.exists())


def _give_up(engine: Engine, job_id: str, instance_id: str) -> None:
    with engine.begin(SYSTEM) as tx:
        lock(tx, instance_id)
        job = tx.row(sa.select(jobs).where(jobs.c.id == job_id, sa.or_(_spent(tx), _unwanted(tx))))
        if job is None:
            return
        nobody = f"no connector is bound to {job['operation']} and no external worker has ever fetched it"
        reason = nobody if job["state"] == "offered" else f"{job['lease_owner']} did not answer before its lease ended"
        failing.failed(tx, {**job, "attempts": job["max_attempts"]}, reason)
