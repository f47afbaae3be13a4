"""Which jobs come next: each service and connector in its turn, so that a heap of one delays no other.

A lane is a process and an operation. The lanes with work are found by leaps through one index, whatever the number of jobs."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.models.work import jobs
from engine.runtime import calls
from engine.runtime.durations import seconds
from engine.transaction import Engine, Transaction

LEASE_MARGIN = 20.0
_MOST_LANES = 500


def name(process_id: str, operation: str) -> str:
    """The lane of a job; the operation comes last."""
    return f"{process_id}:{operation}"


def due(tx: Transaction, limit: int) -> Sequence[Mapping[str, Any]]:
    """Up to `limit` due jobs, locked, an equal part from every lane; those whose lease ran out come first."""
    lost = sa.select(jobs).where(jobs.c.state == "leased", jobs.c.lease_until < tx.now).limit(limit)
    found = tx.rows(lost.with_for_update(skip_locked=True))
    names = waiting(tx)
    while names and len(found) < limit:
        share = -(-(limit - len(found)) // len(names))
        names = [lane for lane in names if len(found) < limit and _take_from(tx, lane, min(share, limit - len(found)), found)]
    return found


def _take_from(tx: Transaction, lane: str, share: int, found: list[dict[str, Any]]) -> bool:
    """Adds to `found`; whether the lane may have more."""
    operation = lane.rsplit(":", 1)[-1]
    mine = sum(job["operation"] == operation for job in found)
    share = min(share, calls.room(tx.engine, operation) - mine)
    if share <= 0:
        return False
    taken = [job["id"] for job in found if job["lane"] == lane]
    query = sa.select(jobs).where(jobs.c.state == "waiting", jobs.c.lane == lane, jobs.c.due_at <= tx.now)
    query = query.where(jobs.c.id.not_in(taken)) if taken else query
    rows = tx.rows(query.order_by(jobs.c.priority.desc(), jobs.c.due_at).limit(share).with_for_update(skip_locked=True))
    found.extend(rows)
    return len(rows) == share


def state_at_rest(engine: Engine, operation: str) -> str:
    """Where a job of ours waits for its turn, and one that no connector is bound to for a worker of another system."""
    return "waiting" if operation in engine.connectors or operation in engine.operations else "offered"


def at_rest(engine: Engine) -> sa.ColumnElement[str]:
    """The same for an update of many jobs."""
    ours = jobs.c.operation.in_([*engine.connectors, *engine.operations])
    return sa.case((ours, "waiting"), else_="offered")


def waiting(tx: Transaction, state: str = "waiting") -> list[str]:
    """The lanes with waiting (or offered) jobs, in a turn that begins elsewhere each time."""
    first = sa.select(sa.func.min(jobs.c.lane).label("lane")).where(jobs.c.state == state)
    known = first.cte("lanes", recursive=True)
    after = sa.select(sa.func.min(jobs.c.lane)).where(jobs.c.state == state, jobs.c.lane > known.c.lane).scalar_subquery()
    known = known.union_all(sa.select(after).where(known.c.lane.is_not(None)))
    found = tx.connection.execute(sa.select(known.c.lane).where(known.c.lane.is_not(None)).limit(_MOST_LANES)).scalars().all()
    turn = tx.now.microsecond % len(found) if found else 0
    return [*found[turn:], *found[:turn]]


def leased_by(tx: Transaction, worker_id: str, properties: Mapping[str, Any], *, fence: int, attempts: int) -> dict[str, Any]:
    """The columns of a job that is taken: its lease outlives its time-out."""
    patience = seconds(properties.get("timeout"), calls.TIMEOUT) + LEASE_MARGIN
    until = tx.now + timedelta(seconds=patience)
    return {"state": "leased", "lease_owner": worker_id, "lease_until": until, "fence": fence, "attempts": attempts}
