"""抄送 / 传阅: a read copy for each person once, with a receipt when it is read.

Who: officers of the case's office. From: any case they see. Nothing of the case changes; a copy lets its reader see the case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.casework import audit, case_rows, notices
from engine.errors import NotFound
from engine.models.cases import cases
from engine.models.supervision import copies
from engine.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy. read_at: None until its reader opened it."""

    case_no: str
    account_id: str
    by_id: str
    text: str
    at: datetime
    read_at: datetime | None


def copy(tx: Transaction, case_no: str, account_ids: Sequence[str], text: str = "") -> int:
    """抄送: a read copy for each person once; returns how many were new."""
    row = case_rows.allowed(tx, case_no, "case.copy")
    known = set(tx.connection.execute(sa.select(copies.c.account_id).where(copies.c.case_no == case_no)).scalars())
    fresh = [account_id for account_id in dict.fromkeys(account_ids) if account_id not in known]
    for account_id in fresh:
        values = {"case_no": case_no, "account_id": account_id, "by_id": tx.actor.id, "text": text, "at": tx.now}
        tx.connection.execute(copies.insert().values(**values))
        notices.write(tx, account_id, "case.copied", {"case_no": case_no}, case_no=case_no)
    if fresh:
        audit.write(tx, row["root_id"], "case.copied", {"to": fresh})
    return len(fresh)


def copies_for(tx: Transaction, *, case_no: str | None = None) -> tuple[Copy, ...]:
    """The actor's own copies, newest first; with a case number all copies of that case, for those who may see it."""
    query = sa.select(copies).order_by(copies.c.at.desc(), copies.c.account_id).limit(200)
    if case_no is None:
        query = query.where(copies.c.account_id == tx.actor.id)
    else:
        case_rows.allowed(tx, case_no, "case.view")
        query = query.where(copies.c.case_no == case_no)
    return tuple(Copy(**row) for row in tx.rows(query))


def mark_copy_read(tx: Transaction, case_no: str) -> None:
    """阅知: the first reading is the receipt. Raises NotFound when nothing was copied to the actor."""
    mine = sa.and_(copies.c.case_no == case_no, copies.c.account_id == tx.actor.id)
    found = tx.row(sa.select(copies).where(mine))
    if found is None:
        raise NotFound(thing=("抄送", "a copy of case"), key=case_no)
    if found["read_at"] is None:
        tx.connection.execute(copies.update().where(mine).values(read_at=tx.now))
        root_id = tx.value(sa.select(cases.c.root_id).where(cases.c.case_no == case_no))
        audit.write(tx, root_id, "case.read_by_colleague", {})
