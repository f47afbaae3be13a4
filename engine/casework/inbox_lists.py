"""The lists of the inbox: my tasks, the pool, what is done; most urgent first, never reading an instance's state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.casework import access, inbox_ranges, pages, substitution, urgency
from engine.casework.inbox_ranges import Range
from engine.casework.pages import CAP, Page
from engine.casework.task_rows import COLUMNS, JOINED, OPEN, Row, about, shown
from engine.models.tasks import human_tasks
from engine.transaction import Transaction

_KEY = (human_tasks.c.sort_due_at, human_tasks.c.id)
_FILTERED = ("item_code", "office", "light", "element_id")


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
        held.append(sa.and_(is_theirs, human_tasks.c.item_code.in_(given.items)) if given.items else is_theirs)
    return [held[0] if len(held) == 1 else sa.or_(*held), human_tasks.c.state == OPEN]


def _equal(filters: Filters | None) -> dict[str, str]:
    """Values by column of what is filtered for."""
    wanted = filters or Filters()
    return {name: value for name in _FILTERED if (value := getattr(wanted, name))}


def _begins(filters: Filters | None) -> str:
    return filters.query.strip().upper() if filters is not None else ""


def _conditions(filters: Filters | None) -> list[sa.ColumnElement[bool]]:
    found = [human_tasks.c[name] == value for name, value in _equal(filters).items()]
    if begins := _begins(filters):
        found.append(human_tasks.c.business_key.startswith(begins, autoescape=True))
    return found


def _last(after: str | None) -> tuple[datetime, str] | None:
    """The sort key of the last row seen."""
    if not after:
        return None
    at, task_id = pages.decode(after, 2)
    return datetime.fromisoformat(str(at)), str(task_id)


def _after(after: str | None, key: Sequence[sa.ColumnElement[Any]]) -> list[sa.ColumnElement[bool]]:
    last = _last(after)
    if last is None:
        return []
    return [sa.tuple_(*key) > sa.tuple_(sa.literal(last[0], human_tasks.c.sort_due_at.type), sa.literal(last[1]))]


def _key(row: Row) -> tuple[str, str]:
    return urgency.of(row.due_at).isoformat(), row.task_id


def pool(tx: Transaction, filters: Filters | None = None, *, after: str | None = None, limit: int = 50) -> Page[Row]:
    """Open tasks of the actor's groups that nobody holds, most urgent first."""
    access.require(tx, "task.list")
    ids = _waiting(tx, filters, after, limit + 1)
    query = sa.select(*COLUMNS).select_from(JOINED).where(human_tasks.c.id.in_(ids)).order_by(*_KEY)
    return pages.cut([shown(row) for row in tx.rows(query)], limit, _key)


def _waiting(tx: Transaction, filters: Filters | None, after: str | None, limit: int) -> Sequence[str]:
    """Ids of what nobody holds, in order."""
    begins = _begins(filters).replace("%", "").replace("_", "")
    return inbox_ranges.first(tx, _ranges(tx, filters), _equal(filters), begins, _last(after), limit)


def _ranges(tx: Transaction, filters: Filters | None) -> list[Range]:
    """Every list the actor may take from, those of whom one acts for included."""
    found: dict[tuple[str, str], Range] = {}
    for given in substitution.principals(tx):
        theirs = [Range("group", group, given.items) for group in given.groups] + [Range("user", given.principal_id, given.items)]
        found.update({(each.kind, each.key): each for each in theirs})
    own = [Range("group", group) for group in sorted(tx.actor.groups)] + [Range("user", tx.actor.id)]
    found.update({(each.kind, each.key): each for each in own})
    wanted = filters.group if filters is not None else None
    return [each for each in found.values() if not wanted or (each.kind, each.key) == ("group", wanted)]


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
    found = sa.select(human_tasks.c.id).where(*_mine(tx), *_conditions(Filters(light=light))).limit(CAP)
    return tx.connection.execute(sa.select(sa.func.count()).select_from(found.subquery())).scalar_one()


def named(tx: Transaction, task_ids: Sequence[str]) -> tuple[Row, ...]:
    """Rows of tasks just worked on, whatever became of them; only those the actor may see or completed."""
    query = sa.select(*COLUMNS).select_from(JOINED).where(human_tasks.c.id.in_(task_ids[:200]))
    rows = tx.rows(query)
    return tuple(shown(row) for row in rows if access.may(tx, "task.view", about(row)) or row["completed_by"] == tx.actor.id)
