"""Where a root instance stands, in names of its diagram: what is open, what it sent, what is in trouble."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.models.instances import instances
from engine.models.tasks import human_tasks
from engine.models.work import incidents, messages
from engine.runtime import history
from engine.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Standing:
    """waiting: elements of open human tasks. sent: names of messages and signals. incidents: elements with an open one."""

    waiting: tuple[str, ...]
    sent: tuple[str, ...]
    incidents: tuple[str, ...]


def of(tx: Transaction, root_id: str) -> Standing:
    """The standing of an instance and all it called; each name once, in order of the alphabet."""
    tasks = sa.select(human_tasks.c.element_id).where(human_tasks.c.root_id == root_id, human_tasks.c.state == "open")
    sent = sa.select(messages.c.name).where(messages.c.from_root_id == root_id)
    stuck = sa.select(incidents.c.element_id).where(incidents.c.root_id == root_id, incidents.c.state == "open")
    return Standing(_names(tx, tasks), _names(tx, sent), _names(tx, stuck))


def met(tx: Transaction) -> frozenset[str]:
    """Every element and flow that any instance here has met, callers and strangers alike; for a database of one scenario."""
    roots = tx.connection.execute(sa.select(instances.c.id).where(instances.c.id == instances.c.root_id)).scalars().all()
    return frozenset(line.element_id for root_id in roots for line in history.of(tx, root_id) if line.element_id)


def _names(tx: Transaction, query: sa.Select[Any]) -> tuple[str, ...]:
    return tuple(sorted(set(tx.connection.execute(query).scalars())))
