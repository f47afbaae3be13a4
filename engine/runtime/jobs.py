"""Jobs: outside work, at least once.

A job is leased with a fence number in one transaction, its connector is called outside any, and its answer is applied in a third.
A worker that slept through its lease and wakes with an old fence is ignored. What fails is tried again after a growing pause with
jitter; when the attempts are used up it becomes the BPMN error the diagram asked for, or an incident with a sentence."""

import logging
import random
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import timedelta
from functools import partial
from typing import Any

import orjson
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.bpmn.terms import Complete, Throw
from engine.errors import TongbanError
from engine.feel import to_json
from engine.models.work import jobs
from engine.runtime import calls, failing, lanes, messages, places
from engine.runtime.calls import Breaker, Failure
from engine.runtime.step import lock, move, step
from engine.transaction import Engine, Transaction, again

log = logging.getLogger("tongban.jobs")
Job = Mapping[str, Any]
Answer = Complete | Throw | Failure
PARALLEL, PATIENCE = 8, 1.0
"""Jobs leased at once, and seconds that a sweep waits for those it began."""


def sweep(engine: Engine, worker_id: str, limit: int = 50) -> int:
    """Does up to `limit` due jobs of all roots, several at once and each service in its turn; returns how many it leased.

    Waits for what it began, for calls outside not for ever: one that hangs holds up no other and applies its answer itself."""
    until, total = time.monotonic() + PATIENCE, 0
    inside, outside = set[Future[None]](), set[Future[None]]()
    while total < limit:
        leased = lease(engine, worker_id, min(limit - total, PARALLEL))
        total += len(leased)
        for job in leased:
            (inside if job["operation"] in engine.operations else outside).add(calls.submit(engine, job, work))
        if not inside and not outside:
            break
        if len(leased) < PARALLEL:
            patience = None if inside else max(until - time.monotonic(), 0)
            running = wait(inside | outside, timeout=patience, return_when=FIRST_COMPLETED).not_done
            inside, outside = inside & running, outside & running
            if not inside and time.monotonic() >= until:
                break
    wait(inside)
    wait(outside, timeout=max(until - time.monotonic(), 0))
    return total


def drain(engine: Engine, root_id: str, within_seconds: float, kept: Sequence[Job] = ()) -> bool:
    """Does a root's own jobs and messages right away; whether it came to rest within the time.

    Called by a request after its commit, so that an instant decision is in its answer. kept: jobs that the request's transaction
    leased as it made them; without any, the root's due jobs are leased here. When too many wait already, a worker does it."""
    if within_seconds <= 0:
        return False
    asked = {job["lane"] for job in kept}
    if not places.take(asked):
        _hand_over(engine, kept)
        return False
    try:
        return _drain(engine, root_id, within_seconds, kept)
    finally:
        places.leave(asked)


def _hand_over(engine: Engine, kept: Sequence[Job]) -> None:
    """Nobody has time for them here: any worker may take them at once, and no attempt is lost."""
    with engine.begin(SYSTEM) as tx:
        for job in kept:
            mine = sa.and_(jobs.c.id == job["id"], jobs.c.fence == job["fence"], jobs.c.state == "leased")
            free = {"state": "waiting", "lease_owner": None, "lease_until": None, "attempts": job["attempts"] - 1}
            tx.connection.execute(jobs.update().where(mine).values(free))
        tx.has_more = True


def _drain(engine: Engine, root_id: str, within_seconds: float, kept: Sequence[Job]) -> bool:
    until = time.monotonic() + within_seconds
    leased = kept or lease(engine, engine.worker_id, PARALLEL, root_id=root_id)
    while True:
        if leased:
            leased, has_more = _round(engine, root_id, leased, until)
            if not leased and not has_more:
                return True
        if time.monotonic() >= until:
            return False
        worked = len(leased) or messages.sweep(engine, PARALLEL, from_root_id=root_id)
        leased = leased or lease(engine, engine.worker_id, PARALLEL, root_id=root_id)
        if not worked and not leased:
            pause = _next_due(engine, root_id)
            if pause is None:
                return True
            time.sleep(min(max(pause, 0.01), 0.2, max(until - time.monotonic(), 0)))


def follow(tx: Transaction, root_id: str) -> None:
    """Does what a committed transaction has left to its own process, for as long as a request may wait; often nothing."""
    if tx.kept or tx.has_more or not tx.keeps_jobs:
        drain(tx.engine, root_id, tx.engine.settings.drain_seconds, tx.kept)


def _round(engine: Engine, root_id: str, leased: Sequence[Job], until: float) -> tuple[Sequence[Job], bool]:
    """Asks all connectors at once and applies in one step what they answer in time; the rest applies itself when it comes.

    Gives the jobs that followed, leased already, and whether there is anything else to look for."""
    asked = {calls.submit(engine, job, _ask): job for job in leased}
    done, late = wait(asked, timeout=max(until - time.monotonic(), 0))
    for future in late:
        future.add_done_callback(partial(_applied_late, engine, asked[future]))
    answers = [(job, future.result()) for future, job in asked.items() if future in done]
    good = [(job, answer) for job, answer in answers if isinstance(answer, (Complete, Throw))]
    kept, has_more = _apply_all(engine, root_id, good) if good else ((), False)
    for job, answer in answers:
        if isinstance(answer, Failure):
            _failed(engine, job, answer)
            has_more = True
    return kept, has_more or bool(late) or any(answer is None for _, answer in answers)


def _ask(engine: Engine, job: Job) -> Answer | None:
    """What the connector's answer or failure means; None when there is nothing to apply: internal work is done here and now,
    and while a breaker is open nothing is asked. A job whose last lease ran out has failed: it would hang for ever."""
    if job["attempts"] > job["max_attempts"]:
        return Failure("there was no answer before its lease ended")
    if job["operation"] in engine.operations:
        again(partial(_work_inside, engine, job))
        return None
    known = calls.breaker(engine, job["operation"])
    if not known.admits(job["leased_at"]):
        return _unasked(engine, job, known)
    answer = calls.call(engine, job)
    known.took(answer if isinstance(answer, Failure) else None, job["leased_at"])
    return answer


def _unasked(engine: Engine, job: Job, known: Breaker) -> Failure | None:
    """The job waits without losing an attempt, unless its diagram has another way to go."""
    if job["properties"].get("exhausted.error"):
        return Failure(f"not asked: it has failed {known.failures} times in a row, last with {known.last_failure}")
    with engine.begin(SYSTEM) as tx:
        due = (known.rests_until or tx.now) + timedelta(seconds=random.uniform(0, 2))  # noqa: S311  jitter
        free = {"state": "waiting", "lease_owner": None, "lease_until": None, "due_at": max(due, tx.now)}
        mine = sa.and_(jobs.c.id == job["id"], jobs.c.fence == job["fence"])
        tx.connection.execute(jobs.update().where(mine).values({**free, "attempts": jobs.c.attempts - 1}))
    return None


def _applied_late(engine: Engine, job: Job, future: "Future[Answer | None]") -> None:
    answer = future.result()
    if answer is not None:
        _apply(engine, job, answer)


def _apply_all(engine: Engine, root_id: str, answers: Sequence[tuple[Job, Complete | Throw]]) -> tuple[Sequence[Job], bool]:
    """The answers of one root in one step; one by one when together they are refused."""
    try:
        return again(partial(_apply_together, engine, root_id, answers))
    except TongbanError:
        for job, answer in answers:
            _apply(engine, job, answer)
        return (), True


def _apply_together(engine: Engine, root_id: str, answers: Sequence[tuple[Job, Complete | Throw]]) -> tuple[Sequence[Job], bool]:
    with engine.begin(SYSTEM, keeps_jobs=True) as tx:
        lock(tx, root_id)
        held = _held(tx, [job for job, _ in answers])
        events = [(job["instance_id"], answer) for job, answer in answers if job["id"] in held]
        if events:
            move(tx, root_id, lambda run: run.apply_all(events))
        return tx.kept, tx.has_more


def _held(tx: Transaction, leased: Sequence[Job]) -> set[str]:
    """Ids of the jobs whose lease is still ours."""
    fences = {job["id"]: job["fence"] for job in leased}
    rows = tx.find_all(jobs, "id", "fence", id=list(fences))
    return {row["id"] for row in rows if fences[row["id"]] == row["fence"]}


def lease(engine: Engine, worker_id: str, limit: int, *, root_id: str | None = None) -> Sequence[Job]:
    """Takes due jobs, those with a lease that ran out included; each take raises the fence.

    Without a root every service and connector gets its turn, and none more than its share of the calls at once."""
    with engine.begin(SYSTEM) as tx:
        taken = _of_root(tx, root_id, limit) if root_id is not None else lanes.due(tx, limit)
        return [_take(tx, worker_id, job) for job in taken]


def _of_root(tx: Transaction, root_id: str, limit: int) -> Sequence[Job]:
    free = sa.or_(jobs.c.state == "waiting", sa.and_(jobs.c.state == "leased", jobs.c.lease_until < tx.now))
    query = sa.select(jobs).where(jobs.c.root_id == root_id, free, jobs.c.due_at <= tx.now).order_by(jobs.c.due_at).limit(limit)
    return tx.rows(query.with_for_update(skip_locked=True))


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
    values = lanes.leased_by(tx, worker_id, job["properties"], fence=job["fence"] + 1, attempts=job["attempts"] + 1)
    tx.connection.execute(jobs.update().where(jobs.c.id == job["id"]).values(values))
    return {**job, **values, "leased_at": tx.now}


def work(engine: Engine, job: Job) -> None:
    """Calls the connector of a leased job and applies the answer, or what its failure means."""
    answer = _ask(engine, job)
    if answer is not None:
        _apply(engine, job, answer)


def _work_inside(engine: Engine, job: Job) -> None:
    """An internal operation that was left for later because its transaction had done enough."""
    with engine.begin(SYSTEM) as tx:
        lock(tx, job["instance_id"])
        if _holds(tx, job):
            slice = int(job["properties"].get("slice", 1))
            move(tx, job["instance_id"], lambda run: run.resume_inline(job["instance_id"], job["wait_id"], slice=slice))


def _apply(engine: Engine, job: Job, answer: Answer) -> None:
    """Safe to repeat: once applied, the job and its fence are gone."""
    try:
        again(partial(_apply_once, engine, job, answer))
    except TongbanError as refused:
        again(partial(_failed, engine, job, refused.sentence("en")))


def _apply_once(engine: Engine, job: Job, answer: Answer) -> None:
    if isinstance(answer, Failure):
        _failed(engine, job, answer)
        return
    with engine.begin(SYSTEM) as tx:
        lock(tx, job["instance_id"])
        if _holds(tx, job):
            step(tx, job["instance_id"], answer)
        else:
            log.info("job.answer_ignored", extra={"job_id": job["id"], "fence": job["fence"]})


def _holds(tx: Transaction, job: Job) -> bool:
    """Whether the lease is still ours: the job is there and nobody took it since."""
    return bool(_held(tx, [job]))


def _failed(engine: Engine, job: Job, reason: str) -> None:
    log.warning("job.failed", extra={"job_id": job["id"], "operation": job["operation"], "attempt": job["attempts"]})
    with engine.begin(SYSTEM) as tx:
        lock(tx, job["instance_id"])
        if _holds(tx, job):
            failing.failed(tx, job, reason)


def again_now(tx: Transaction, job_id: str, corrected: Mapping[str, object]) -> None:
    """A parked job is due at once, with all its attempts. corrected: values that replace those of its input by name."""
    row = tx.row(sa.select(jobs).where(jobs.c.id == job_id).with_for_update())
    if row is None:
        return
    given = orjson.loads(row["input"])
    given |= {name: to_json(value) for name, value in corrected.items() if name in given}
    state = lanes.state_at_rest(tx.engine, row["operation"])
    free = {"state": state, "attempts": 0, "due_at": tx.now, "fence": row["fence"] + 1}
    tx.connection.execute(jobs.update().where(jobs.c.id == job_id).values(input=orjson.dumps(given).decode(), **free))
    tx.has_more = True


def _next_due(engine: Engine, root_id: str) -> float | None:
    """Seconds until the root's next job may be tried, None when it has none left to wait for."""
    with engine.read(SYSTEM) as tx:
        query = sa.select(sa.func.min(jobs.c.due_at)).where(jobs.c.root_id == root_id, jobs.c.state.in_(("waiting", "leased")))
        due = tx.value(query)
        return None if due is None else (due - tx.now).total_seconds()
