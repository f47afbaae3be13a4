"""How much is waiting and how late it is: a handful of index lookups, safe to ask every few seconds."""

import sqlalchemy as sa

from engine.bpmn.terms import Status
from engine.models.instances import instances
from engine.models.outside import deliveries
from engine.models.work import incidents, jobs, messages, timers
from engine.transaction import Transaction

CAP = 10_000


def read(tx: Transaction) -> dict[str, float]:
    """Gauges by name; lags in seconds, 0 when nothing is due."""
    due = {"timer": sa.select(sa.func.min(timers.c.due_at))}
    due["job"] = sa.select(sa.func.min(jobs.c.due_at)).where(jobs.c.state == "waiting")
    lags = {f"{name}_lag_seconds": _lag(tx, query) for name, query in due.items()}
    return {
        **lags,
        "instances_running": _count(tx, instances, instances.c.status == Status.ACTIVE),
        "jobs_waiting": _count(tx, jobs, jobs.c.state == "waiting"),
        "jobs_offered": _count(tx, jobs, jobs.c.state == "offered"),
        "jobs_leased": _count(tx, jobs, jobs.c.state.in_(("leased", "fetched"))),
        "messages_waiting": _count(tx, messages, messages.c.state == "waiting"),
        "timers_waiting": _count(tx, timers, timers.c.due_at.is_not(None)),
        "deliveries_waiting": _count(tx, deliveries, deliveries.c.state == "waiting"),
        "deliveries_failed": _count(tx, deliveries, deliveries.c.state == "failed"),
        "incidents_open": _count(tx, incidents, incidents.c.state == "open"),
    }


def _lag(tx: Transaction, query: sa.Select[tuple[object]]) -> float:
    first = tx.value(query)
    return 0.0 if first is None else max(0.0, (tx.now - first).total_seconds())


def _count(tx: Transaction, table: sa.Table, condition: sa.ColumnElement[bool]) -> float:
    """Up to CAP: beyond it the figure is only “very many”, and counting a million rows is dear."""
    some = sa.select(sa.literal(1)).select_from(table).where(condition).limit(CAP).subquery()
    return float(tx.value(sa.select(sa.func.count()).select_from(some)))
