"""Rows of waits that go on but have changed: suspended timers, and whatever moved to another version of its diagram.

Only what comes from the diagram is written; drafts, holders, due dates, attempts, leases and ids stay."""

from typing import Any

import sqlalchemy as sa

from engine.bpmn.terms import Wait, WaitKind
from engine.models.tasks import human_tasks
from engine.models.work import jobs, subscriptions, timers
from engine.runtime import lanes
from engine.runtime.run import Loaded
from engine.transaction import Transaction


def renew(tx: Transaction, loaded: Loaded, wait: Wait) -> None:
    """Brings the row of a wait up to date."""
    table = {WaitKind.HUMAN: human_tasks, WaitKind.TIMER: timers, WaitKind.JOB: jobs}.get(wait.kind, subscriptions)
    mine = sa.and_(table.c.instance_id == loaded.id, table.c.wait_id == wait.id)
    tx.connection.execute(table.update().where(mine).values({"element_id": wait.element_id, **_facts(loaded, wait)}))


def _facts(loaded: Loaded, wait: Wait) -> dict[str, Any]:
    detail = wait.detail
    match wait.kind:
        case WaitKind.HUMAN:
            named = {"name": str(detail.get("name") or wait.element_id), "form_key": detail.get("form_key")}
            return {**named, "properties": detail.get("properties") or {}, "definition_id": loaded.row["definition_id"]}
        case WaitKind.TIMER:
            return {"due_at": wait.due}
        case WaitKind.JOB:
            operation = str(detail.get("operation"))
            lane = lanes.name(loaded.row["process_id"], operation)
            return {"operation": operation, "lane": lane, "properties": detail.get("properties") or {}}
        case _:
            key = detail.get("correlation_key")
            named = {"name": str(detail.get("name") or detail.get("called_element") or "")}
            return {**named, "correlation_key": None if key is None else str(key)}
