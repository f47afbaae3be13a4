"""沟通: remarks that officers leave on a case, with @mentions that reach the inbox; seen by those who see the case."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.actors import ActorKind
from engine.casework import access, audit, case_rows, notices
from engine.errors import Finding, Invalid, Severity
from engine.models.base import new_id
from engine.models.identity import accounts
from engine.models.verbs import comments
from engine.transaction import Transaction

_MENTION = re.compile(r"@([\w·]{1,40})")


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark. mentions: account ids."""

    id: str
    case_no: str
    task_id: str | None
    name: str
    text: str
    mentions: tuple[str, ...]
    at: datetime


def add(tx: Transaction, case_no: str, text: str, *, task_id: str | None = None) -> Remark:
    """Writes a remark and tells whom it mentions: `@王强` or `@wangqiang` of the case's office. Raises NotFound, Invalid."""
    row = case_rows.allowed(tx, case_no, "case.remark")
    if not text.strip():
        raise Invalid(findings=(Finding(Severity.ERROR, "remark.empty", "/text", "Write something.", "请填写内容。"),))
    mentions = _mentioned(tx, row["office"], text)
    values: dict[str, Any] = {"id": new_id(), "case_no": case_no, "task_id": task_id, "name": tx.actor.name, "text": text.strip()}
    tx.connection.execute(comments.insert().values(**values, account_id=tx.actor.id, mentions=mentions, at=tx.now))
    audit.write(tx, row["root_id"], "case.remarked", {"text": text.strip(), "mentions": mentions})
    for account_id in mentions:
        notices.write(tx, account_id, "comment.mention", {"case_no": case_no}, case_no=case_no)
    return Remark(**values, mentions=tuple(mentions), at=tx.now)


def _mentioned(tx: Transaction, office: str, text: str) -> list[str]:
    wanted = set(_MENTION.findall(text))
    if not wanted:
        return []
    is_officer = sa.and_(accounts.c.kind == ActorKind.OFFICER, accounts.c.is_active.is_(True))
    found = tx.rows(
        sa.select(accounts.c.id, accounts.c.name).where(is_officer, accounts.c.office.in_((office, access.CITY_OFFICE)))
    )
    return [row["id"] for row in found if {row["id"], row["name"]} & wanted and row["id"] != tx.actor.id]


def of_case(tx: Transaction, case_no: str) -> tuple[Remark, ...]:
    """The remarks of a case, oldest first, for officers who may see it."""
    case_rows.allowed(tx, case_no, "case.remark")
    rows: Sequence[Mapping[str, Any]] = tx.rows(sa.select(comments).where(comments.c.case_no == case_no).order_by(comments.c.id))
    kept = [{name: row[name] for name in Remark.__dataclass_fields__} for row in rows]
    return tuple(Remark(**{**values, "mentions": tuple(values["mentions"])}) for values in kept)
