"""留言: what the applicant and the office write to each other about a case; each side is told."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.actors import ActorKind
from engine.casework import case_rows, notices
from engine.errors import Finding, Invalid, Severity
from engine.models.base import new_id
from engine.models.cases import case_messages
from engine.transaction import Transaction

LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Message:
    """side: applicant | office. name: of who wrote it."""

    id: str
    side: str
    name: str
    text: str
    at: datetime


def write(tx: Transaction, case_no: str, text: str) -> Message:
    """Writes as the applicant or as an officer who may answer; the other side gets a notice. Raises NotFound, Invalid."""
    side = "office" if tx.actor.kind is ActorKind.OFFICER else "applicant"
    row = case_rows.allowed(tx, case_no, "case.answer" if side == "office" else "case.view_own")
    if not text.strip() or len(text) > LONGEST:
        said = (f"Write something of at most {LONGEST} characters.", f"请填写留言，不超过 {LONGEST} 字。")
        raise Invalid(findings=(Finding(Severity.ERROR, "message.text", "/text", *said),))
    made = Message(new_id(), side, tx.actor.name, text.strip(), tx.now)
    values = {"id": made.id, "case_no": case_no, "side": side, "account_id": tx.actor.id, "name": made.name, "text": made.text}
    tx.connection.execute(case_messages.insert().values(**values, at=tx.now))
    case_rows.note(tx, row, "case.message", {"side": side})
    office = notices.holders(tx, case_no) or (notices.role("caseworker", row["office"]),)
    to = (row["account_id"],) if side == "office" else office
    for address in to:
        notices.write(tx, address, "case.message", {"case_no": case_no}, case_no=case_no)
    return made


def of_case(tx: Transaction, case_no: str) -> tuple[Message, ...]:
    """The messages of a case, oldest first. Raises NotFound for whoever may not see the case."""
    row = case_rows.find(tx, case_no)
    if row is None or not case_rows.may(tx, row, "case.view"):
        case_rows.allowed(tx, case_no, "case.view_own")
    rows = tx.rows(sa.select(case_messages).where(case_messages.c.case_no == case_no).order_by(case_messages.c.id))
    return tuple(Message(r["id"], r["side"], r["name"], r["text"], r["at"]) for r in rows)
