"""How urgent a task is in lists: the end of the case's clock that matters now, or the far future when there is no limit."""

from datetime import UTC, datetime

import sqlalchemy as sa

from engine.models.tasks import human_tasks, task_candidates
from engine.transaction import Transaction

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Sorts behind every real date, so that one index range gives a list in order; shown as “no limit”."""


def of(due_at: datetime | None) -> datetime:
    """The sort key of a due moment."""
    return due_at or NEVER


def due(sort_due_at: datetime | None) -> datetime | None:
    """The due moment of a sort key."""
    return None if sort_due_at in (None, NEVER) else sort_due_at


def set_for(tx: Transaction, which: sa.ColumnElement[bool], due_at: datetime | None) -> None:
    """Writes the urgency of open tasks, on the task and on each of its candidates' rows."""
    ids = tx.connection.execute(sa.select(human_tasks.c.id).where(human_tasks.c.state == "open", which)).scalars().all()
    if ids:
        tx.connection.execute(human_tasks.update().where(human_tasks.c.id.in_(ids)).values(sort_due_at=of(due_at)))
        tx.connection.execute(task_candidates.update().where(task_candidates.c.task_id.in_(ids)).values(sort_due_at=of(due_at)))
