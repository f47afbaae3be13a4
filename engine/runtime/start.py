"""Starting an instance: by process, by definition, or by an event."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine import tracing
from engine.bpmn.terms import Start, Status
from engine.errors import NotFound
from engine.models.base import new_id
from engine.models.instances import idempotency, instances
from engine.runtime import plans, project
from engine.runtime.run import Run
from engine.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance as far as others may know it."""

    id: str
    root_id: str
    definition_id: str
    process_id: str
    business_key: str | None
    status: Status


def start(
    tx: Transaction,
    process_id: str,
    variables: Mapping[str, object] | None = None,
    *,
    business_key: str | None = None,
    idempotency_key: str | None = None,
    definition_id: str | None = None,
    element_id: str | None = None,
    index: int = 0,
    root_id: str | None = None,
    opening: tuple[str, Mapping[str, object]] | None = None,
) -> Instance:
    """Starts an instance and runs it to rest.

    definition_id: a certain version; otherwise the newest published one. element_id: the start event, None for the none start;
    index: which of its events arrived. root_id: an unused id, for a caller who had to name the instance before it began.
    opening: (kind, data) of a line of history that comes before the process's own.
    idempotency_key: the same key gives the same instance again. Raises NotFound when nothing is published."""
    if idempotency_key is not None:
        known = tx.value(sa.select(idempotency.c.answer).where(idempotency.c.key == f"start:{idempotency_key}"))
        if known is not None:
            return get(tx, str(known))
    run = Run(tx, root_id or new_id())
    if opening is not None:
        run.entries.append((run.root_id, (opening[0], None, dict(opening[1]))))
    made = run.create(definition_id or plans.newest(tx, process_id), business_key=business_key)
    tx.open_roots[run.root_id] = run
    try:
        with tracing.span("step", root_id=run.root_id, process_id=process_id):
            run.apply(made.id, Start(variables or {}, element_id, index))
            project.save(run)
    finally:
        del tx.open_roots[run.root_id]
    if idempotency_key is not None:
        row = {"key": f"start:{idempotency_key}", "answer": made.id, "at": tx.now}
        tx.connection.execute(idempotency.insert(), row)
    return _instance(made.row)


def get(tx: Transaction, instance_id: str) -> Instance:
    """An instance by id. Raises NotFound."""
    row = tx.row(sa.select(instances).where(instances.c.id == instance_id))
    if row is None:
        raise NotFound(thing=("流程实例", "instance"), key=instance_id)
    return _instance(row)


def _instance(row: Mapping[str, Any]) -> Instance:
    return Instance(
        row["id"], row["root_id"], row["definition_id"], row["process_id"], row["business_key"], Status(row["status"])
    )
