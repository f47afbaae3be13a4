"""Waits as rows: what people and workers query is a projection of what instances wait for, and nothing else.

After every step, rows and waits are equal; `tests/unit/runtime` asserts it on random diagrams."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

import orjson
import sqlalchemy as sa

from engine import tracing
from engine.bpmn.kernel import step as kernel
from engine.bpmn.terms import Wait, WaitKind
from engine.models.base import new_id
from engine.models.instances import history as history_table
from engine.models.instances import instances
from engine.models.tasks import human_tasks, task_candidates
from engine.models.work import jobs, subscriptions, timers
from engine.runtime import history, lanes, post, troubles
from engine.runtime.renewal import renew
from engine.runtime.run import Loaded, Run
from engine.transaction import Transaction

_FIXED = ("id", "root_id", "process_id", "started_by", "started_at")
Rows = dict[sa.Table, list[dict[str, Any]]]


def save(run: Run) -> None:
    """Writes everything a run has done: wait rows, incidents, messages, history, and each instance once."""
    added: Rows = defaultdict(list)
    for loaded in run.loaded.values():
        _difference(run, loaded, added)
    for table, rows in added.items():
        run.tx.insert(table, rows)
    for loaded in run.loaded.values():
        troubles.record(run.tx, loaded)
    troubles.record_refused(run.tx, run.refused)
    post.send(run.tx, run.root_id, run.outgoing)
    run.tx.has_more = run.tx.has_more or bool(run.outgoing)
    for loaded in list(run.loaded.values()):
        for observe in run.tx.engine.observers if loaded.entries else ():
            observe(run.tx, loaded.row, tuple(loaded.entries))
    _write_history(run)
    _write_instances(run)


def _difference(run: Run, loaded: Loaded, added: Rows) -> None:
    gone = [wait for id, wait in loaded.before.items() if loaded.waits.get(id) != wait]
    new = [wait for id, wait in loaded.waits.items() if loaded.before.get(id) != wait]
    changed = {wait.id for wait in gone} & {wait.id for wait in new}
    _remove(run.tx, loaded, [wait for wait in gone if wait.id not in changed])
    for wait in new:
        if wait.id in changed:
            renew(run.tx, loaded, wait)
        else:
            _row(run, loaded, wait, added)


def _remove(tx: Transaction, loaded: Loaded, gone: Iterable[Wait]) -> None:
    by_kind: dict[WaitKind, list[str]] = defaultdict(list)
    for wait in gone:
        by_kind[wait.kind].append(wait.id)
    for kind, ids in by_kind.items():
        table = {WaitKind.HUMAN: human_tasks, WaitKind.TIMER: timers, WaitKind.JOB: jobs}.get(kind, subscriptions)
        if kind is WaitKind.HUMAN:
            _close_tasks(tx, loaded.id, ids)
        else:
            tx.delete(table, instance_id=loaded.id, wait_id=ids)
    if by_kind and not loaded.has_ended:
        troubles.forget(tx, loaded.id, [id for ids in by_kind.values() for id in ids])


_MINE = sa.and_(
    human_tasks.c.instance_id == sa.bindparam("instance"), human_tasks.c.wait_id.in_(sa.bindparam("waits", expanding=True))
)
_LEAVE_LISTS = task_candidates.delete().where(task_candidates.c.task_id.in_(sa.select(human_tasks.c.id).where(_MINE)))
_CANCEL = (
    human_tasks.update()
    .where(_MINE, human_tasks.c.state == "open")
    .values(state="cancelled", completed_at=sa.bindparam("now"), version=human_tasks.c.version + 1)
)


def _close_tasks(tx: Transaction, instance_id: str, wait_ids: list[str]) -> None:
    """Those that nobody completed in this transaction are cancelled; all leave the candidates' lists."""
    mine = {"instance": instance_id, "waits": wait_ids}
    tx.connection.execute(_LEAVE_LISTS, mine)
    tx.connection.execute(_CANCEL, {**mine, "now": tx.now})


def _row(run: Run, loaded: Loaded, wait: Wait, added: Rows) -> None:
    tx = run.tx
    common = {"instance_id": loaded.id, "root_id": loaded.row["root_id"], "wait_id": wait.id, "element_id": wait.element_id}
    match wait.kind:
        case WaitKind.HUMAN:
            _task(tx, loaded, wait, common, added)
        case WaitKind.TIMER:
            added[timers].append({**common, "due_at": wait.due})
        case WaitKind.JOB:
            added[jobs].append({**common, **_job(run, loaded, wait)})
            if added[jobs][-1]["state"] == "leased":
                tx.kept.append({**added[jobs][-1], "leased_at": tx.now})
        case _:
            added[subscriptions].append({**common, **_subscription(tx, loaded, wait)})


def _task(tx: Transaction, loaded: Loaded, wait: Wait, common: Mapping[str, Any], added: Rows) -> None:
    detail, task_id = wait.detail, new_id()
    users, groups = _names(detail.get("candidate_users")), _names(detail.get("candidate_groups"))
    assignee = detail.get("assignee")
    row = {
        **common,
        "id": task_id,
        "definition_id": loaded.row["definition_id"],
        "process_id": loaded.row["process_id"],
        "business_key": loaded.row["business_key"],
        "name": str(detail.get("name") or wait.element_id),
        "form_key": detail.get("form_key"),
        "properties": detail.get("properties") or {},
        "candidate_groups": groups,
        "candidate_users": users,
        "assignee": str(assignee) if assignee else None,
        "claimed_at": tx.now if assignee else None,
        "priority": _whole(detail.get("priority"), 50),
        "due_at": moment(detail.get("due_date")),
        "follow_up_at": moment(detail.get("follow_up_date")),
        "state": "open",
        "created_at": tx.now,
    }
    added[human_tasks].append(row)
    pairs = [("group", g) for g in groups] + [("user", u) for u in users]
    for kind, key in dict.fromkeys(pairs):
        known = {"element_id": wait.element_id, "business_key": loaded.row["business_key"], "is_waiting": not assignee}
        added[task_candidates].append({"kind": kind, "key": key, "task_id": task_id, **known})


def _job(run: Run, loaded: Loaded, wait: Wait) -> dict[str, Any]:
    tx, properties = run.tx, wait.detail.get("properties")
    known = dict(properties) if isinstance(properties, Mapping) else {}
    retries, operation = wait.detail.get("retries"), str(wait.detail.get("operation"))
    if operation in tx.engine.operations:
        known["slice"] = run.slice + 1
    row = {
        "id": new_id(),
        "operation": operation,
        "lane": lanes.name(loaded.row["process_id"], operation),
        "priority": _whole(known.get("priority"), 50),
        "input": orjson.dumps(wait.detail.get("input") or {}).decode(),
        "properties": known,
        "idempotency_key": f"{loaded.id}:{wait.id}",
        "state": lanes.state_at_rest(tx.engine, operation),
        "attempts": 0,
        "max_attempts": _whole(known.get("retry.max"), _whole(retries, 3)),
        "due_at": tx.now,
        "lease_owner": None,
        "lease_until": None,
        "fence": 0,
        "traceparent": tracing.carried(),
        "created_at": tx.now,
    }
    tx.has_more = tx.has_more or not tx.keeps_jobs or operation in tx.engine.operations
    return _kept(tx, row) if tx.keeps_jobs and operation in tx.engine.connectors else row


def _kept(tx: Transaction, row: dict[str, Any]) -> dict[str, Any]:
    """Born with a lease of this process, which will do it right after the commit; if it dies, the lease falls to others."""
    return {**row, **lanes.leased_by(tx, tx.engine.worker_id, row["properties"], fence=1, attempts=1)}


def _subscription(tx: Transaction, loaded: Loaded, wait: Wait) -> dict[str, Any]:
    key = wait.detail.get("correlation_key")
    return {
        "kind": wait.kind.value,
        "name": str(wait.detail.get("name") or wait.detail.get("called_element") or ""),
        "correlation_key": None if key is None else str(key),
        "business_key": loaded.row["business_key"],
        "created_at": tx.now,
    }


def _write_history(run: Run) -> None:
    """One row for each run of entries of one instance, chained."""
    rows = []
    for instance_id, group in groupby(run.entries, key=lambda e: e[0]):
        row = history.link(run.tx, run.root_id, instance_id, [entry for _, entry in group], run.head)
        run.head = (row["seq"], row["hash"])  # type: ignore[assignment]  # a row's values are objects
        rows.append(row)
    run.entries.clear()
    if rows:
        run.tx.insert(history_table, rows)


def _write_instances(run: Run) -> None:
    root = run.loaded.get(run.root_id)
    if root is None:
        root = run.load(run.root_id)
    root.row["chain_length"], root.row["chain_head"] = run.head
    new = []
    for loaded in run.loaded.values():
        if not loaded.entries and loaded is not root:
            continue
        loaded.row["updated_at"] = run.tx.now
        if loaded.state is not None:
            loaded.row["state"] = kernel.encode(loaded.state)
        if loaded.is_new:
            new.append(loaded.row)
        else:
            changed = {k: v for k, v in loaded.row.items() if k not in _FIXED}
            run.tx.update(instances, {"id": loaded.id}, **changed)
        loaded.is_new, loaded.before = False, loaded.waits
        loaded.entries.clear()
        loaded.effects.clear()
    if new:
        run.tx.insert(instances, new)


def _names(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [name.strip() for name in value.split(",") if name.strip()]
    return [str(name) for name in value] if isinstance(value, Iterable) else [str(value)]


def _whole(value: object, otherwise: int) -> int:
    text = str(value).strip() if value is not None else ""
    return int(text) if text.isdecimal() else otherwise


def moment(value: object) -> datetime | None:
    """An aware moment out of an ISO text or a moment; None for anything else."""
    if isinstance(value, datetime):
        return value if value.tzinfo else None
    try:
        parsed = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return parsed if parsed.tzinfo else None
