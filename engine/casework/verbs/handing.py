"""转办 and 委派: a task goes to a colleague, for good or to come back.

Who: whoever holds it, or a supervisor of the office. From: an open task of a case that is not suspended. Clocks, timers, siblings
and documents stay as they are; the trail keeps both names."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.casework import handling, task_rows, verbs_rows
from engine.casework.task_rows import Row
from engine.casework.verbs_rows import OpinionType
from engine.errors import Conflict
from engine.models.supervision import delegations
from engine.transaction import Transaction


class NotToOneself(Conflict):
    """Expected a colleague to hand “{task}” to, but it is yours already; choose somebody else."""

    zh = "“{task}”已在您名下，请选择其他人员。"


class NotDelegated(Conflict):
    """Expected a task that was delegated to you, but “{task}” was not; complete it or transfer it."""

    zh = "“{task}”不是委派给您的任务；请直接办理或转办。"


def transfer(tx: Transaction, task_id: str, account_id: str, account_name: str, reason: str) -> Row:
    """转办: hands the task over for good; not to oneself; the trail keeps both."""
    row = _handed(tx, task_id, account_id, ("转办", "transfer"))
    verbs_rows.record(tx, row, OpinionType.TRANSFER, reason)
    tx.connection.execute(delegations.delete().where(delegations.c.task_id == task_id))
    return handling.hand_to(tx, row, account_id, account_name, "task.transferred", reason)


def _handed(tx: Transaction, task_id: str, account_id: str, action: tuple[str, str]) -> Mapping[str, Any]:
    row = handling.held(tx, task_id, action, "task.transfer")
    if account_id in (tx.actor.id, row["assignee"]):
        raise NotToOneself(task=row["name"])
    return row


def delegate(tx: Transaction, task_id: str, account_id: str, account_name: str, reason: str) -> Row:
    """委派: the colleague works on it and it comes back to the actor to confirm."""
    row = _handed(tx, task_id, account_id, ("委派", "delegate"))
    verbs_rows.record(tx, row, OpinionType.DELEGATE, reason)
    tx.connection.execute(delegations.delete().where(delegations.c.task_id == task_id))
    values = {"by_id": tx.actor.id, "by_name": tx.actor.name, "to_id": account_id, "reason": reason, "at": tx.now}
    tx.connection.execute(delegations.insert().values(task_id=task_id, **values))
    return handling.hand_to(tx, row, account_id, account_name, "task.delegated", reason)


def hand_back(tx: Transaction, task_id: str, opinion: str) -> Row:
    """The delegate is done: the task returns to whom it was delegated by, with an opinion. Raises NotDelegated."""
    row = task_rows.opened(tx, task_id, ("交回", "hand back"))
    given = tx.row(sa.select(delegations).where(delegations.c.task_id == task_id))
    if given is None or given["to_id"] not in {tx.actor.id, tx.actor.on_behalf_of}:
        raise NotDelegated(task=row["name"])
    verbs_rows.record(tx, row, OpinionType.HAND_BACK, opinion)
    tx.connection.execute(delegations.delete().where(delegations.c.task_id == task_id))
    return handling.hand_to(tx, row, given["by_id"], given["by_name"], "task.handed_back", opinion)


def is_delegated(tx: Transaction, task_id: str) -> bool:
    """Whether a task will come back to somebody."""
    return tx.value(sa.select(delegations.c.by_id).where(delegations.c.task_id == task_id)) is not None
