"""退回: an earlier task of the same instance is opened again, with the wrong fields marked.

Who: whoever holds the task. From: any open task before the decision. `walk`: the path is walked again from there and all work
that would be walked again is void, branches beside it excepted. `straight`: once done again, the case comes straight back here.
The re-opened task gets a new stage clock and new timers; documents already issued stand. Which ways are lawful for a diagram is
decided by its parallel branches (`engine.bpmn.plan.branches`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.actors import Actor
from engine.bpmn.plan import branches
from engine.casework import access, audit, case_rows, handling, notices, task_rows, verbs_rows
from engine.casework.verbs_rows import OpinionType
from engine.errors import Conflict, Finding, Invalid, Severity
from engine.models.tasks import human_tasks
from engine.models.verbs import task_returns
from engine.runtime import changes, jobs, moving, plans
from engine.transaction import Engine, Transaction

WALK, STRAIGHT = "walk", "straight"


class NoWayBack(Conflict):
    """Expected one of the earlier tasks of this case to send “{task}” back to, but {target} is none; choose from the list."""

    zh = "“{task}”只能退回到本办件已办过的环节，{target} 不在其中；请从列表中选择。"


class StraightImpossible(Conflict):
    """Expected a task that may lead straight back to “{task}”, but “{target}” lies before parallel branches; walk again."""

    zh = "“{target}”处于并行分支之前或须多人办理，办结后不能直接回到“{task}”；请选择重新逐级办理。"


class WalkImpossible(Conflict):
    """Expected a task outside parallel branches that are over, but “{target}” lies in one; choose straight back."""

    zh = "“{target}”处于已汇合的并行分支之内，不能从该处重新逐级办理；请选择办结后直接返回。"


class AlreadyDecided(Conflict):
    """Expected a case before its decision, but {case_no} is “{state}”; a decision is not undone by sending a task back."""

    zh = "办件 {case_no} 当前为“{state}”，决定之后不能再退回。"


@dataclass(frozen=True, slots=True)
class Return:
    """Why a task was opened again. fields: keys of the form that were marked. mode: walk | straight."""

    from_element: str
    from_name: str
    by_name: str
    reason: str
    fields: tuple[str, ...]
    mode: str
    at: datetime


def send_back(
    engine: Engine,
    actor: Actor,
    task_id: str,
    target_element_id: str,
    reason: str,
    fields: Sequence[str] = (),
    *,
    mode: str = WALK,
) -> str:
    """退回. Returns the (first) re-opened task's id. Raises NoWayBack, StraightImpossible, WalkImpossible, AlreadyDecided."""
    if not reason.strip():
        missing = Finding(Severity.ERROR, "return.reason.missing", "/reason", "State the reason.", "请填写退回理由。")
        raise Invalid(findings=(missing,))
    with engine.begin(actor, keeps_jobs=True) as tx:
        row = handling.held(tx, task_id, ("退回", "send back"), "task.complete")
        name = _checked(tx, row, target_element_id, mode)
        verbs_rows.record(tx, row, OpinionType.RETURN, reason)
        told = {"task": row["name"], "target": name, "reason": reason, "fields": list(fields), "mode": mode}
        audit.write(tx, row["root_id"], "task.sent_back", told)
        new_tasks = _moved(tx, row, target_element_id, reason, mode)
        _remember(tx, row, new_tasks, reason, fields, mode)
        _tell_returned(tx, row)
    jobs.follow(tx, row["root_id"])
    return new_tasks[0]


def _checked(tx: Transaction, row: Mapping[str, Any], target: str, mode: str) -> str:
    case = case_rows.find(tx, row["business_key"] or "")
    if case is not None and case["decided_at"] is not None:
        raise AlreadyDecided(case_no=case["case_no"], state=case_rows.words(case))
    names = dict(earlier_tasks(tx, row))
    if target not in names:
        raise NoWayBack(task=row["name"], target=target)
    plan = plans.plan_of(tx, row["definition_id"])
    if mode == STRAIGHT and not branches.may_go_straight(plan, row["element_id"], target):
        raise StraightImpossible(task=row["name"], target=names[target])
    if mode != STRAIGHT and not branches.may_walk(plan, row["element_id"], target):
        raise WalkImpossible(task=row["name"], target=names[target])
    return names[target]


def _moved(tx: Transaction, row: Mapping[str, Any], target: str, reason: str, mode: str) -> list[str]:
    if mode == STRAIGHT:
        moving.step_back(tx, row["instance_id"], row["element_id"], target, reason)
    else:
        changes.send_back(tx, row["instance_id"], target, reason)
    query = sa.select(human_tasks.c.id).where(
        human_tasks.c.instance_id == row["instance_id"],
        human_tasks.c.element_id == target,
        human_tasks.c.state == "open",
        human_tasks.c.created_at == tx.now,
    )
    return list(tx.connection.execute(query.order_by(human_tasks.c.id)).scalars())


def _remember(
    tx: Transaction, row: Mapping[str, Any], new_tasks: Sequence[str], reason: str, fields: Sequence[str], mode: str
) -> None:
    common = {"from_element": row["element_id"], "from_name": row["name"], "by_name": tx.actor.name, "reason": reason}
    for task_id in new_tasks:
        values = {**common, "task_id": task_id, "fields": list(fields), "mode": mode, "at": tx.now}
        tx.connection.execute(task_returns.insert().values(**values))


def _tell_returned(tx: Transaction, row: Mapping[str, Any]) -> None:
    case_no = row["business_key"]
    for to in notices.holders(tx, case_no or ""):
        notices.write(tx, to, "task.returned", {"case_no": case_no}, case_no=case_no)


def returned(tx: Transaction, task_id: str) -> Return | None:
    """Why this task was opened again, None when it was not."""
    row = tx.row(sa.select(task_returns).where(task_returns.c.task_id == task_id))
    if row is None:
        return None
    kept = {name: row[name] for name in Return.__dataclass_fields__}
    return Return(**{**kept, "fields": tuple(kept["fields"])})


def earlier_tasks(tx: Transaction, row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Human tasks of the same instance that officers completed before, oldest first: where it may be sent back to."""
    query = sa.select(human_tasks.c.element_id, human_tasks.c.name, human_tasks.c.candidate_groups).where(
        human_tasks.c.instance_id == row["instance_id"], human_tasks.c.state == "completed"
    )
    found = tx.connection.execute(query.order_by(human_tasks.c.completed_at)).all()
    names = {t.element_id: t.name for t in found if t.element_id != row["element_id"] and "applicant" not in t.candidate_groups}
    return tuple(names.items())


def ways_back(tx: Transaction, row: Mapping[str, Any]) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """(element, name, lawful modes) for each earlier task; none once the case is decided."""
    case = case_rows.find(tx, row["business_key"] or "")
    if case is not None and case["decided_at"] is not None:
        return ()
    plan = plans.plan_of(tx, row["definition_id"])
    found = []
    for element, name in earlier_tasks(tx, row):
        walks = (WALK,) if branches.may_walk(plan, row["element_id"], element) else ()
        straight = (STRAIGHT,) if branches.may_go_straight(plan, row["element_id"], element) else ()
        if walks or straight:
            found.append((element, name, (*walks, *straight)))
    return tuple(found)


def may_return(tx: Transaction, row: Mapping[str, Any]) -> bool:
    """Whether the actor holds the task and there is somewhere to send it back to."""
    return access.may(tx, "task.complete", task_rows.about(row)) and bool(ways_back(tx, row))
