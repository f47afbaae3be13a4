"""撤回 by the handler: what was just completed is opened again, while the next step is untouched.

Who: whoever completed the task. From: the next tasks stand open, unread by a hand (nobody signed in by choice, no draft, no
opinion), and nothing was said to the outside since (no document, no decision, no answer of an outside system). The next tasks are
withdrawn with their timers and stage clocks; the answers come back as a draft."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.actors import Actor
from engine.bpmn.plan import branches
from engine.bpmn.terms import Move
from engine.casework import access, audit, handling, task_rows
from engine.casework.task_rows import Row
from engine.errors import Conflict, NotFound
from engine.models.supervision import opinions
from engine.models.tasks import human_tasks
from engine.runtime import changes, history, moving, plans, step, tasks, variables
from engine.transaction import Engine, Transaction


class NothingToTakeBack(Conflict):
    """Expected the step after “{task}” to be untouched, but {found}; ask its holder to send it back."""

    zh = "“{task}”之后的环节已有动作，不能撤回：{found}；可请下一环节退回。"


_OUTSIDE = ("document.", "licence.", "entitlement.", "case.granted", "case.refused", "case.delivered", "job.", "message.")
"""Kinds of history after which nothing is taken back."""


def take_back(engine: Engine, actor: Actor, task_id: str) -> str:
    """撤回. Returns the id of the task that is the actor's again. Raises NotFound, NothingToTakeBack."""
    with engine.begin(actor) as tx:
        row = task_rows.find(tx, task_id)
        if row is None or row["completed_by"] != actor.id:
            raise NotFound(thing=("已办任务", "a task you completed"), key=task_id)
        step.lock(tx, row["instance_id"])
        following = _following(tx, row)
        _check(tx, row, following)
        answers = _answers(tx, row)
        waits = tuple(task["wait_id"] for task in following)
        audit.write(tx, row["root_id"], "task.taken_back", {"task": row["name"]})
        step.step(tx, row["instance_id"], Move(waits, (row["element_id"],), "taken back"))
        new_id = _reopened(tx, row)
        tasks.assign(tx, new_id, actor.id)
        tasks.save_draft(tx, new_id, answers)
        handling.show_holder(tx, row["root_id"])
        return new_id


def _following(tx: Transaction, row: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Open tasks that this completion opened, or that were opened since."""
    query = sa.select(human_tasks).where(
        human_tasks.c.instance_id == row["instance_id"],
        human_tasks.c.state == "open",
        human_tasks.c.created_at >= row["completed_at"],
        human_tasks.c.id > row["id"],
    )
    rows = tx.rows(query)
    behind = changes.behind(tx, row["instance_id"], row["element_id"])
    return [task for task in rows if task["wait_id"] in behind]


def _check(tx: Transaction, row: Mapping[str, Any], following: Sequence[Mapping[str, Any]]) -> None:
    plan = plans.plan_of(tx, row["definition_id"])
    waits_at_a_join = bool(branches.around(plan, row["element_id"])) and tasks.list_open(tx, row["instance_id"])
    if row["state"] != "completed" or not (following or waits_at_a_join):
        raise NothingToTakeBack(task=row["name"], found=("没有可撤下的后续任务", "there is no next task to withdraw"))
    if any(not branches.may_walk(plan, task["element_id"], row["element_id"]) for task in following):
        raise NothingToTakeBack(task=row["name"], found=("并行分支已汇合", "the parallel branches have joined"))
    if moving.is_for_several(tx, row["definition_id"], row["element_id"]):
        raise NothingToTakeBack(task=row["name"], found=("会签意见已计入", "its vote has been counted"))
    for task in following:
        touched = task["draft"] is not None or (task["claimed_at"] is not None and task["claimed_at"] > task["created_at"])
        written = tx.value(sa.select(opinions.c.id).where(opinions.c.task_id == task["id"]))
        if touched or written:
            raise NothingToTakeBack(task=row["name"], found=(f"“{task['name']}”已被处理", f"“{task['name']}” has been taken up"))
    others = sa.select(human_tasks.c.name).where(
        human_tasks.c.instance_id == row["instance_id"],
        human_tasks.c.state == "completed",
        human_tasks.c.completed_at >= row["completed_at"],
        human_tasks.c.id > row["id"],
        human_tasks.c.created_at >= row["completed_at"],
    )
    if (name := tx.value(others)) is not None:
        raise NothingToTakeBack(task=row["name"], found=(f"“{name}”已办结", f"“{name}” is completed"))
    _check_outside(tx, row)


def _check_outside(tx: Transaction, row: Mapping[str, Any]) -> None:
    events = history.of(tx, row["root_id"])
    marks = [n for n, e in enumerate(events) if e.kind == "task.completed" and e.data.get("element") == row["element_id"]]
    for event in events[marks[-1] if marks else 0 :]:
        if event.kind.startswith(_OUTSIDE):
            said = ("已出具文书或已对外告知", "a document was issued or the outside was told")
            raise NothingToTakeBack(task=row["name"], found=said)


def _answers(tx: Transaction, row: Mapping[str, Any]) -> Mapping[str, object]:
    """What was answered, out of the variables that the form's fields are named after."""
    keys = handling.form_keys(tx, row)
    known = variables.of(tx, row["instance_id"])
    return {key: known[key] for key in keys if key in known}


def _reopened(tx: Transaction, row: Mapping[str, Any]) -> str:
    query = sa.select(human_tasks.c.id).where(
        human_tasks.c.instance_id == row["instance_id"],
        human_tasks.c.element_id == row["element_id"],
        human_tasks.c.state == "open",
    )
    return str(tx.connection.execute(query.order_by(human_tasks.c.created_at.desc()).limit(1)).scalar_one())


def take_back_candidates(tx: Transaction, rows: Sequence[Row]) -> frozenset[str]:
    """Which of the actor's completed tasks may be taken back, for a list."""
    access.require(tx, "task.list")
    return frozenset(row.task_id for row in rows if _may(tx, row.task_id))


def _may(tx: Transaction, task_id: str) -> bool:
    row = task_rows.find(tx, task_id)
    if row is None or row["completed_by"] != tx.actor.id:
        return False
    try:
        _check(tx, row, _following(tx, row))
    except NothingToTakeBack:
        return False
    return True
