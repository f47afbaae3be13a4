"""Jobs: outside work, at least once.

A job is leased with a fence number in one transaction, its connector is called outside any, and its answer is applied in a third.
A worker that slept through its lease and wakes with an old fence is ignored. What fails is tried again after a growing pause with
jitter; when the attempts are used up it becomes the BPMN error the diagram asked for, or an incident with a sentence."""

import logging
import random
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.bpmn.terms import Complete, Event, Throw
from engine.errors import TongbanError
from engine.feel import from_json
from engine.models.instances import instances
from engine.models.work import jobs
from engine.ports import ConnectorRefused, ConnectorUnavailable
from engine.runtime import messages, troubles
from engine.runtime.durations import seconds
from engine.runtime.step import lock, move, step
from engine.transaction import Engine, Transaction

log = logging.getLogger("tongban.jobs")
Job = Mapping[str, Any]
TIMEOUT, BACKOFF, LONGEST_PAUSE = 10.0, 2.0, 3600.0
LEASE_MARGIN = 20.0
PARALLEL = 8


def sweep(engine: Engine, worker_id: str, limit: int = 50) -> int:
    """Does up to `limit` due jobs of all roots, several at once; returns how many it leased."""
    leased = lease(engine, worker_id, limit)
    _work_all(engine, leased)
    return len(leased)


def drain(engine: Engine, root_id: str, within_seconds: float) -> bool:
    """Does a root's own jobs and messages right away; whether it came to rest within the time.

    Called by a request after its commit, so that an instant decision is in its answer."""
    until = time.monotonic() + within_seconds
    while time.monotonic() < until:
        worked = _work_all(engine, lease(engine, engine.worker_id, PARALLEL, root_id=root_id))
        worked += messages.sweep(engine, PARALLEL, from_root_id=root_id)
        if worked == 0:
            pause = _next_due(engine, root_id)
            if pause is None:
                return True
            time.sleep(min(max(pause, 0.01), 0.2, max(until - time.monotonic(), 0)))
    return False


def lease(engine: Engine, worker_id: str, limit: int, *, root_id: str | None = None) -> Sequence[Job]:
    """Takes due jobs, those with a lease that ran out included; each take raises the fence."""
    with engine.begin(SYSTEM) as tx:
        free = sa.or_(jobs.c.state == "waiting", sa.and_(jobs.c.state == "leased", jobs.c.lease_until < tx.now))
        query = sa.select(jobs).where(free, jobs.c.due_at <= tx.now).order_by(jobs.c.due_at).limit(limit)
        if root_id is not None:
            query = query.where(jobs.c.root_id == root_id)
        taken = tx.rows(query.with_for_update(skip_locked=True))
        return [_take(tx, worker_id, job) for job in taken]


def is_leased_by(tx: Transaction, owners: sa.Select[tuple[str]]) -> bool:
    """Whether any of these processes has leased anything."""
    query = sa.select(jobs.c.id).where(jobs.c.state == "leased", jobs.c.lease_owner.in_(owners))
    return tx.value(query.limit(1)) is not None


def release(engine: Engine, silent: sa.Select[tuple[str]]) -> None:
    """Frees what processes had leased that give no sign of life; silent: a query for their ids.

    What was its last attempt has failed: a job that takes its worker with it must not go on to the next one."""
    with engine.begin(SYSTEM) as tx:
        theirs = sa.select(jobs).where(jobs.c.state == "leased", jobs.c.lease_owner.in_(silent))
        freed = [_free(tx, job) for job in tx.rows(theirs.with_for_update(skip_locked=True))]
    for job in freed:
        log.warning("job.released", extra={"job_id": job["id"], "operation": job["operation"]})
        if job["state"] == "leased":
            _failed(engine, job, "the process that worked on it died")


def _free(tx: Transaction, job: Job) -> Job:
    """To be tried again by anybody, or ours to give up."""
    values = {"state": "waiting", "lease_owner": None, "lease_until": None, "fence": job["fence"] + 1}
    if job["attempts"] >= job["max_attempts"]:
        values |= {"state": "leased", "lease_owner": tx.engine.worker_id, "lease_until": job["lease_until"]}
    tx.connection.execute(jobs.update().where(jobs.c.id == job["id"]).values(values))
    return {**job, **values}


def _take(tx: Transaction, worker_id: str, job: Job) -> Job:
    until = tx.now + timedelta(seconds=seconds(job["properties"].get("timeout"), TIMEOUT) + LEASE_MARGIN)
    values = {"state": "leased", "lease_owner": worker_id, "lease_until": until}
    values |= {"fence": job["fence"] + 1, "attempts": job["attempts"] + 1}
    tx.connection.execute(jobs.update().where(jobs.c.id == job["id"]).values(values))
    return {**job, **values}


def _work_all(engine: Engine, leased: Sequence[Job]) -> int:
    if len(leased) > 1:
        with ThreadPoolExecutor(min(PARALLEL, len(leased))) as pool:
            list(pool.map(lambda job: work(engine, job), leased))
    elif leased:
        work(engine, leased[0])
    return len(leased)


def work(engine: Engine, job: Job) -> None:
    """Calls the connector of a leased job and applies the answer, or what its failure means."""
    if job["operation"] in engine.operations:
        _work_inside(engine, job)
        return
    connector = engine.connectors.get(job["operation"])
    try:
        if connector is None:
            raise ConnectorUnavailable(f"no connector is bound to {job['operation']}")
        answer = connector.call(
            from_json(orjson.loads(job["input"])),  # type: ignore[arg-type]  # the input was stored as a mapping
            idempotency_key=job["idempotency_key"],
            timeout_seconds=seconds(job["properties"].get("timeout"), TIMEOUT),
        )
    except ConnectorRefused as refused:
        _apply(engine, job, Throw(job["wait_id"], refused.code, str(refused), refused.variables))
    except Exception as failure:
        _failed(engine, job, f"{type(failure).__name__}: {failure}")
    else:
        _apply(engine, job, Complete(job["wait_id"], answer))


def _work_inside(engine: Engine, job: Job) -> None:
    """An internal operation that was left for later because its transaction had done enough."""
    with engine.begin(SYSTEM) as tx:
        lock(tx, job["instance_id"])
        if _holds(tx, job):
            move(tx, job["instance_id"], lambda run: run.resume_inline(job["instance_id"], job["wait_id"]))


def _apply(engine: Engine, job: Job, event: Event) -> None:
    try:
        with engine.begin(SYSTEM) as tx:
            lock(tx, job["instance_id"])
            if _holds(tx, job):
                step(tx, job["instance_id"], event)
            else:
                log.info("job.answer_ignored", extra={"job_id": job["id"], "fence": job["fence"]})
    except TongbanError as refused:
        _failed(engine, job, refused.sentence("en"))


def _holds(tx: Transaction, job: Job) -> bool:
    """Whether the lease is still ours: the job is there and nobody took it since."""
    return bool(tx.value(sa.select(jobs.c.fence).where(jobs.c.id == job["id"])) == job["fence"])


def _failed(engine: Engine, job: Job, reason: str) -> None:
    log.warning("job.failed", extra={"job_id": job["id"], "operation": job["operation"], "attempt": job["attempts"]})
    with engine.begin(SYSTEM) as tx:
        lock(tx, job["instance_id"])
        if not _holds(tx, job):
            return
        if job["attempts"] < job["max_attempts"]:
            _again(tx, job, reason)
        elif job["properties"].get("exhausted.error"):
            step(tx, job["instance_id"], Throw(job["wait_id"], job["properties"]["exhausted.error"], reason))
        else:
            _park(tx, job, reason)


def _again(tx: Transaction, job: Job, reason: str) -> None:
    base = seconds(job["properties"].get("retry.backoff"), BACKOFF)
    pause = min(base * 2 ** (job["attempts"] - 1), LONGEST_PAUSE) * random.uniform(0.8, 1.2)  # noqa: S311  jitter
    values = {"state": "waiting", "due_at": tx.now + timedelta(seconds=pause), "last_error": reason}
    tx.connection.execute(
        jobs.update().where(jobs.c.id == job["id"]).values({**values, "lease_owner": None, "lease_until": None})
    )


def _park(tx: Transaction, job: Job, reason: str) -> None:
    tx.connection.execute(jobs.update().where(jobs.c.id == job["id"]).values(state="incident", last_error=reason))
    instance = tx.rows(sa.select(instances).where(instances.c.id == job["instance_id"]))[0]
    tries, name = job["attempts"], job["operation"]
    en = f"Expected {name} to answer, but it failed {tries} times, last with: {reason}. Mend the cause, then retry."
    zh = f"“{name}”连续 {tries} 次未成功，最后一次：{reason}。请排除原因后重试。"
    troubles.raise_for_job(tx, job, instance, "job.exhausted", en, zh)


def _next_due(engine: Engine, root_id: str) -> float | None:
    """Seconds until the root's next job may be tried, None when it has none left to wait for."""
    with engine.read(SYSTEM) as tx:
        query = sa.select(sa.func.min(jobs.c.due_at)).where(jobs.c.root_id == root_id, jobs.c.state != "incident")
        due = tx.value(query)
        return None if due is None else (due - tx.now).total_seconds()
