"""Timer start events: definitions that start an instance of themselves when their time comes."""

from typing import Any

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.bpmn.timers import Due, following
from engine.models.definitions import start_subscriptions
from engine.runtime import start
from engine.runtime.plans import plan_of
from engine.transaction import Engine, Transaction


def row(due: Due | None) -> dict[str, Any]:
    """The columns of the next firing; all None when there is none."""
    if due is None:
        return {"due_at": None, "anchor_at": None, "count": None, "repeats_left": None}
    return {"due_at": due.at, "anchor_at": due.anchor, "count": due.count, "repeats_left": due.left}


def sweep(engine: Engine, limit: int = 50) -> int:
    """Starts what is due, each in the transaction that moves its timer on; returns how many were due."""
    with engine.read(SYSTEM) as tx:
        table = start_subscriptions
        query = sa.select(table.c.definition_id, table.c.element_id, table.c.number).where(
            table.c.is_active, table.c.due_at <= tx.now
        )
        due = tx.rows(query.order_by(table.c.due_at).limit(limit))
    for key in due:
        with engine.begin(SYSTEM) as tx:
            _fire(tx, key)
    return len(due)


def _fire(tx: Transaction, key: dict[str, Any]) -> None:
    table = start_subscriptions
    mine = sa.and_(*(table.c[name] == value for name, value in key.items()), table.c.is_active, table.c.due_at <= tx.now)
    held = tx.row(sa.select(table).where(mine).with_for_update(skip_locked=True))
    if held is None:
        return
    plan = plan_of(tx, held["definition_id"])
    point = next(p for p in plan.starts if p.element_id == held["element_id"])
    event = next(e for e in point.events if e.index == held["number"])
    if event.timer is not None:
        now_due = Due(held["due_at"], held["anchor_at"], held["count"], held["repeats_left"])
        later = following(event.timer.resolve({}), now_due, tx.now, plan.zone, event.catchup)
        tx.connection.execute(table.update().where(mine).values(row(later)))
    ids = {"definition_id": held["definition_id"], "element_id": held["element_id"]}
    start.start(tx, held["process_id"], index=held["number"], **ids)
