"""What an operator does about incidents: look, retry, correct and retry, skip."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.actors import Actor
from engine.bpmn.terms import Complete, Retry
from engine.errors import Conflict, NotFound, TongbanError
from engine.models.work import incidents
from engine.runtime import messages, timers
from engine.runtime.jobs import again_now
from engine.runtime.step import lock, move, set_variables, step
from engine.runtime.troubles import MESSAGE_FAILED, TIMER_FAILED
from engine.transaction import Engine, Transaction


class IncidentSettled(Conflict):
    """Expected an open incident {key}, but it was settled by {who} at {at}; reload the list."""

    zh = "事故 {key} 已由 {who} 于 {at} 处理；请刷新列表。"


class CannotSkip(Conflict):
    """Expected an element that can be left out, but {element} is an event; retry, or move the instance."""

    zh = "“{element}”是事件，不能跳过；请重试，或移动该实例。"


def listing(tx: Transaction, *, state: str = "open", after: str | None = None, limit: int = 50) -> Sequence[Mapping[str, Any]]:
    """Incidents, newest first; after: id of the last one seen."""
    query = sa.select(incidents).where(incidents.c.state == state).order_by(incidents.c.id.desc()).limit(limit)
    return tx.rows(query if after is None else query.where(incidents.c.id < after))


def groups(tx: Transaction, limit: int = 100) -> Sequence[Mapping[str, Any]]:
    """Open incidents by their cause, the most frequent first: {process_id, element_id, code, count, first, last, zh, en}."""
    by = (incidents.c.process_id, incidents.c.element_id, incidents.c.code)
    texts = (sa.func.min(incidents.c.zh).label("zh"), sa.func.min(incidents.c.en).label("en"))
    dates = (sa.func.min(incidents.c.raised_at).label("first"), sa.func.max(incidents.c.raised_at).label("last"))
    count = sa.func.count().label("count")
    query = sa.select(*by, count, *dates, *texts).where(incidents.c.state == "open").group_by(*by)
    return tx.rows(query.order_by(count.desc(), *by).limit(limit))


def of_cause(tx: Transaction, process_id: str, element_id: str, code: str, limit: int = 500) -> Sequence[str]:
    """Ids of the open incidents of one cause, oldest first."""
    same = sa.and_(incidents.c.process_id == process_id, incidents.c.element_id == element_id, incidents.c.code == code)
    query = sa.select(incidents.c.id).where(incidents.c.state == "open", same).order_by(incidents.c.id).limit(limit)
    return list(tx.connection.execute(query).scalars())


def settle_all(
    engine: Engine, actor: Actor, incident_ids: Sequence[str], settle: Callable[[Transaction, str], object]
) -> tuple[int, int]:
    """Settles many, each in a transaction of its own, so that one that cannot be keeps no other; (settled, refused)."""
    settled = 0
    for incident_id in incident_ids:
        try:
            with engine.begin(actor) as tx:
                settle(tx, incident_id)
        except TongbanError:
            continue
        settled += 1
    return settled, len(incident_ids) - settled


def get(tx: Transaction, incident_id: str) -> Mapping[str, Any]:
    """An incident by id. Raises NotFound."""
    row = tx.row(sa.select(incidents).where(incidents.c.id == incident_id))
    if row is None:
        raise NotFound(thing=("事故", "incident"), key=incident_id)
    return row


def retry(tx: Transaction, incident_id: str, variables: Mapping[str, object] | None = None) -> None:
    """Tries again what failed, with corrected variables if some are given. Raises IncidentSettled."""
    row = open_one(tx, incident_id)
    if row["kernel_id"] is not None:
        step(tx, row["instance_id"], Retry(row["kernel_id"], variables or {}))
    else:
        if variables:
            set_variables(tx, row["instance_id"], variables)
        _retry_wait(tx, row, variables or {})
    _settle(tx, row, "edit" if variables else "retry")


def _retry_wait(tx: Transaction, row: Mapping[str, Any], corrected: Mapping[str, object]) -> None:
    if row["job_id"] is not None:
        again_now(tx, row["job_id"], corrected)
    elif row["code"] == TIMER_FAILED:
        timers.again_now(tx, row["instance_id"], row["wait_id"])
    elif row["code"] == MESSAGE_FAILED:
        messages.again_now(tx, row["facts"]["message_id"])
    else:
        move(tx, row["instance_id"], lambda run: run.resume_inline(row["instance_id"], row["wait_id"]))


def skip(tx: Transaction, incident_id: str, variables: Mapping[str, object] | None = None) -> None:
    """Goes on as if the element had completed with these variables. Raises IncidentSettled."""
    row = open_one(tx, incident_id)
    if row["kernel_id"] is not None:
        step(tx, row["instance_id"], Retry(row["kernel_id"], variables or {}, skip=True))
    elif row["code"] in (TIMER_FAILED, MESSAGE_FAILED):
        raise CannotSkip(element=row["element_id"])
    else:
        step(tx, row["instance_id"], Complete(row["wait_id"], variables or {}))
    _settle(tx, row, "skip")


def open_one(tx: Transaction, incident_id: str) -> Mapping[str, Any]:
    """An open incident, its root locked. Raises NotFound, IncidentSettled."""
    lock(tx, get(tx, incident_id)["instance_id"])
    row = get(tx, incident_id)
    if row["state"] != "open":
        raise IncidentSettled(key=incident_id, who=row["resolved_by"], at=row["resolved_at"])
    return row


def _settle(tx: Transaction, row: Mapping[str, Any], how: str) -> None:
    settled = incidents.update().where(incidents.c.id == row["id"])
    tx.connection.execute(settled.values(state="resolved", resolved_at=tx.now, resolved_by=tx.actor.id, resolution=how))
