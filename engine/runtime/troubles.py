"""Incidents as rows: what the kernel, a job or a call could not do, until an operator or the case itself settles it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.bpmn.terms import RaiseIncident, Wait
from engine.errors import NotFound, TongbanError
from engine.feel import to_plain
from engine.models.base import new_id
from engine.models.work import incidents
from engine.runtime.run import Loaded
from engine.transaction import Transaction


def record(tx: Transaction, loaded: Loaded) -> None:
    """Writes what the kernel raised and closes what it settled; an ended instance has no open incident."""
    raised = [e for e in loaded.effects if isinstance(e, RaiseIncident)]
    settled = [e.incident_id for e in loaded.effects if not isinstance(e, RaiseIncident) and hasattr(e, "incident_id")]
    for effect in raised:
        row = {"kernel_id": effect.incident_id, "code": effect.code, "en": effect.en, "zh": effect.zh}
        facts = {name: to_plain(value) for name, value in effect.values.items()}
        tx.connection.execute(incidents.insert(), {**_common(tx, loaded, effect.element_id), **row, "facts": facts})
    if settled:
        _close(tx, (incidents.c.instance_id == loaded.id, incidents.c.kernel_id.in_(settled)), "settled")
    if loaded.has_ended and not loaded.is_new:
        _close(tx, (incidents.c.instance_id == loaded.id,), "ended")


def record_refused_calls(tx: Transaction, refused: Sequence[tuple[Loaded, Wait, TongbanError]]) -> None:
    """A called process that is not there is an incident of the caller."""
    for loaded, wait, why in refused:
        row: dict[str, Any] = {
            "wait_id": wait.id,
            "code": "call.missing" if isinstance(why, NotFound) else "call.spins",
            "en": why.sentence("en"),
            "zh": why.sentence("zh"),
            "facts": {},
        }
        tx.connection.execute(incidents.insert(), {**_common(tx, loaded, wait.element_id), **row})


def raise_for_job(tx: Transaction, job: Mapping[str, Any], instance: Mapping[str, Any], code: str, en: str, zh: str) -> None:
    """An incident of a job that has used up its attempts."""
    row = {
        "id": new_id(),
        "root_id": job["root_id"],
        "instance_id": job["instance_id"],
        "process_id": instance["process_id"],
        "business_key": instance["business_key"],
        "element_id": job["element_id"],
        "job_id": job["id"],
        "wait_id": job["wait_id"],
        "code": code,
        "en": en,
        "zh": zh,
        "facts": {"operation": job["operation"], "attempts": job["attempts"]},
        "state": "open",
        "raised_at": tx.now,
    }
    tx.connection.execute(incidents.insert(), row)


def forget(tx: Transaction, instance_id: str, wait_ids: Iterable[str]) -> None:
    """Closes the incidents of waits that are gone."""
    _close(tx, (incidents.c.instance_id == instance_id, incidents.c.wait_id.in_(list(wait_ids))), "settled")


def _close(tx: Transaction, which: tuple[Any, ...], resolution: str) -> None:
    closed = incidents.update().where(*which, incidents.c.state == "open")
    tx.connection.execute(closed.values(state="resolved", resolved_at=tx.now, resolved_by=tx.actor.id, resolution=resolution))


def _common(tx: Transaction, loaded: Loaded, element_id: str) -> dict[str, Any]:
    row = loaded.row
    return {
        "id": new_id(),
        "root_id": row["root_id"],
        "instance_id": loaded.id,
        "process_id": row["process_id"],
        "business_key": row["business_key"],
        "element_id": element_id,
        "kernel_id": None,
        "wait_id": None,
        "state": "open",
        "raised_at": tx.now,
    }
