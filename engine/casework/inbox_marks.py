"""What an officer keeps about the inbox: filters saved and shared, and which tasks were opened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.casework import access
from engine.errors import Conflict, Finding, Invalid, NotFound, Severity
from engine.models.base import new_id
from engine.models.verbs import saved_filters, task_reads
from engine.transaction import Transaction

KEYS = ("q", "light", "item_code", "group", "element_id", "office")
"""What a saved filter may hold: the parameters of the lists."""


class NameTaken(Conflict):
    """Expected a new name for this filter, but you have one called “{name}”; choose another."""

    zh = "您已有名为“{name}”的筛选；请换一个名称。"


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """query: parameters of the list. is_mine: else a colleague shared it."""

    id: str
    name: str
    query: Mapping[str, str]
    is_shared: bool
    is_mine: bool
    owner_name: str


def save(tx: Transaction, name: str, query: Mapping[str, str], *, is_shared: bool = False) -> SavedFilter:
    """Saves a filter; shared ones are offered to colleagues of the office. Raises NameTaken, Invalid."""
    access.require(tx, "task.list")
    kept = {key: str(query[key]) for key in KEYS if query.get(key)}
    if not name.strip():
        raise Invalid(findings=(Finding(Severity.ERROR, "filter.name", "/name", "Name the filter.", "请填写筛选名称。"),))
    values = {"id": new_id(), "name": name.strip()[:60], "query": kept, "is_shared": is_shared, "owner_name": tx.actor.name}
    try:
        with tx.connection.begin_nested():
            row = {**values, "owner_id": tx.actor.id, "office": tx.actor.office, "created_at": tx.now}
            tx.connection.execute(saved_filters.insert().values(**row))
    except IntegrityError:
        raise NameTaken(name=name.strip()) from None
    return SavedFilter(**values, is_mine=True)  # type: ignore[arg-type]  # values by name


def filters(tx: Transaction) -> tuple[SavedFilter, ...]:
    """One's own filters first, then those colleagues share."""
    table = saved_filters.c
    is_offered = sa.and_(table.is_shared.is_(True), table.office == tx.actor.office)
    query = sa.select(saved_filters).where(sa.or_(table.owner_id == tx.actor.id, is_offered)).order_by(table.name)
    names = ("id", "name", "query", "is_shared", "owner_name")
    found = [
        SavedFilter(**{n: row[n] for n in names}, is_mine=row["owner_id"] == tx.actor.id) for row in tx.rows(query.limit(100))
    ]
    return tuple(sorted(found, key=lambda f: not f.is_mine))


def forget(tx: Transaction, filter_id: str) -> None:
    """Deletes one's own filter. Raises NotFound."""
    is_own = sa.and_(saved_filters.c.id == filter_id, saved_filters.c.owner_id == tx.actor.id)
    if tx.connection.execute(saved_filters.delete().where(is_own)).rowcount == 0:
        raise NotFound(thing=("筛选", "the filter"), key=filter_id)


def mark_read(tx: Transaction, task_id: str) -> None:
    """The actor has opened this task."""
    is_it = sa.and_(task_reads.c.account_id == tx.actor.id, task_reads.c.task_id == task_id)
    if tx.value(sa.select(task_reads.c.task_id).where(is_it)) is None:
        tx.connection.execute(task_reads.insert().values(account_id=tx.actor.id, task_id=task_id, at=tx.now))


def read_ones(tx: Transaction, task_ids: Iterable[str]) -> frozenset[str]:
    """Those of the tasks that the actor has opened before; the rest are unread."""
    ids = list(task_ids)
    query = sa.select(task_reads.c.task_id).where(task_reads.c.account_id == tx.actor.id, task_reads.c.task_id.in_(ids))
    return frozenset(tx.connection.execute(query).scalars()) if ids else frozenset()
