"""What an operator does about incidents: look, retry, correct and retry, skip."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.bpmn.terms import Complete, Retry
from engine.errors import Conflict, NotFound
from engine.models.work import incidents, jobs
from engine.runtime.step import lock, move, step
from engine.transaction import Transaction


class IncidentSettled(Conflict):
    """Expected an open incident {key}, but it was settled by {who} at {at}; reload the list."""

    zh = "事故 {key} 已由 {who} 于 {at} 处理；请刷新列表。"


def listing(tx: Transaction, *, state: str = "open", after: str | None = None, limit: int = 50) -> Sequence[Mapping[str, Any]]:
    """Incidents, newest first; after: id of the last one seen."""
    query = sa.select(incidents).where(incidents.c.state == state).order_by(incidents.c.id.desc()).limit(limit)
    return tx.rows(query if after is None else query.where(incidents.c.id < after))


def get(tx: Transaction, incident_id: str) -> Mapping[str, Any]:
    """An incident by id. Raises NotFound."""
    row = tx.row(sa.select(incidents).where(incidents.c.id == incident_id))
    if row is None:
        raise NotFound(thing=("事故", "incident"), key=incident_id)
    return row


def retry(tx: Transaction, incident_id: str, variables: Mapping[str, object] | None = None) -> None:
    """Tries again what failed, with corrected variables if some are given. Raises IncidentSettled."""
    row = _open(tx, incident_id)
    if row["kernel_id"] is not None:
        step(tx, row["instance_id"], Retry(row["kernel_id"], variables or {}))
    elif row["job_id"] is not None:
        again = jobs.update().where(jobs.c.id == row["job_id"])
        tx.connection.execute(again.values(state="waiting", attempts=0, due_at=tx.now, fence=jobs.c.fence + 1))
    else:
        move(tx, row["instance_id"], lambda run: run.resume_inline(row["instance_id"], row["wait_id"]))
    _settle(tx, row, "edit" if variables else "retry")


def skip(tx: Transaction, incident_id: str, variables: Mapping[str, object] | None = None) -> None:
    """Goes on as if the element had completed with these variables. Raises IncidentSettled."""
    row = _open(tx, incident_id)
    if row["kernel_id"] is not None:
        step(tx, row["instance_id"], Retry(row["kernel_id"], variables or {}, skip=True))
    else:
        step(tx, row["instance_id"], Complete(row["wait_id"], variables or {}))
    _settle(tx, row, "skip")


def _open(tx: Transaction, incident_id: str) -> Mapping[str, Any]:
    lock(tx, get(tx, incident_id)["instance_id"])
    row = get(tx, incident_id)
    if row["state"] != "open":
        raise IncidentSettled(key=incident_id, who=row["resolved_by"], at=row["resolved_at"])
    return row


def _settle(tx: Transaction, row: Mapping[str, Any], how: str) -> None:
    settled = incidents.update().where(incidents.c.id == row["id"])
    tx.connection.execute(settled.values(state="resolved", resolved_at=tx.now, resolved_by=tx.actor.id, resolution=how))
