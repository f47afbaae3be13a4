"""Incidents as rows: what the kernel, a job or a call could not do, until an operator or the case itself settles it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.bpmn.terms import RaiseIncident, Wait, WaitKind
from engine.errors import NotFound, TongbanError
from engine.feel import to_plain
from engine.models.base import new_id
from engine.models.instances import instances
from engine.models.work import incidents, jobs
from engine.runtime.run import Loaded
from engine.transaction import Transaction

TIMER_FAILED, MESSAGE_FAILED = "timer.failed", "message.failed"
_SAID: Mapping[str, tuple[str, str]] = {
    TIMER_FAILED: (
        "Expected the timer {element_id} to fire, but it failed {attempts} times: {why} Mend the cause, then retry.",
        "定时“{element_id}”已到期，连续 {attempts} 次未能触发：{why} 请排除原因后重试。",
    ),
    MESSAGE_FAILED: (
        "Expected {element_id} to take message {name}, but it failed {attempts} times: {why} Mend the cause, then retry.",
        "“{element_id}”接收消息“{name}”连续 {attempts} 次未成功：{why} 请排除原因后重试。",
    ),
}
"""What is said, in English and Chinese, of a wait whose event could not be applied."""


def record(tx: Transaction, loaded: Loaded) -> None:
    """Writes what the kernel raised and closes what it settled; an ended instance has no open incident."""
    raised = [e for e in loaded.effects if isinstance(e, RaiseIncident)]
    settled = [e.incident_id for e in loaded.effects if not isinstance(e, RaiseIncident) and hasattr(e, "incident_id")]
    for effect in raised:
        facts = {name: to_plain(value) for name, value in effect.values.items()}
        at = {"kernel_id": effect.incident_id, "facts": facts}
        _write(tx, loaded.row, effect.element_id, at, (effect.code, effect.en, effect.zh))
    if settled:
        _close(tx, {"instance_id": loaded.id, "kernel_id": settled}, "settled")
    if loaded.has_ended and not loaded.is_new:
        _close(tx, {"instance_id": loaded.id}, "ended")


def record_refused(tx: Transaction, refused: Sequence[tuple[Loaded, Wait, TongbanError]]) -> None:
    """A called process that is not there, or a call or an operation that goes round, is an incident at its element."""
    for loaded, wait, why in refused:
        code = "call.missing" if isinstance(why, NotFound) else "call.spins"
        at = {"wait_id": wait.id, "job_id": _parked(tx, loaded, wait) if wait.kind is WaitKind.JOB else None}
        _write(tx, loaded.row, wait.element_id, at, (code, why.sentence("en"), why.sentence("zh")))


def _parked(tx: Transaction, loaded: Loaded, wait: Wait) -> str:
    """The job that would have gone on; when it is tried again, it may go round as often as at first."""
    mine = sa.and_(jobs.c.instance_id == loaded.id, jobs.c.wait_id == wait.id)
    tx.connection.execute(jobs.update().where(mine).values(state="incident", properties={}))
    return str(tx.value(sa.select(jobs.c.id).where(mine)))


def raise_for_job(tx: Transaction, job: Mapping[str, Any], instance: Mapping[str, Any], code: str, en: str, zh: str) -> None:
    """An incident of a job that has used up its attempts."""
    facts = {"operation": job["operation"], "attempts": job["attempts"]}
    at = {"job_id": job["id"], "wait_id": job["wait_id"], "facts": facts}
    _write(tx, instance, job["element_id"], at, (code, en, zh))


def raise_for_wait(tx: Transaction, wait: Mapping[str, Any], code: str, why: TongbanError | None, attempts: int) -> None:
    """A timer cannot fire or a catcher that cannot take its message. wait: its row. why: None for a defect."""
    instance = tx.row(sa.select(instances).where(instances.c.id == wait["instance_id"]))
    en, zh = _SAID[code]
    reasons = (why.sentence("en"), why.sentence("zh")) if why else ("an internal error, see the log.", "内部错误，详见日志。")
    known = {**wait, "attempts": attempts}
    said = (code, en.format(**known, why=reasons[0]), zh.format(**known, why=reasons[1]))
    if instance is not None:
        at = {"wait_id": wait["wait_id"], "facts": {"attempts": attempts, "message_id": wait.get("message_id")}}
        _write(tx, instance, wait["element_id"], at, said)


def forget(tx: Transaction, instance_id: str, wait_ids: Iterable[str]) -> None:
    """Closes the incidents of waits that are gone."""
    _close(tx, {"instance_id": instance_id, "wait_id": list(wait_ids)}, "settled")


def _close(tx: Transaction, which: Mapping[str, object], resolution: str) -> None:
    values = {"state": "resolved", "resolved_at": tx.now, "resolved_by": tx.actor.id, "resolution": resolution}
    tx.update(incidents, {**which, "state": "open"}, **values)


def _write(
    tx: Transaction, instance: Mapping[str, Any], element_id: str, at: Mapping[str, object], said: tuple[str, str, str]
) -> None:
    """at: what it belongs to and its facts. said: its code and its sentence in English and Chinese."""
    code, en, zh = said
    row = {
        "id": new_id(),
        "root_id": instance["root_id"],
        "instance_id": instance["id"],
        "process_id": instance["process_id"],
        "business_key": instance["business_key"],
        "element_id": element_id,
        "kernel_id": None,
        "job_id": None,
        "wait_id": None,
        "facts": {},
        "state": "open",
        "raised_at": tx.now,
    }
    tx.connection.execute(incidents.insert(), {**row, **at, "code": code, "en": en, "zh": zh})
