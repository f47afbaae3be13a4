"""督办: a supervision with a feedback deadline; it changes no routing and no clock.

Who: a supervisor opens and closes, the handling unit answers. From: any open case; an answer is taken late and shown as late."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.calendar import arithmetic
from engine.calendar.limits import parse
from engine.casework import audit, case_rows, notices, offices
from engine.errors import Conflict, NotFound
from engine.models.base import new_id
from engine.models.supervision import supervisions
from engine.transaction import Transaction


class AlreadyAnswered(Conflict):
    """Expected an open supervision, but it is “{state}”; open the case again."""

    zh = "该督办已处于“{state}”状态；请刷新办件页面。"


class CaseEnded(Conflict):
    """Expected an open case to supervise, but {case_no} is “{state}”."""

    zh = "办件 {case_no} 当前为“{state}”，不能再督办。"


_STATES = {"open": ("待反馈", "open"), "answered": ("已反馈", "answered"), "closed": ("已办结", "closed")}


@dataclass(frozen=True, slots=True)
class Supervision:
    """A supervision 督办 with its feedback deadline; it changes no routing. state: open | answered | closed."""

    id: str
    case_no: str
    text: str
    opened_by: str
    opened_at: datetime
    feedback_due_at: datetime
    feedback: str
    answered_at: datetime | None
    state: str

    @property
    def is_late(self) -> bool:
        """Whether the answer came after its deadline."""
        return self.answered_at is not None and self.answered_at > self.feedback_due_at


def supervise(tx: Transaction, case_no: str, text: str, *, feedback_limit: str = "2WD") -> Supervision:
    """督办: opens a supervision with a feedback deadline in working time and marks the case; routing stays as it is."""
    case_rows.allowed(tx, case_no, "case.supervise")
    row = case_rows.locked(tx, case_no)
    if not row["is_open"]:
        raise CaseEnded(case_no=case_no, state=case_rows.words(row))
    office = offices.of(tx, row["office"])
    due_at = arithmetic.due(office, tx.now, parse(feedback_limit)).at
    values: dict[str, Any] = {
        "id": new_id(),
        "case_no": case_no,
        "text": text,
        "opened_by": tx.actor.name,
        "opened_at": tx.now,
        "feedback_due_at": due_at,
        "feedback": "",
        "answered_at": None,
        "state": "open",
    }
    tx.connection.execute(supervisions.insert().values(**values))
    case_rows.change(tx, row, is_supervised=True)
    audit.write(tx, row["root_id"], "case.supervised", {"text": text, "feedback_due_at": due_at.isoformat()})
    told = {"case_no": case_no, "due": f"{office.local(due_at):%Y-%m-%d %H:%M}"}
    for to in (*notices.holders(tx, case_no), notices.role("supervisor", row["office"])):
        notices.write(tx, to, "case.supervised", told, case_no=case_no)
    return Supervision(**values)


def answer(tx: Transaction, supervision_id: str, feedback: str) -> Supervision:
    """The handling unit's feedback; late feedback is taken and stays visible as late. Raises NotFound, AlreadyAnswered."""
    found, row = _found(tx, supervision_id, "case.answer", ("open",))
    changes = {"feedback": feedback, "answered_at": tx.now, "state": "answered"}
    audit.write(tx, row["root_id"], "case.supervision_answered", {"feedback": feedback})
    told = {"case_no": row["case_no"]}
    notices.write(tx, notices.role("supervisor", row["office"]), "case.supervision_answered", told, case_no=row["case_no"])
    return _changed(tx, found, changes)


def close_supervision(tx: Transaction, supervision_id: str) -> Supervision:
    """The supervisor is content with the answer; the last one closed takes the mark off the case."""
    found, row = _found(tx, supervision_id, "case.supervise", ("answered",))
    closed = _changed(tx, found, {"state": "closed"})
    audit.write(tx, row["root_id"], "case.supervision_closed", {})
    others = sa.select(supervisions.c.id).where(supervisions.c.case_no == row["case_no"], supervisions.c.state != "closed")
    if tx.value(others) is None:
        case_rows.change(tx, case_rows.locked(tx, row["case_no"]), is_supervised=False)
    return closed


def _found(tx: Transaction, supervision_id: str, action: str, states: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    found = tx.row(sa.select(supervisions).where(supervisions.c.id == supervision_id))
    if found is None:
        raise NotFound(thing=("督办", "the supervision"), key=supervision_id)
    case_rows.allowed(tx, found["case_no"], action)
    row = case_rows.locked(tx, found["case_no"])
    found = tx.row(sa.select(supervisions).where(supervisions.c.id == supervision_id))
    assert found is not None
    if found["state"] not in states:
        raise AlreadyAnswered(state=_STATES[found["state"]])
    return found, row


def _changed(tx: Transaction, found: dict[str, Any], changes: dict[str, Any]) -> Supervision:
    tx.connection.execute(supervisions.update().where(supervisions.c.id == found["id"]).values(**changes))
    return Supervision(**{name: {**found, **changes}[name] for name in Supervision.__dataclass_fields__})


def supervisions_of(tx: Transaction, case_no: str) -> tuple[Supervision, ...]:
    """All supervisions of a case, oldest first."""
    case_rows.allowed(tx, case_no, "case.view")
    query = sa.select(supervisions).where(supervisions.c.case_no == case_no).order_by(supervisions.c.id)
    rows = tx.rows(query)
    return tuple(Supervision(**{name: row[name] for name in Supervision.__dataclass_fields__}) for row in rows)
