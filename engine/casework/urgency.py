"""How urgent a task is in lists: the end of the case's clock that matters now, or the far future when there is no limit."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.casework import kept
from engine.models.tasks import human_tasks, task_candidates
from engine.transaction import Engine, Transaction

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Sorts behind every real date, so that one index range gives a list in order; shown as “no limit”."""


def of(due_at: datetime | None) -> datetime:
    """The sort key of a due moment."""
    return due_at or NEVER


def due(sort_due_at: datetime | None) -> datetime | None:
    """The due moment of a sort key."""
    return None if sort_due_at in (None, NEVER) else sort_due_at


def set_for(tx: Transaction, which: sa.ColumnElement[bool], case: Mapping[str, Any] | None) -> None:
    """Writes the urgency of open tasks and what their lists are filtered by, on the task and on each of its candidates' rows.

    case: the row of the case they serve, if they serve one."""
    ids = list(tx.connection.execute(sa.select(human_tasks.c.id).where(human_tasks.c.state == "open", which)).scalars())
    if ids:
        values = {"sort_due_at": of(case["due_at"] if case else None), **_filtered(case)}
        tx.update(human_tasks, {"id": ids}, **values)
        tx.update(task_candidates, {"task_id": ids}, **values)


def _filtered(case: Mapping[str, Any] | None) -> dict[str, str]:
    if case is None:
        return {"item_code": "", "office": "", "light": "no_limit"}
    return {name: case[name] for name in ("item_code", "office", "light")}


def fill(engine: Engine, limit: int = 500) -> int:
    """Writes it where an older version of the program left it out; returns for how many tasks."""
    with engine.begin(SYSTEM) as tx:
        missing = human_tasks.c.state == "open", human_tasks.c.light.is_(None), human_tasks.c.sort_due_at.is_not(None)
        lock = sa.select(human_tasks.c.id, human_tasks.c.business_key).where(*missing).limit(limit)
        found = tx.rows(lock.with_for_update(skip_locked=True))
        for row in found:
            case = kept.case(tx, row["business_key"]) if row["business_key"] else None
            set_for(tx, human_tasks.c.id == row["id"], case)
            tx.update(task_candidates, {"task_id": row["id"]}, **_drawn(tx, row["id"]))
        return len(found)


def _drawn(tx: Transaction, task_id: str) -> dict[str, Any]:
    return tx.find(human_tasks, "element_id", "business_key", id=task_id) or {}
