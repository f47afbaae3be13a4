"""Load-aware dispatch 按负荷派单: a task goes to whoever of its groups has the least to do.

Away are those who have given their work to a deputy; out of the question those whom four eyes forbid. Among equals the one who
was given something longest ago. An element with `assign.mode` = `load` is dispatched the moment it opens."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.casework import access, audit, notices, people, task_rows
from engine.errors import Conflict
from engine.models.identity import accounts
from engine.models.tasks import human_tasks
from engine.models.verbs import substitutions
from engine.runtime import tasks
from engine.transaction import Transaction

BY_LOAD = ("按负荷派单", "by load")


class NobodyToDispatch(Conflict):
    """Expected somebody of {groups} who is there and may do “{task}”, but there is nobody; assign it by hand."""

    zh = "“{task}”没有可派的人员（{groups}）；请手动派单。"


def choose(tx: Transaction, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The account {id, name} with the least open tasks. row: of a task, as task_rows.find gives it. Raises NobodyToDispatch."""
    able = [person for person in _candidates(tx, row) if _may(tx, row, person["id"])]
    if not able:
        raise NobodyToDispatch(task=row["name"], groups="、".join(row["candidate_groups"]))
    load, given = _load(tx, [person["id"] for person in able])
    return min(able, key=lambda person: (load.get(person["id"], 0), given.get(person["id"], ""), person["id"]))


def _candidates(tx: Transaction, row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Officers of the task's groups who have not given their work away."""
    is_away = sa.exists().where(
        substitutions.c.principal_id == accounts.c.id,
        substitutions.c.starts_at <= tx.now,
        substitutions.c.ends_at > tx.now,
        substitutions.c.ended_at.is_(None),
    )
    query = sa.select(accounts.c.id, accounts.c.name, accounts.c.groups, accounts.c.roles)
    query = query.where(accounts.c.kind == "officer", accounts.c.is_active.is_(True), sa.not_(is_away))
    query = query.where(accounts.c.office == row["office"]) if row["office"] else query
    wanted, named = set(row["candidate_groups"]), set(row["candidate_users"])
    return [p for p in tx.rows(query) if "caseworker" in p["roles"] and (wanted & set(p["groups"]) or p["id"] in named)]


def _may(tx: Transaction, row: Mapping[str, Any], account_id: str) -> bool:
    try:
        task_rows.check_four_eyes(tx, row, account_id)
    except access.FourEyes:
        return False
    return True


def _load(tx: Transaction, ids: Sequence[str]) -> tuple[Mapping[str, int], Mapping[str, str]]:
    """How many open tasks each holds, and when each was given the newest."""
    held = sa.and_(human_tasks.c.assignee.in_(ids), human_tasks.c.state == task_rows.OPEN)
    newest = sa.func.max(human_tasks.c.claimed_at).label("newest")
    query = sa.select(human_tasks.c.assignee, sa.func.count().label("n"), newest).where(held).group_by(human_tasks.c.assignee)
    rows = tx.rows(query)
    return {r["assignee"]: r["n"] for r in rows}, {r["assignee"]: str(r["newest"] or "") for r in rows}


def at_once(tx: Transaction, task: Mapping[str, Any]) -> bool:
    """Gives a task that has just opened to whoever has the least to do; with nobody there it waits in the pool: False."""
    row = task_rows.find(tx, task["id"])
    if row is None or row["assignee"] is not None:
        return False
    try:
        person = choose(tx, row)
    except NobodyToDispatch:
        return False
    tasks.place(tx, row["id"], person["id"])
    people.remember(tx, person["id"], person["name"])
    case_no = row["business_key"]
    notices.write(tx, person["id"], "task.assigned", {"case_no": case_no or ""}, case_no=case_no)
    told = {"task": row["name"], "element": row["element_id"], "to": person["name"], "to_id": person["id"], "reason": BY_LOAD[0]}
    audit.write(tx, row["root_id"], "task.assigned", told)
    return True
