"""Keeps the case's stage and its tasks' urgency in step with the runtime: the one upward seam."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.bpmn.terms import Status
from engine.casework import automatic, kept, notices, people, sla, urgency
from engine.casework.case_rows import Row, find
from engine.casework.sla import ClockKind
from engine.models.tasks import human_tasks
from engine.runtime import names
from engine.transaction import Transaction

STAGE_LIMIT = "sla.limit"
"""Property of a user task: its stage clock, such as `2WD`."""


def observe(tx: Transaction, instance: Mapping[str, object], events: tuple[object, ...]) -> None:
    """Called inside every step's transaction with the instance row and the kernel's history of the step.

    An instance that serves no case only gets its tasks' urgency; the sort key of a list is never empty."""
    root_id = str(instance["root_id"])
    tasks = _open_tasks(tx, root_id)
    case = find(tx, str(instance["business_key"])) if instance["business_key"] else None
    if any(task["sort_due_at"] is None for task in tasks):
        is_new = sa.and_(human_tasks.c.root_id == root_id, human_tasks.c.sort_due_at.is_(None))
        urgency.set_for(tx, is_new, case)
    if case is None or not case["is_open"]:
        return
    fresh = [task for task in tasks if task["created_at"] == tx.now]
    if fresh and automatic.watch(tx, case, fresh):
        tasks = _open_tasks(tx, root_id)
    if tasks or case["stage"]:
        _show_stage(tx, case, tasks)
        _keep_stage_clocks(tx, case, tasks)
    if instance["id"] == root_id and instance["status"] in (Status.COMPLETED, Status.ERROR_ENDED, Status.TERMINATED):
        _report_orphan(tx, case)


def _open_tasks(tx: Transaction, root_id: str) -> Sequence[Mapping[str, Any]]:
    return tx.find_all(human_tasks, order=("created_at", "id"), root_id=root_id, state="open")


def _show_stage(tx: Transaction, case: Row, tasks: Sequence[Mapping[str, Any]]) -> None:
    stage = names.BETWEEN.join(dict.fromkeys(task["name"] for task in tasks))
    holders = [people.name(tx, t["assignee"]) if t["assignee"] else "、".join(t["candidate_groups"]) for t in tasks]
    holder = names.BETWEEN.join(dict.fromkeys(holders))
    if (stage, holder) != (case["stage"], case["holder"]):
        kept.store(tx, case, stage=stage, holder=holder)


def _keep_stage_clocks(tx: Transaction, case: Row, tasks: Sequence[Mapping[str, Any]]) -> None:
    """A stage clock runs while its task is open; a task opened again after a return gets a new one (PEERS 2.3)."""
    wanted = {task["id"]: str(task["properties"][STAGE_LIMIT]) for task in tasks if task["properties"].get(STAGE_LIMIT)}
    running = {str(row["stage"]) for row in sla.rows.running(tx, case["case_no"]) if row["kind"] == ClockKind.STAGE}
    for task_id in running - wanted.keys():
        sla.stop(tx, case["case_no"], ClockKind.STAGE, stage=task_id)
    for task_id in wanted.keys() - running:
        sla.start(tx, case["case_no"], ClockKind.STAGE, wanted[task_id], office=case["office"], stage=task_id)


def _report_orphan(tx: Transaction, case: Row) -> None:
    """The process has ended and the case has not: its clock goes on, and its supervisors are told at once."""
    to = notices.role("supervisor", case["office"])
    notices.write(tx, to, "case.orphaned", {"case_no": case["case_no"]}, case_no=case["case_no"], key=f"orphan:{case['case_no']}")
