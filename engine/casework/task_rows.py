"""Task rows as officers see them: who may see one, who may complete it, what is in the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.casework import access, people, substitution, urgency
from engine.casework.access import FourEyes
from engine.errors import Conflict, NotFound
from engine.models.cases import cases
from engine.models.supervision import opinions
from engine.models.tasks import human_tasks
from engine.transaction import Transaction

FOUR_EYES = "fourEyes"
OPEN = "open"


class TaskTaken(Conflict):
    """Expected to {action} human task “{task}”, but {found}; open your list again."""

    zh = "“{task}”无法{action}：{found}；请刷新列表。"


@dataclass(frozen=True, slots=True)
class Row:
    """One task in a list. applicant: name; due_at: when the case's clock runs out, None = no limit; light in words of Colour."""

    task_id: str
    name: str
    element_id: str
    case_no: str | None
    item_code: str
    item_name: Mapping[str, str]
    office: str
    applicant: str
    light: str
    due_at: datetime | None
    created_at: datetime
    completed_at: datetime | None
    assignee: str | None
    claimed_at: datetime | None
    groups: tuple[str, ...]
    version: int
    is_supervised: bool


JOINED = human_tasks.outerjoin(cases, cases.c.case_no == human_tasks.c.business_key)
COLUMNS = (
    *(column for column in human_tasks.c if column.name not in ("item_code", "office", "light")),
    cases.c.case_no,
    cases.c.item_code,
    cases.c.item_zh,
    cases.c.item_en,
    cases.c.office,
    cases.c.applicant_name,
    cases.c.light,
    cases.c.is_supervised,
)


_ALL = sa.select(*COLUMNS).select_from(JOINED)
_ONE = _ALL.where(human_tasks.c.id == sa.bindparam("task_id"))
_OF_ROOT = _ALL.where(human_tasks.c.root_id == sa.bindparam("root_id"), human_tasks.c.state == OPEN)
_OPEN_OF = _OF_ROOT.order_by(human_tasks.c.created_at)


def shown(row: Mapping[str, Any]) -> Row:
    """The row of a list, from COLUMNS."""
    return Row(
        task_id=row["id"],
        name=row["name"],
        element_id=row["element_id"],
        case_no=row["case_no"],
        item_code=row["item_code"] or "",
        item_name={"zh": row["item_zh"] or "", "en": row["item_en"] or ""},
        office=row["office"] or "",
        applicant=row["applicant_name"] or "",
        light=row["light"] or "no_limit",
        due_at=urgency.due(row["sort_due_at"]),
        created_at=row["created_at"],
        completed_at=row["completed_at"],
        assignee=row["assignee"],
        claimed_at=row["claimed_at"],
        groups=tuple(row["candidate_groups"]),
        version=row["version"],
        is_supervised=bool(row["is_supervised"]),
    )


def about(row: Mapping[str, Any]) -> access.About:
    """What access needs to know of a task."""
    return access.About(office=row["office"], groups=frozenset(row["candidate_groups"]), assignee=row["assignee"])


def find(tx: Transaction, task_id: str) -> Mapping[str, Any] | None:
    """COLUMNS of one task."""
    return tx.row(_ONE, task_id=task_id)


def open_of(tx: Transaction, root_id: str) -> list[dict[str, Any]]:
    """COLUMNS of the open tasks of a root, oldest first."""
    return [dict(row) for row in tx.connection.execute(_OPEN_OF, {"root_id": root_id}).mappings()]


def visible(tx: Transaction, task_id: str) -> Mapping[str, Any]:
    """The task, if the actor may see it. Raises NotFound otherwise."""
    row = find(tx, task_id)
    if row is not None:
        substitution.act_for(tx, row)
    if row is None or not (access.may(tx, "task.view", about(row)) or row["completed_by"] == tx.actor.id):
        raise NotFound(thing=("任务", "the task"), key=task_id)
    return row


def opened(tx: Transaction, task_id: str, action: tuple[str, str]) -> Mapping[str, Any]:
    """The task, if the actor may see it and it is still open. Raises NotFound, TaskTaken naming who did what when."""
    row = visible(tx, task_id)
    if row["state"] != OPEN:
        raise TaskTaken(action=action, task=row["name"], found=_ended(tx, row))
    return row


def _ended(tx: Transaction, row: Mapping[str, Any]) -> tuple[str, str]:
    at = f"{row['completed_at']:%H:%M} UTC" if row["completed_at"] else "?"
    if row["state"] == "cancelled":
        return f"该任务已于 {at} 随流程撤下", f"the process withdrew it at {at}"
    who = people.name(tx, row["completed_by"])
    return f"{who} 已于 {at} 办结", f"it was completed at {at} by {who}"


def held(tx: Transaction, row: Mapping[str, Any], action: tuple[str, str]) -> TaskTaken:
    """The refusal that says who holds a task since when."""
    who, at = people.name(tx, row["assignee"]), f"{row['claimed_at']:%H:%M} UTC" if row["claimed_at"] else "?"
    return TaskTaken(action=action, task=row["name"], found=(f"{who} 已于 {at} 签收", f"{who} has held it since {at}"))


def check_four_eyes(tx: Transaction, row: Mapping[str, Any], account_id: str, on_behalf_of: str | None = None) -> None:
    """Raises FourEyes when this person, or whom they act for, completed or signed the task that `fourEyes` names.

    One place for screen, API, bulk and deputies (PEERS 2.2, no. 4); 行政许可法 art. 34 asks for two staff."""
    earlier = row["properties"].get(FOUR_EYES)
    if not earlier:
        return
    names = [name.strip() for name in str(earlier).split(",")]
    done = sa.select(human_tasks.c.id, human_tasks.c.name, human_tasks.c.completed_by).where(
        human_tasks.c.root_id == row["root_id"], human_tasks.c.element_id.in_(names), human_tasks.c.state == "completed"
    )
    for other in tx.connection.execute(done).all():
        signed = sa.select(opinions.c.account_id, opinions.c.on_behalf_of).where(
            opinions.c.task_id == other.id, opinions.c.type.in_(("pass", "reject"))
        )
        had_a_hand = {other.completed_by, *(who for pair in tx.connection.execute(signed) for who in pair)} - {None}
        both = had_a_hand & {account_id, on_behalf_of}
        if both:
            raise FourEyes(name=people.name(tx, sorted(both)[0]), task=row["name"], earlier=other.name)


def is_mine(tx: Transaction, row: Mapping[str, Any]) -> bool:
    """Whether the actor, or whom they act for, holds it."""
    return row["assignee"] is not None and row["assignee"] in (tx.actor.id, tx.actor.on_behalf_of)
