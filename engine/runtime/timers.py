"""Timers: due rows are fired inside the transaction that claims them, so each fires exactly once."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.bpmn.terms import Fire
from engine.errors import Conflict, TongbanError
from engine.models.instances import instances
from engine.models.work import timers
from engine.runtime import start_timers
from engine.runtime.step import step, try_lock
from engine.runtime.troubles import TIMER_FAILED, raise_for_wait
from engine.transaction import Engine, Transaction, again

log = logging.getLogger("tongban.timers")
RETRY, MOST_ATTEMPTS = timedelta(minutes=1), 5
SLICE = 20
"""Timers fired in one transaction: a commit is dearer than a step, and nobody waits long for a root."""
_DUE = (
    sa.select(timers.c.root_id, timers.c.instance_id, timers.c.wait_id)
    .join(instances, instances.c.id == timers.c.root_id)
    .where(timers.c.due_at <= sa.bindparam("now"))
    .limit(sa.bindparam("some"))
    .with_for_update(of=instances, skip_locked=True)
)
_EARLIEST, _LATEST = _DUE.order_by(timers.c.due_at), _DUE.order_by(timers.c.due_at.desc())
"""By the index alone: a second key would sort the whole heap of one instant for each slice."""
_OF_ROOTS = (
    sa.select(timers.c.instance_id, timers.c.wait_id)
    .join(instances, instances.c.id == timers.c.instance_id)
    .where(instances.c.root_id.in_(sa.bindparam("roots", expanding=True)), timers.c.due_at <= sa.bindparam("now"))
    .order_by(timers.c.due_at, timers.c.instance_id)
    .limit(sa.bindparam("some"))
)


def sweep(engine: Engine, limit: int = 50) -> int:
    """Fires up to `limit` due timers in slices; returns how many were looked at."""
    total, has_more = 0, True
    while total < limit and has_more:
        asked = min(limit - total, SLICE)
        looked_at = _fire_slice(engine, asked)
        total, has_more = total + looked_at, looked_at >= _half(asked)
    return total + start_timers.sweep(engine, limit)


def _fire_slice(engine: Engine, limit: int) -> int:
    """Many in one transaction, which takes the roots nobody else has; when one of them cannot fire, each in one of its own."""
    try:
        return again(partial(_fire_together, engine, limit))
    except Exception:  # one that breaks, in whatever way, must not keep all others from firing
        return _fire_each(engine, limit)


def _fire_together(engine: Engine, limit: int) -> int:
    """One half the earliest, the other the newest: of a heap that fell due together, what falls due meanwhile need not wait for
    the end. A root's own timers still fire in their order."""
    half = _half(limit)
    with engine.begin(SYSTEM) as tx:
        due = dict.fromkeys(_named(tx, _EARLIEST, half))
        if len(due) == half < limit:
            roots = [row.root_id for row in tx.connection.execute(_LATEST, {"now": tx.now, "some": limit - half})]
            due |= dict.fromkeys(_named(tx, _OF_ROOTS, limit - half, roots=roots))
        for instance_id, wait_id in due:
            _fire_held(tx, instance_id, wait_id)
        return len(due)


def _half(limit: int) -> int:
    return (limit + 1) // 2


def _named(tx: Transaction, query: sa.Executable, limit: int, **given: object) -> Iterator[tuple[str, str]]:
    for row in tx.connection.execute(query, {"now": tx.now, "some": limit, **given}):
        yield row.instance_id, row.wait_id


def _fire_each(engine: Engine, limit: int) -> int:
    due = _due(engine, limit)
    for instance_id, wait_id in due:
        try:
            with engine.begin(SYSTEM) as tx:
                fire(tx, instance_id, wait_id)
        except sa.exc.DBAPIError:
            raise
        except Exception as failure:
            _postpone(engine, instance_id, wait_id, failure)
    return len(due)


def fire(tx: Transaction, instance_id: str, wait_id: str) -> bool:
    """Fires one timer if it is still there and due; whether it did. Another worker may have been first: then nothing happens."""
    return try_lock(tx, instance_id) and _fire_held(tx, instance_id, wait_id)


def _fire_held(tx: Transaction, instance_id: str, wait_id: str) -> bool:
    row = tx.find(timers, "due_at", instance_id=instance_id, wait_id=wait_id)
    if row is None or row["due_at"] is None or row["due_at"] > tx.now:
        return False
    step(tx, instance_id, Fire(wait_id))
    return True


def _due(engine: Engine, limit: int) -> list[tuple[str, str]]:
    """The earliest due timers."""
    with engine.read(SYSTEM) as tx:
        query = sa.select(timers.c.instance_id, timers.c.wait_id).where(timers.c.due_at <= tx.now)
        rows = tx.connection.execute(query.order_by(timers.c.due_at).limit(limit))
        return [(row.instance_id, row.wait_id) for row in rows]


def _postpone(engine: Engine, instance_id: str, wait_id: str, refused: Exception) -> None:
    """A timer that cannot fire now is tried again, ever later; one that fails, rather than having to wait, becomes an incident.

    A suspended instance or a person who was faster (Conflict) is no failure."""
    has_failed = not isinstance(refused, Conflict)
    facts = {"instance_id": instance_id, "wait_id": wait_id, "reason": type(refused).__name__}
    defect = None if isinstance(refused, TongbanError) else refused
    log.log(logging.WARNING if has_failed else logging.INFO, "timer.postponed", extra=facts, exc_info=defect)
    with engine.begin(SYSTEM) as tx:
        mine = sa.and_(timers.c.instance_id == instance_id, timers.c.wait_id == wait_id)
        row = tx.row(sa.select(timers).where(mine).with_for_update())
        if row is None:
            return
        attempts, due = row["attempts"] + 1, tx.now + RETRY * min(2 ** row["attempts"], 60)
        if has_failed and attempts >= MOST_ATTEMPTS:
            raise_for_wait(tx, row, TIMER_FAILED, None if defect else refused, attempts)  # type: ignore[arg-type]  # no defect is ours
            due = None
        tx.connection.execute(timers.update().where(mine).values(due_at=due, attempts=attempts))


def again_now(tx: Transaction, instance_id: str, wait_id: str) -> None:
    """A parked timer is due at once."""
    mine = sa.and_(timers.c.instance_id == instance_id, timers.c.wait_id == wait_id)
    tx.connection.execute(timers.update().where(mine).values(due_at=tx.now, attempts=0))
    tx.has_more = True


def lag(tx: Transaction) -> timedelta:
    """How late the most overdue timer is; zero when none is due."""
    earliest = tx.value(sa.select(sa.func.min(timers.c.due_at)))
    return max(tx.now - earliest, timedelta()) if earliest is not None else timedelta()
