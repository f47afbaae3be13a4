"""Human tasks: claim, hold a draft, complete. Who may is decided above, in casework; here only that it still can be done."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.bpmn.terms import Complete, Throw
from engine.errors import Conflict, NotFound
from engine.models.tasks import human_tasks, task_candidates
from engine.runtime.run import typed
from engine.runtime.step import is_locked, lock, step
from engine.transaction import Transaction

Row = Mapping[str, Any]


class TaskClosed(Conflict):
    """Expected to {action} human task {task}, but it was {state} at {at} by {who}; open your list again."""

    zh = "人工任务 {task} 已于 {at} 由{who}{state}，不能再{action}；请刷新列表。"


class TaskHeld(Conflict):
    """Expected to claim human task {task}, but {who} has held it since {at}; choose another or ask for a transfer."""

    zh = "人工任务 {task} 已于 {at} 由{who}签收；请另选任务或请其转办。"


class TaskChanged(Conflict):
    """Expected version {expected} of human task {task}, but it is at version {found}; reload the page, your draft is kept."""

    zh = "人工任务 {task} 已更新到版本 {found}（您看到的是 {expected}）；请刷新页面，草稿已保留。"


_STATES = {"completed": ("办结", "completed"), "cancelled": ("撤下", "withdrawn")}


def get(tx: Transaction, task_id: str) -> Row:
    """The task's row. Raises NotFound."""
    row = tx.find(human_tasks, id=task_id)
    if row is None:
        raise NotFound(thing=("人工任务", "human task"), key=task_id)
    return row


def list_open(tx: Transaction, instance_id: str | None = None, *, element_id: str | None = None) -> Sequence[Row]:
    """Open tasks of a root or an instance (all of them without one), oldest first; for tools and tests, not for inboxes."""
    query = sa.select(human_tasks).where(human_tasks.c.state == "open").order_by(human_tasks.c.created_at, human_tasks.c.id)
    if instance_id is not None:
        query = query.where(sa.or_(human_tasks.c.root_id == instance_id, human_tasks.c.instance_id == instance_id))
    if element_id is not None:
        query = query.where(human_tasks.c.element_id == element_id)
    return tx.rows(query)


def claim(tx: Transaction, task_id: str, *, assignee: str | None = None, expected_version: int | None = None) -> Row:
    """Takes an unheld task for `assignee` (the actor by default); again by the same person changes nothing."""
    task = _open(tx, task_id, ("签收", "claim"), expected_version)
    who = assignee or tx.actor.id
    if task["assignee"] == who:
        return task
    if task["assignee"] is not None:
        raise TaskHeld(task=task_id, who=task["assignee"], at=_clock(task["claimed_at"]))
    return _hold(tx, task, who)


def unclaim(tx: Transaction, task_id: str, *, expected_version: int | None = None) -> Row:
    """Gives a held task back to its candidates."""
    return _hold(tx, _open(tx, task_id, ("退回签收", "give back"), expected_version), None)


def assign(tx: Transaction, task_id: str, assignee: str, *, expected_version: int | None = None) -> Row:
    """Hands a task to somebody, whoever holds it now."""
    return _hold(tx, _open(tx, task_id, ("指派", "assign"), expected_version), assignee)


def place(tx: Transaction, task_id: str, assignee: str) -> Row:
    """Hands a task to somebody in the very step that opens it, which holds the lock already."""
    return _hold(tx, get(tx, task_id), assignee)


def save_draft(
    tx: Transaction, task_id: str, draft: Mapping[str, object], *, opinion: str = "", expected_version: int | None = None
) -> Row:
    """Keeps half-filled answers and the words beside them, with who and when; the version stays, so that a later completion is
    not refused."""
    task = _open(tx, task_id, ("暂存", "save a draft of"), expected_version)
    values = {"draft": typed(draft), "draft_opinion": opinion, "draft_saved_by": tx.actor.id, "draft_saved_at": tx.now}
    tx.update(human_tasks, {"id": task_id}, **values)
    return {**task, **values}


def complete(
    tx: Transaction, task_id: str, variables: Mapping[str, object] | None = None, *, expected_version: int | None = None
) -> Row:
    """Completes a task and moves its instance. Raises TaskClosed, TaskChanged; the first of two wins."""
    task = _open(tx, task_id, ("办理", "complete"), expected_version)
    _close(tx, task)
    step(tx, task["instance_id"], Complete(task["wait_id"], variables or {}))
    return get(tx, task_id)


def close(tx: Transaction, task_id: str, *, expected_version: int | None = None) -> Row:
    """Marks a task as completed without moving its instance: the caller moves it in the same transaction."""
    task = _open(tx, task_id, ("办理", "complete"), expected_version)
    _close(tx, task)
    return task


def check_version(tx: Transaction, task_id: str, expected_version: int | None) -> None:
    """Raises TaskClosed, TaskChanged unless the task is open at this version."""
    _open(tx, task_id, ("办理", "complete"), expected_version)


def throw(tx: Transaction, task_id: str, code: str, message: str = "", variables: Mapping[str, object] | None = None) -> Row:
    """Ends a task with a BPMN error that the diagram may catch."""
    task = _open(tx, task_id, ("办理", "complete"), None)
    _close(tx, task)
    step(tx, task["instance_id"], Throw(task["wait_id"], code, message, variables or {}))
    return get(tx, task_id)


def _open(tx: Transaction, task_id: str, action: tuple[str, str], expected_version: int | None) -> Row:
    """The task, with its root locked; refuses before anything changes."""
    task = get(tx, task_id)
    if not is_locked(tx, task["instance_id"]):
        lock(tx, task["instance_id"])
        task = get(tx, task_id)
    if task["state"] != "open":
        who = task["completed_by"] or ("系统", "the process")
        raise TaskClosed(task=task_id, action=action, state=_STATES[task["state"]], who=who, at=_clock(task["completed_at"]))
    if expected_version is not None and task["version"] != expected_version:
        raise TaskChanged(task=task_id, expected=expected_version, found=task["version"])
    return task


def _hold(tx: Transaction, task: Row, who: str | None) -> Row:
    values = {"assignee": who, "claimed_at": tx.now if who else None, "version": task["version"] + 1}
    tx.update(human_tasks, {"id": task["id"]}, **values)
    tx.update(task_candidates, {"task_id": task["id"]}, is_waiting=who is None)
    return {**task, **values}


def _close(tx: Transaction, task: Row) -> None:
    values = {"state": "completed", "completed_at": tx.now, "completed_by": tx.actor.id, "version": task["version"] + 1}
    tx.update(human_tasks, {"id": task["id"]}, **values)


def _clock(at: Any) -> str:
    return "?" if at is None else f"{at:%Y-%m-%d %H:%M} UTC"
