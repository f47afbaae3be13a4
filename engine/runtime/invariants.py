"""What must be true of a database at rest, whatever was killed while it was written: read, never repaired.

Run by operators (`tongban audit invariants`) and at the end of every crash test. An instance's history is played again through
the kernel: the state it leads to must be the stored one, byte for byte, and what that state waits for must be the rows."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from engine.bpmn.kernel import step as kernel
from engine.bpmn.kernel.replay import replay
from engine.bpmn.terms import Status, WaitKind
from engine.errors import TongbanError
from engine.models.instances import history as lines
from engine.models.instances import instances
from engine.models.tasks import human_tasks, task_candidates
from engine.models.work import incidents, jobs, messages, subscriptions, timers
from engine.runtime import history, plans
from engine.runtime.replay import prove
from engine.transaction import Transaction

_AT_REST = (Status.ACTIVE, Status.SUSPENDED)
_TABLES = {WaitKind.HUMAN: human_tasks, WaitKind.TIMER: timers, WaitKind.JOB: jobs}
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that must not be. code: which rule. thing: id of the row or instance."""

    code: str
    thing: str
    found: str

    def __str__(self) -> str:
        return f"{self.code} {self.thing}: {self.found}"


def check(tx: Transaction) -> Iterator[Violation]:
    """Every violation among instances, waits, rows, incidents, messages and chains."""
    after = ""
    while batch := _instances_after(tx, after):
        after = str(batch[-1]["id"])
        yield from _check_batch(tx, batch)
    yield from _orphans(tx)
    yield from _idle_candidates(tx)
    yield from _lost_messages(tx)
    for broken in history.verify_in(tx):
        yield Violation("chain", broken.root_id, broken.found)


def _instances_after(tx: Transaction, after: str) -> list[dict[str, Any]]:
    return tx.rows(sa.select(instances).where(instances.c.id > after).order_by(instances.c.id).limit(_BATCH))


def _check_batch(tx: Transaction, batch: list[dict[str, Any]]) -> Iterator[Violation]:
    ids = [row["id"] for row in batch]
    found = {kind: _wait_rows(tx, kind, ids) for kind in WaitKind}
    wrong = _open_incidents(tx, ids)
    recorded = _recorded(tx, sorted({row["root_id"] for row in batch}))
    for row in batch:
        plan, state = plans.plan_of(tx, row["definition_id"]), kernel.decode(row["state"])
        waits = Counter((wait.kind, wait.id, wait.element_id) for wait in kernel.waits(plan, state))
        rows = Counter((kind, *key) for kind in WaitKind for key in found[kind].get(row["id"], ()))
        for kind, wait_id, element_id in (waits - rows).elements():
            yield Violation("wait.without_row", row["id"], f"{kind} {element_id} ({wait_id})")
        for kind, wait_id, element_id in (rows - waits).elements():
            yield Violation("row.without_wait", row["id"], f"{kind} {element_id} ({wait_id})")
        yield from _resting(row, waits, wrong.get(row["id"], 0))
        yield from _replayed(tx, row, plan, recorded.get(row["id"], []))


def _wait_rows(tx: Transaction, kind: WaitKind, ids: list[str]) -> dict[str, list[tuple[str, str]]]:
    table = _TABLES.get(kind, subscriptions)
    query = sa.select(table.c.instance_id, table.c.wait_id, table.c.element_id).where(table.c.instance_id.in_(ids))
    if kind is WaitKind.HUMAN:
        query = query.where(human_tasks.c.state == "open")
    elif table is subscriptions:
        query = query.where(subscriptions.c.kind == kind.value)
    by_instance: dict[str, list[tuple[str, str]]] = {}
    for row in tx.connection.execute(query):
        by_instance.setdefault(row.instance_id, []).append((row.wait_id, row.element_id))
    return by_instance


def _open_incidents(tx: Transaction, ids: list[str]) -> Mapping[str, int]:
    query = sa.select(incidents.c.instance_id, sa.func.count()).where(
        incidents.c.instance_id.in_(ids), incidents.c.state == "open"
    )
    return {row[0]: row[1] for row in tx.connection.execute(query.group_by(incidents.c.instance_id))}


def _resting(row: Mapping[str, Any], waits: Counter[Any], incidents_open: int) -> Iterator[Violation]:
    """Who has not ended waits for something; who has ended waits for nothing and says when."""
    if row["status"] in _AT_REST:
        if not waits and not incidents_open:
            yield Violation("instance.stuck", row["id"], "it has not ended and waits for nothing")
        if row["ended_at"] is not None:
            yield Violation("instance.ended_at", row["id"], "it has an end and has not ended")
    elif row["ended_at"] is None:
        yield Violation("instance.ended_at", row["id"], "it has ended and does not say when")
    elif incidents_open:
        yield Violation("incident.of_ended", row["id"], f"{incidents_open} open incidents of an ended instance")


def _recorded(tx: Transaction, root_ids: list[str]) -> dict[str, list[tuple[Mapping[str, object], Any]]]:
    """The events each instance received, in order, with their moments."""
    found: dict[str, list[tuple[Mapping[str, object], Any]]] = {}
    query = sa.select(lines.c.instance_id, lines.c.at, lines.c.entries).where(lines.c.root_id.in_(root_ids))
    for row in tx.connection.execute(query.order_by(lines.c.root_id, lines.c.seq)):
        for kind, _, data in orjson.loads(row.entries):
            if kind in ("event.received", "instance.migrated"):
                found.setdefault(row.instance_id, []).append((data, row.at))
    return found


def _replayed(
    tx: Transaction, row: Mapping[str, Any], plan: Any, events: list[tuple[Mapping[str, object], Any]]
) -> Iterator[Violation]:
    """Tokens are conserved: history alone leads to the stored state; one that was migrated is played on one plan after the
    other."""
    if any("event" not in data for data, _ in events):
        different = [text for text in prove(tx, row["id"]).differences if row["id"] in text or "cannot" in text]
        yield from (Violation("history.other_state", row["id"], text) for text in different)
        return
    state, due = None, dict[object, Any]()
    try:
        for (data, at), outcome in zip(events, replay(plan, events), strict=True):
            if data.get("event") == "Fire" and due.get(data.get("wait_id"), at) > at:
                yield Violation("timer.early", row["id"], f"it fired at {at} and was due at {due[data['wait_id']]}")
            state, due = outcome.state, {wait.id: wait.due for wait in outcome.waits if wait.due is not None}
    except (TongbanError, KeyError, ValueError) as broken:
        yield Violation("history.illegal", row["id"], f"{type(broken).__name__}: {broken}")
        return
    if state is None or kernel.encode(state) != row["state"]:
        yield Violation("history.other_state", row["id"], "its history leads to another state than the stored one")


def _orphans(tx: Transaction) -> Iterator[Violation]:
    """Rows of instances that are not there, and children whose caller does not wait for them."""
    for table in (human_tasks, timers, jobs, subscriptions, incidents):
        known = sa.select(instances.c.id).where(instances.c.id == table.c.instance_id)
        query = sa.select(table.c.instance_id).where(~known.exists()).distinct()
        for instance_id in tx.connection.execute(query).scalars():
            yield Violation("row.without_instance", instance_id, table.name)
    waits = sa.select(subscriptions.c.wait_id).where(
        subscriptions.c.instance_id == instances.c.parent_id, subscriptions.c.wait_id == instances.c.parent_wait_id
    )
    lost = sa.select(instances.c.id).where(instances.c.parent_id.is_not(None), instances.c.status.in_(_AT_REST), ~waits.exists())
    for instance_id in tx.connection.execute(lost).scalars():
        yield Violation("child.forgotten", instance_id, "its caller does not wait for it")
    parked = sa.select(incidents.c.id).where(incidents.c.job_id == jobs.c.id, incidents.c.state == "open")
    for job_id in tx.connection.execute(sa.select(jobs.c.id).where(jobs.c.state == "incident", ~parked.exists())).scalars():
        yield Violation("job.parked_silently", job_id, "it is parked and no open incident says so")


def _idle_candidates(tx: Transaction) -> Iterator[Violation]:
    """Lists show open tasks and nothing else."""
    closed = sa.select(human_tasks.c.id).where(human_tasks.c.id == task_candidates.c.task_id, human_tasks.c.state == "open")
    for task_id in tx.connection.execute(sa.select(task_candidates.c.task_id).where(~closed.exists()).distinct()).scalars():
        yield Violation("candidate.of_closed_task", task_id, "a closed task is still in a list")


def _lost_messages(tx: Transaction) -> Iterator[Violation]:
    """A delivered message names its receiver, and the receiver's history knows it."""
    taken = messages.c.state == "delivered"
    query = sa.select(messages.c.id).where(taken, messages.c.kind == "message", messages.c.receiver.is_(None))
    for message_id in tx.connection.execute(query).scalars():
        yield Violation("message.nowhere", message_id, "it was delivered to nobody")
    known = sa.select(instances.c.id).where(instances.c.id == messages.c.receiver)
    gone = sa.select(messages.c.id).where(taken, messages.c.receiver.is_not(None), ~known.exists())
    for message_id in tx.connection.execute(gone).scalars():
        yield Violation("message.nowhere", message_id, "its receiver is not there")
