"""Conditional start events: definitions that start an instance when a fact from outside makes their condition true."""

from collections.abc import Mapping

import sqlalchemy as sa

from engine.models.definitions import start_subscriptions
from engine.runtime import start
from engine.runtime.plans import plan_of
from engine.runtime.start import Instance
from engine.transaction import Transaction


def evaluate(
    tx: Transaction, variables: Mapping[str, object], *, process_id: str | None = None, business_key: str | None = None
) -> tuple[Instance, ...]:
    """Starts an instance, with these variables, at each published start event whose condition they make true.

    process_id: only of this process."""
    table = start_subscriptions
    query = sa.select(table).where(table.c.kind == "conditional", table.c.is_active)
    if process_id is not None:
        query = query.where(table.c.process_id == process_id)
    made: list[Instance] = []
    for row in tx.rows(query.order_by(table.c.definition_id, table.c.element_id, table.c.number)):
        plan = plan_of(tx, row["definition_id"])
        condition = plan.nodes[row["element_id"]].events[row["number"]].condition
        if condition is not None and condition.evaluate(dict(variables)) is True:
            ids = {"definition_id": row["definition_id"], "element_id": row["element_id"]}
            made.append(start.start(tx, row["process_id"], variables, business_key=business_key, index=row["number"], **ids))
    return tuple(made)
