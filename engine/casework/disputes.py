"""数据异议: a person says a register is wrong; its owner checks and answers within five working days (DOMAIN 1.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.calendar import arithmetic, limits
from engine.casework import access, drafts, notices, offices
from engine.errors import Conflict, Finding, Invalid, NotFound, Severity
from engine.models.applications import disputes
from engine.models.base import new_id
from engine.models.library import data_elements
from engine.transaction import Transaction

LIMIT = "5WD"


class DisputeAnswered(Conflict):
    """Expected an open objection, but it was answered on {at}; read the answer."""

    zh = "该数据异议已于 {at} 答复。"


@dataclass(frozen=True, slots=True)
class Dispute:
    """element: binding such as `population.hukou`. shown, claimed: what the register says and what it should say.

    state: open | corrected | upheld. office: the data's owner."""

    id: str
    element: str
    office: str
    shown: str
    claimed: str
    reason: str
    state: str
    answer: str
    draft_id: str | None
    case_no: str | None
    opened_at: datetime
    due_at: datetime
    answered_at: datetime | None


def open_dispute(tx: Transaction, draft_id: str, element: str, claimed: str, reason: str) -> Dispute:
    """The applicant of a draft objects to a prefilled value; its owner is told, the draft waits. Raises NotFound, Invalid."""
    draft = drafts.read_draft(tx, draft_id)
    fact = draft.facts.get(element)
    if fact is None:
        raise NotFound(thing=("登记数据", "the register entry"), key=element)
    if not claimed.strip() or not reason.strip() or max(len(claimed), len(reason)) > 500:
        said = ("Say what is right and how you know.", "请填写正确内容和理由。")
        raise Invalid(findings=(Finding(Severity.ERROR, "dispute.value", "/claimed", *said),))
    again = sa.and_(disputes.c.draft_id == draft_id, disputes.c.element == element, disputes.c.state == "open")
    known = tx.row(sa.select(disputes).where(again))
    return _dispute(known) if known is not None else _opened(tx, draft_id, element, str(fact.value), claimed, reason)


def _opened(tx: Transaction, draft_id: str, element: str, shown: str, claimed: str, reason: str) -> Dispute:
    office = owner(tx, element)
    place = offices.of(tx, office)
    row: dict[str, Any] = {
        "id": new_id(),
        "draft_id": draft_id,
        "case_no": None,
        "account_id": tx.actor.id,
        "subject": tx.actor.subject or "",
        "element": element,
        "office": office,
        "shown": shown,
        "claimed": claimed.strip(),
        "reason": reason.strip(),
        "state": "open",
        "answer": "",
        "opened_at": tx.now,
        "due_at": arithmetic.due(place, tx.now, limits.parse(LIMIT)).at,
        "answered_at": None,
    }
    tx.connection.execute(disputes.insert().values(**row))
    told = {"element": element, "due": f"{place.local(row['due_at']):%Y-%m-%d}"}
    notices.write(tx, notices.role("caseworker", office), "data.disputed", told)
    return _dispute(row)


def owner(tx: Transaction, element: str) -> str:
    """The office that answers for a data element; the city's bureau where no standard names one."""
    found = tx.value(sa.select(data_elements.c.owner).where(data_elements.c.code == element))
    return str(found or access.CITY_OFFICE)


def _dispute(row: Mapping[str, Any]) -> Dispute:
    return Dispute(**{name: row[name] for name in Dispute.__dataclass_fields__})


def mine(tx: Transaction) -> tuple[Dispute, ...]:
    """The acting person's objections, newest first."""
    rows = tx.rows(sa.select(disputes).where(disputes.c.account_id == tx.actor.id).order_by(disputes.c.id.desc()).limit(50))
    return tuple(map(_dispute, rows))


def waiting(tx: Transaction, limit: int = 50) -> tuple[Dispute, ...]:
    """Open objections for the acting officer's office, the first due first."""
    access.require(tx, "dispute.answer", access.About(office=tx.actor.office))
    is_ours = sa.and_(disputes.c.office == tx.actor.office, disputes.c.state == "open")
    return tuple(map(_dispute, tx.rows(sa.select(disputes).where(is_ours).order_by(disputes.c.due_at).limit(limit))))


def answer(tx: Transaction, dispute_id: str, *, is_corrected: bool, text: str) -> Dispute:
    """The data's owner corrects the register or upholds it, with words for the person.

    Raises NotFound, DisputeAnswered, Invalid."""
    row = tx.row(sa.select(disputes).where(disputes.c.id == dispute_id).with_for_update())
    if row is None or not access.may(tx, "dispute.answer", access.About(office=row["office"])):
        raise NotFound(thing=("数据异议", "the objection"), key=dispute_id)
    if row["state"] != "open":
        raise DisputeAnswered(at=f"{row['answered_at']:%Y-%m-%d}")
    if not text.strip():
        said = ("Say what was found.", "请填写核实结果。")
        raise Invalid(findings=(Finding(Severity.ERROR, "dispute.answer", "/answer", *said),))
    changes = {"state": "corrected" if is_corrected else "upheld", "answer": text.strip(), "answered_at": tx.now}
    tx.connection.execute(disputes.update().where(disputes.c.id == dispute_id).values(**changes, answered_by=tx.actor.id))
    notices.write(tx, row["account_id"], "data.dispute_answered", {})
    return _dispute({**row, **changes})
