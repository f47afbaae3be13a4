"""What operators see of the work that waits: queues by service and connector, late timers, and how the connectors are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.models.outside import topics
from engine.models.work import jobs, timers
from engine.ports import Check
from engine.runtime import calls, lanes
from engine.transaction import Engine, Transaction

CAP = 1000


@dataclass(frozen=True, slots=True)
class Queue:
    """One service and connector. waiting: jobs due now or later, counted up to CAP. lag_seconds: of the most overdue.

    is_outside: fetched by other systems."""

    process_id: str
    operation: str
    waiting: int
    lag_seconds: float
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """A connector: what it says of itself, and what this process has seen of it. is_resting: its breaker is open."""

    operation: str
    check: Check
    calls: int
    failures: int
    in_flight: int
    is_resting: bool
    last_failure: str


def listing(tx: Transaction) -> Sequence[Queue]:
    """Every queue that is not empty, ours and those that other systems fetch from."""
    return [_queue(tx, lane, state) for state in ("waiting", "offered") for lane in lanes.waiting(tx, state)]


def _queue(tx: Transaction, lane: str, state: str) -> Queue:
    mine = sa.and_(jobs.c.state == state, jobs.c.lane == lane)
    some = sa.select(jobs.c.id).where(mine).limit(CAP).subquery()
    first = tx.value(sa.select(sa.func.min(jobs.c.due_at)).where(mine))
    process_id, _, operation = lane.rpartition(":")
    late = 0.0 if first is None else max(0.0, (tx.now - first).total_seconds())
    return Queue(process_id, operation, tx.value(sa.select(sa.func.count()).select_from(some)), late, state == "offered")


def topic_rows(tx: Transaction, limit: int = 200) -> Sequence[Mapping[str, Any]]:
    """The topics other systems ask for: {name, worker, asked_at}."""
    return tx.rows(sa.select(topics).order_by(topics.c.name).limit(limit))


def job_rows(tx: Transaction, *, state: str = "", after: str | None = None, limit: int = 50) -> Sequence[Mapping[str, Any]]:
    """Jobs, newest first; without what they carry. state: waiting | leased | held | incident."""
    query = sa.select(*(c for c in jobs.c if c.name not in ("input", "properties"))).order_by(jobs.c.id.desc()).limit(limit)
    query = query.where(jobs.c.state == state) if state else query
    return tx.rows(query.where(jobs.c.id < after) if after else query)


def timer_rows(tx: Transaction, limit: int = 50) -> Sequence[Mapping[str, Any]]:
    """The timers that are due next, the latest of them first."""
    return tx.rows(sa.select(timers).where(timers.c.due_at.is_not(None)).order_by(timers.c.due_at).limit(limit))


def connectors(engine: Engine) -> Sequence[Health]:
    """The health of every connector; asks them, so never within a transaction."""
    return [_health(engine, operation) for operation in sorted(engine.connectors)]


def _health(engine: Engine, operation: str) -> Health:
    known = calls.breaker(engine, operation)
    try:
        said = engine.connectors[operation].check()
    except Exception as broken:  # an adapter that cannot even say how it is
        said = Check(False, f"{type(broken).__name__}: {broken}", f"{type(broken).__name__}：{broken}")
    resting = known.rests_until is not None
    return Health(operation, said, known.calls, known.failures, known.in_flight, resting, known.last_failure)
