"""What a job's failure means: another try after a pause, the BPMN error its diagram asked for, or an incident with a sentence."""

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from engine.bpmn.terms import Throw
from engine.models.instances import instances
from engine.models.work import jobs
from engine.runtime import lanes, troubles
from engine.runtime.durations import seconds
from engine.runtime.step import step
from engine.transaction import Transaction

Job = Mapping[str, Any]
BACKOFF, LONGEST_PAUSE = 2.0, 3600.0


def failed(tx: Transaction, job: Job, reason: str, pause: timedelta | None = None) -> None:
    """Decides by the attempts the job has used; the caller holds its root and its lease. pause: before the next one."""
    if job["attempts"] < job["max_attempts"]:
        _again(tx, job, reason, _pause(job) if pause is None else pause)
    elif job["properties"].get("exhausted.error"):
        step(tx, job["instance_id"], Throw(job["wait_id"], job["properties"]["exhausted.error"], reason))
    else:
        _park(tx, job, reason)


def given(job: Job) -> object:
    """The input of a job as exact JSON."""
    return orjson.loads(job["input"])


def _pause(job: Job) -> timedelta:
    base = seconds(job["properties"].get("retry.backoff"), BACKOFF)
    return timedelta(seconds=min(base * 2 ** (job["attempts"] - 1), LONGEST_PAUSE) * random.uniform(0.8, 1.2))  # noqa: S311  jitter


def _again(tx: Transaction, job: Job, reason: str, pause: timedelta) -> None:
    values = {"state": lanes.state_at_rest(tx.engine, job["operation"]), "due_at": tx.now + pause, "last_error": reason}
    free = {**values, "lease_owner": None, "lease_until": None}
    tx.connection.execute(jobs.update().where(jobs.c.id == job["id"]).values(free))


def _park(tx: Transaction, job: Job, reason: str) -> None:
    tx.connection.execute(jobs.update().where(jobs.c.id == job["id"]).values(state="incident", last_error=reason))
    instance = tx.rows(sa.select(instances).where(instances.c.id == job["instance_id"]))[0]
    tries, name = job["attempts"], job["operation"]
    en = f"Expected {name} to answer, but it failed {tries} times, last with: {reason}. Mend the cause, then retry."
    zh = f"“{name}”连续 {tries} 次未成功，最后一次：{reason}。请排除原因后重试。"
    troubles.raise_for_job(tx, job, instance, "job.exhausted", en, zh)
