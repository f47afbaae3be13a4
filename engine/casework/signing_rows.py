"""Rows of added signers: whose turn it is, what was submitted while others have the word."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.casework import notices, people
from engine.errors import Conflict
from engine.models.base import new_id
from engine.models.tasks import human_tasks
from engine.models.verbs import signers
from engine.runtime import tasks
from engine.runtime.run import typed
from engine.transaction import Transaction

WAITING, ACTIVE, SIGNED, REJECTED, REMOVED = "waiting", "active", "signed", "rejected", "removed"


class SignFirst(Conflict):
    """Expected your signature on “{task}”, which {who} asked you for, but a completion came; agree or refuse instead."""

    zh = "“{task}”由 {who} 请您签署；请选择同意或不同意，而不是提交。"


def insert(
    tx: Transaction,
    task_id: str,
    case_no: str | None,
    kind: str,
    position: int,
    who: tuple[str, str],
    by: tuple[str, str],
    reason: str,
    *,
    state: str = WAITING,
) -> None:
    """One signer more. who, by: (account id, name)."""
    values = {"id": new_id(), "task_id": task_id, "case_no": case_no, "kind": kind, "position": position, "reason": reason}
    values |= {"account_id": who[0], "name": who[1], "added_by": by[0], "added_by_name": by[1]}
    tx.connection.execute(signers.insert().values(**values, state=state, added_at=tx.now))


def active(tx: Transaction, task_id: str) -> dict[str, Any] | None:
    """The signer before or after the holder whose turn it is."""
    found = tx.find_all(signers, order=("position",), task_id=task_id, state=ACTIVE, kind=["before", "after"])
    return found[0] if found else None


def has_waiting(tx: Transaction, task_id: str) -> bool:
    """Whether somebody behind the holder still has to agree."""
    return bool(tx.find_all(signers, "id", task_id=task_id, state=WAITING, kind="after"))


def next_turn(tx: Transaction, row: Mapping[str, Any], kind: str, answers: Mapping[str, object] | None = None) -> bool:
    """Gives the task to the next waiting signer of this kind, if there is one. answers: what the holder has submitted."""
    query = sa.select(signers).where(signers.c.task_id == row["id"], signers.c.state == WAITING, signers.c.kind == kind)
    waiting = tx.rows(query.order_by(signers.c.position))
    if not waiting:
        return False
    if answers is not None:
        of_task = sa.and_(signers.c.task_id == row["id"], signers.c.kind == kind)
        tx.connection.execute(signers.update().where(of_task).values(answers=typed(answers)))
    tx.connection.execute(signers.update().where(signers.c.id == waiting[0]["id"]).values(state=ACTIVE))
    _give(tx, row, waiting[0]["account_id"], "task.to_sign")
    return True


def _give(tx: Transaction, row: Mapping[str, Any], account_id: str, template: str) -> None:
    tasks.assign(tx, row["id"], account_id)
    notices.write(tx, account_id, template, {"case_no": row["business_key"] or ""}, case_no=row["business_key"])


def end(tx: Transaction, turn: Mapping[str, Any], *, agrees: bool) -> None:
    """Somebody has signed or refused."""
    close(tx, turn["id"], SIGNED if agrees else REJECTED)


def close(tx: Transaction, signer_id: str, state: str) -> None:
    """A signer's part is over."""
    tx.connection.execute(signers.update().where(signers.c.id == signer_id).values(state=state, ended_at=tx.now))


def back_to_holder(tx: Transaction, row: Mapping[str, Any], turn: Mapping[str, Any]) -> None:
    """The task returns to who asked; after a refusal the signers behind it are asked anew when it is submitted again."""
    if turn["answers"]:
        changed = human_tasks.update().where(human_tasks.c.id == row["id"])
        kept = {"draft": turn["answers"], "draft_saved_by": turn["added_by"], "draft_saved_at": tx.now}
        tx.connection.execute(changed.values(**kept))
        again = sa.and_(signers.c.task_id == row["id"], signers.c.kind == "after", signers.c.state.in_((SIGNED, REJECTED)))
        tx.connection.execute(signers.update().where(again).values(state=WAITING, ended_at=None))
    _give(tx, row, turn["added_by"], "task.signed_back")


def check_turn(tx: Transaction, row: Mapping[str, Any]) -> None:
    """Raises SignFirst when the task lies with an added signer."""
    turn = active(tx, row["id"])
    if turn is not None:
        raise SignFirst(task=row["name"], who=people.name(tx, turn["added_by"]))
