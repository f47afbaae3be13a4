"""The lists of the inbox: my tasks, the pool, what is done; most urgent first, never reading an instance's state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.casework import access, pages, substitution, urgency
from engine.casework.pages import CAP, Page
from engine.casework.task_rows import COLUMNS, JOINED, OPEN, Row, about, shown
from engine.models.cases import cases
from engine.models.tasks import human_tasks, task_candidates
from engine.transaction import Transaction

_KEY = (human_tasks.c.sort_due_at, human_tasks.c.id)
_CANDIDATE_KEY = (task_candidates.c.sort_due_at, task_candidates.c.task_id)


@dataclass(frozen=True, slots=True)
class Filters:
    """light: green | warning | yellow | red | paused | no_limit. group: one of the actor's. query: case number from its start.

    They reach over all versions of a process."""

    item_code: str | None = None
    office: str | None = None
    light: str | None = None
    group: str | None = None
    element_id: str | None = None
    query: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Capped at 100 (shown as 99+); the same conditions as the lists. The lights count the actor's own tasks."""

    mine: int
    pool: int
    warning: int
    yellow: int
    red: int


def my_tasks(tx: Transaction, filters: Filters | None = None, *, after: str | None = None, limit: int = 50) -> Page[Row]:
    """Open tasks claimed by or assigned to the actor, most urgent first."""
    access.require(tx, "task.list")
    query = sa.select(*COLUMNS).select_from(JOINED).where(*_mine(tx), *_conditions(filters), *_after(after, _KEY))
    rows = tx.rows(query.order_by(*_KEY).limit(limit + 1))
    return pages.cut([shown(row) for row in rows], limit, _key)


def _mine(tx: Transaction) -> list[sa.ColumnElement[bool]]:
    """One's own, and those of whom one acts for, as far as the substitution reaches."""
    held = [human_tasks.c.assignee == tx.actor.id]
    for given in substitution.principals(tx):
        is_theirs = human_tasks.c.assignee == given.principal_id
        held.append(sa.and_(is_theirs, cases.c.item_code.in_(given.items)) if given.items else is_theirs)
    return [held[0] if len(held) == 1 else sa.or_(*held), human_tasks.c.state == OPEN]


def _conditions(filters: Filters | None) -> list[sa.ColumnElement[bool]]:
    wanted = filters or Filters()
    pairs = (
        (cases.c.item_code, wanted.item_code),
        (cases.c.office, wanted.office),
        (cases.c.light, wanted.light),
        (human_tasks.c.element_id, wanted.element_id),
    )
    found = [column == value for column, value in pairs if value]
    if wanted.query:
        found.append(human_tasks.c.business_key.startswith(wanted.query.strip().upper(), autoescape=True))
    return found


def _after(after: str | None, key: Sequence[sa.ColumnElement[Any]]) -> list[sa.ColumnElement[bool]]:
    if not after:
        return []
    at, task_id = pages.decode(after, 2)
    moment = sa.literal(datetime.fromisoformat(str(at)), human_tasks.c.sort_due_at.type)
    return [sa.tuple_(*key) > sa.tuple_(moment, sa.literal(task_id))]


def _key(row: Row) -> tuple[str, str]:
    return urgency.of(row.due_at).isoformat(), row.task_id


def pool(tx: Transaction, filters: Filters | None = None, *, after: str | None = None, limit: int = 50) -> Page[Row]:
    """Open tasks of the actor's groups that nobody holds, most urgent first."""
    access.require(tx, "task.list")
    ids = _waiting(tx, filters, after, limit + 1)
    query = sa.select(*COLUMNS).select_from(JOINED).where(human_tasks.c.id.in_(ids)).order_by(*_KEY)
    return pages.cut([shown(row) for row in tx.rows(query)], limit, _key)


def _waiting(tx: Transaction, filters: Filters | None, after: str | None, limit: int) -> Sequence[str]:
    """Ids in order: one index range for each group, merged (an IN over groups costs 82 ms at a million tasks: PERFORMANCE)."""
    groups = _groups(tx, filters)
    if not groups:
        return ()
    conditions = _conditions(filters)
    is_joined = bool(conditions) or any(items for _, _, items in groups)
    source = task_candidates.join(JOINED, human_tasks.c.id == task_candidates.c.task_id) if is_joined else task_candidates
    ranges = []
    for kind, key, items in groups:
        is_waiting = sa.and_(task_candidates.c.kind == kind, task_candidates.c.key == key, task_candidates.c.is_waiting.is_(True))
        one = sa.select(*_CANDIDATE_KEY).select_from(source).where(is_waiting, *conditions, *_after(after, _CANDIDATE_KEY))
        one = one.where(cases.c.item_code.in_(items)) if items else one
        ranges.append(sa.select(one.order_by(*_CANDIDATE_KEY).limit(limit).subquery()))
    merged = sa.union(*ranges).subquery()
    query = sa.select(merged.c.task_id).order_by(merged.c.sort_due_at, merged.c.task_id).limit(limit)
    return tx.connection.execute(query).scalars().all()


def _groups(tx: Transaction, filters: Filters | None) -> list[tuple[str, str, tuple[str, ...]]]:
    """(kind, key, item codes it is limited to) of every list the actor may take from."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for given in substitution.principals(tx):
        found.update({("group", g): given.items for g in given.groups})
        found["user", given.principal_id] = given.items
    found.update({("group", g): () for g in sorted(tx.actor.groups)})
    found["user", tx.actor.id] = ()
    wanted = filters.group if filters is not None else None
    return [(kind, key, items) for (kind, key), items in found.items() if not wanted or (kind, key) == ("group", wanted)]


def done(tx: Transaction, *, after: str | None = None, limit: int = 50) -> Page[Row]:
    """Tasks the actor completed, newest first."""
    access.require(tx, "task.list")
    key = (human_tasks.c.completed_at, human_tasks.c.id)
    query = sa.select(*COLUMNS).select_from(JOINED).where(human_tasks.c.completed_by == tx.actor.id)
    if after:
        at, task_id = pages.decode(after, 2)
        moment = sa.literal(datetime.fromisoformat(str(at)), human_tasks.c.completed_at.type)
        query = query.where(sa.tuple_(*key) < sa.tuple_(moment, sa.literal(task_id)))
    rows = tx.rows(query.order_by(*(c.desc() for c in key)).limit(limit + 1))
    return pages.cut(
        [shown(row) for row in rows], limit, lambda r: (r.completed_at.isoformat() if r.completed_at else "", r.task_id)
    )


def counts(tx: Transaction) -> Counts:
    """The badges of the inbox."""
    access.require(tx, "task.list")
    lights = {light: _capped(tx, light) for light in ("warning", "yellow", "red")}
    return Counts(mine=_capped(tx, None), pool=len(_waiting(tx, None, None, CAP)), **lights)


def _capped(tx: Transaction, light: str | None) -> int:
    found = sa.select(human_tasks.c.id).select_from(JOINED).where(*_mine(tx), *_conditions(Filters(light=light))).limit(CAP)
    return tx.connection.execute(sa.select(sa.func.count()).select_from(found.subquery())).scalar_one()


def named(tx: Transaction, task_ids: Sequence[str]) -> tuple[Row, ...]:
    """Rows of tasks just worked on, whatever became of them; only those the actor may see or completed."""
    query = sa.select(*COLUMNS).select_from(JOINED).where(human_tasks.c.id.in_(task_ids[:200]))
    rows = tx.rows(query)
    return tuple(shown(row) for row in rows if access.may(tx, "task.view", about(row)) or row["completed_by"] == tx.actor.id)
