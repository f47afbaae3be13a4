"""Which elements of a diagram are current, done or in trouble, read from the rows that lists are made of."""

from collections.abc import Mapping

import sqlalchemy as sa

from engine.bpmn.drawing import Mark
from engine.models.tasks import human_tasks
from engine.models.work import incidents, jobs, timers
from engine.runtime import history
from engine.transaction import Transaction


def of_instance(tx: Transaction, root_id: str) -> Mapping[str, Mark]:
    """Marks of a case: done by its history, over that what waits now, over that open incidents."""
    found = {line.element_id: Mark("done") for line in history.of(tx, root_id) if line.element_id}
    found |= {element: Mark("current") for element in _waiting(tx, root_id)}
    wrong = sa.select(incidents.c.element_id).where(incidents.c.root_id == root_id, incidents.c.state == "open")
    return found | {row.element_id: Mark("error", "!") for row in tx.connection.execute(wrong) if row.element_id}


def _waiting(tx: Transaction, root_id: str) -> set[str]:
    found: set[str] = set()
    for table in (human_tasks, jobs, timers):
        query = sa.select(table.c.element_id).where(table.c.root_id == root_id)
        if table is human_tasks:
            query = query.where(table.c.state == "open")
        found |= {row.element_id for row in tx.connection.execute(query)}
    return found
