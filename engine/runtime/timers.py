"""Timers: due rows are fired inside the transaction that claims them, so each fires exactly once."""

import logging
from datetime import timedelta

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.bpmn.terms import Fire
from engine.errors import Conflict, TongbanError
from engine.models.work import timers
from engine.runtime import start_timers
from engine.runtime.step import step, try_lock
from engine.transaction import Engine, Transaction

log = logging.getLogger("tongban.timers")
RETRY = timedelta(minutes=1)


def sweep(engine: Engine, limit: int = 50) -> int:
    """Fires up to `limit` due timers, each in a transaction of its own; returns how many were looked at."""
    due = _due(engine, limit)
    for instance_id, wait_id in due:
        try:
            with engine.begin(SYSTEM) as tx:
                fire(tx, instance_id, wait_id)
        except TongbanError as refused:
            _postpone(engine, instance_id, wait_id, refused)
    return len(due) + start_timers.sweep(engine, limit)


def fire(tx: Transaction, instance_id: str, wait_id: str) -> bool:
    """Fires one timer if it is still there and due; whether it did. Another worker may have been first: then nothing happens."""
    if not try_lock(tx, instance_id):
        return False
    mine = sa.and_(timers.c.instance_id == instance_id, timers.c.wait_id == wait_id, timers.c.due_at <= tx.now)
    if tx.value(sa.select(timers.c.wait_id).where(mine)) is None:
        return False
    step(tx, instance_id, Fire(wait_id))
    return True


def _due(engine: Engine, limit: int) -> list[tuple[str, str]]:
    """The earliest due timers."""
    with engine.read(SYSTEM) as tx:
        query = sa.select(timers.c.instance_id, timers.c.wait_id).where(timers.c.due_at <= tx.now)
        rows = tx.connection.execute(query.order_by(timers.c.due_at, timers.c.instance_id).limit(limit))
        return [(row.instance_id, row.wait_id) for row in rows]


def _postpone(engine: Engine, instance_id: str, wait_id: str, refused: TongbanError) -> None:
    """A timer that cannot fire now (its instance is suspended, an operation refused) is tried again, ever later."""
    if isinstance(refused, Conflict):
        log.info("timer.postponed", extra={"instance_id": instance_id, "wait_id": wait_id, "reason": refused.code})
    else:
        log.warning("timer.failed", extra={"instance_id": instance_id, "wait_id": wait_id, "reason": refused.code})
    with engine.begin(SYSTEM) as tx:
        later = timers.update().where(timers.c.instance_id == instance_id, timers.c.wait_id == wait_id)
        attempts = tx.value(sa.select(timers.c.attempts).where(timers.c.instance_id == instance_id, timers.c.wait_id == wait_id))
        if attempts is not None:
            tx.connection.execute(later.values(due_at=tx.now + RETRY * min(2**attempts, 60), attempts=attempts + 1))


def lag(tx: Transaction) -> timedelta:
    """How late the most overdue timer is; zero when none is due."""
    earliest = tx.value(sa.select(sa.func.min(timers.c.due_at)))
    return max(tx.now - earliest, timedelta()) if earliest is not None else timedelta()
