"""特别程序: time that is told to the applicant beforehand and not counted (行政许可法 art. 45).

Its rows, what an item allows, how one is opened and closed; by a diagram (`engine.casework.operations_special`) or by officers
(`engine.casework.verbs.pausing`). One at a time; while it is open nothing is decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.calendar.limits import parse
from engine.casework import case_rows, catalogue, documents, notices, sla
from engine.casework import manifest as manifests
from engine.casework.case_rows import Row
from engine.casework.papers import DocumentKind
from engine.casework.sla import ClockKind
from engine.casework.states import CaseState
from engine.errors import Conflict
from engine.models.base import new_id
from engine.models.cases import cases
from engine.models.verbs import special_procedures
from engine.transaction import Transaction

KINDS: Mapping[str, tuple[str, str]] = {
    "hearing": ("听证", "a hearing"),
    "inspection": ("检验", "an inspection"),
    "testing": ("检测", "a test"),
    "quarantine": ("检疫", "quarantine"),
    "appraisal": ("鉴定", "an appraisal"),
    "expert_review": ("专家评审", "an expert review"),
    "bidding": ("招标", "a tender"),
    "auction": ("拍卖", "an auction"),
    "publicity": ("公示", "a public notice"),
    "site_visit": ("现场核查", "a site visit"),
    "exam": ("考试", "an exam"),
}
BY_LAW = ("hearing", "inspection", "testing", "quarantine", "appraisal", "expert_review", "bidding", "auction")
"""What article 45 names; a public notice, an exam or a site visit only where the item says so."""


class SpecialOpen(Conflict):
    """Expected no special procedure, but {kind} of case {case_no} is still open; close it first."""

    zh = "办件 {case_no} 的特别程序“{kind}”尚未结束；请先结束特别程序。"


@dataclass(frozen=True, slots=True)
class Terms:
    """What an item says about a kind. longest: limit text, empty for any; is_approved: the head of the office opens it."""

    kind: str
    longest: str
    is_approved: bool


@dataclass(frozen=True, slots=True)
class SpecialProcedure:
    """One of a case. state: asked | refused | open | closed | lapsed (the case was decided or ended meanwhile).

    asked_name: empty when the diagram opened it; settled_name: who approved or refused."""

    id: str
    case_no: str
    office: str
    kind: str
    declared: str
    reason: str
    asked_by: str
    asked_name: str
    asked_at: datetime
    state: str
    settled_name: str
    settled_at: datetime | None
    note: str
    opened_at: datetime | None
    closed_at: datetime | None
    closed_name: str
    result: str


def words(kind: str) -> tuple[str, str]:
    """The name of a kind (zh, en); a kind of a diagram's own is shown as it is."""
    return KINDS.get(kind, (kind, kind))


def terms(tx: Transaction, deployment_id: str) -> Mapping[str, Terms]:
    """The kinds an item allows (`[special.testing] longest = "15WD", approved = true`); without a word those of the law."""
    said = manifests.table(catalogue.manifest_of(tx, deployment_id), "special")
    if not said:
        return {kind: Terms(kind, "", False) for kind in BY_LAW}
    found = ((kind, manifests.table(said, kind)) for kind in said)
    return {kind: Terms(kind, manifests.text(own, "longest"), manifests.flag(own, "approved")) for kind, own in found}


def record(tx: Transaction, row: Row, kind: str, declared: str, reason: str, *, state: str, asked_by: str) -> dict[str, object]:
    """A new row of a case, asked for by the actor or opened by its diagram (asked_by empty)."""
    values: dict[str, object] = {
        "id": new_id(),
        "case_no": row["case_no"],
        "office": row["office"],
        "kind": kind,
        "declared": declared,
        "reason": reason,
        "asked_by": asked_by,
        "asked_name": tx.actor.name if asked_by else "",
        "asked_at": tx.now,
        "state": state,
        "settled_name": "",
        "settled_at": None,
        "note": "",
        "opened_at": tx.now if state == "open" else None,
        "closed_at": None,
        "closed_name": "",
        "result": "",
    }
    tx.insert(special_procedures, values)
    return values


def begin(tx: Transaction, row: Row, kind: str, declared: str, reason: str = "") -> Row:
    """停表: the case stands in it, its clocks pause for at most what is declared, the applicant is told in writing.

    Raises SpecialOpen, IllegalMove before acceptance or after the decision."""
    check_none_open(row)
    parse(declared)
    special = {"kind": kind, "days": declared, "started_at": tx.now.isoformat()}
    told = {"kind": kind, "days": declared, "reason": reason}
    row = case_rows.move(tx, row, CaseState.SUSPENDED_SPECIAL_PROCEDURE, "case.special_opened", told, special=special)
    sla.pause(tx, row["case_no"], kind, declared=declared)
    sla.start(tx, row["case_no"], ClockKind.SPECIAL_PROCEDURE, declared, office=row["office"])
    documents.issue(tx, row, DocumentKind.SPECIAL_PROCEDURE, {**told, **_in_both(kind, reason)})
    given = {"case_no": row["case_no"], "days": declared}
    notices.write(tx, row["account_id"], "case.special_procedure", given, case_no=row["case_no"])
    return row


def _in_both(kind: str, reason: str) -> Mapping[str, str]:
    zh, en = words(kind)
    because = {"reason_zh": f"原因：{reason}。", "reason_en": f"Reason: {reason}. "} if reason else {}
    return {"kind_zh": zh, "kind_en": en, **because}


def check_none_open(row: Mapping[str, object]) -> None:
    """Raises SpecialOpen while one is open."""
    special = row["special"]
    if isinstance(special, Mapping):
        raise SpecialOpen(case_no=row["case_no"], kind=words(str(special["kind"])))


def end(tx: Transaction, row: Row, result: str = "") -> Row:
    """It is over: its clock stops, the office's go on; nothing happens when none is open."""
    if row["special"] is None:
        return row
    told = {"kind": row["special"]["kind"], "result": result}
    row = case_rows.move(tx, row, CaseState.IN_REVIEW, "case.special_closed", told, special=None)
    sla.stop(tx, row["case_no"], ClockKind.SPECIAL_PROCEDURE)
    sla.resume(tx, row["case_no"])
    closed = {"state": "closed", "closed_at": tx.now, "closed_name": tx.actor.name, "result": result}
    tx.update(special_procedures, {"case_no": row["case_no"], "state": "open"}, **closed)
    return row


def is_of_an_officer(tx: Transaction, row: Row) -> bool:
    """Whether the one that is open was asked for by a person."""
    open_ones = tx.find_all(special_procedures, "asked_by", case_no=row["case_no"], state="open") if row["special"] else ()
    return any(found["asked_by"] for found in open_ones)


_FIELDS = tuple(SpecialProcedure.__dataclass_fields__)
_UNDER_WAY = (
    CaseState.ACCEPTED,
    CaseState.ACCEPTED_CONDITIONALLY,
    CaseState.IN_REVIEW,
    CaseState.SUSPENDED_SPECIAL_PROCEDURE,
)


def of_case(tx: Transaction, row: Mapping[str, object]) -> tuple[SpecialProcedure, ...]:
    """All of a case (its row), oldest first."""
    found = tx.find_all(special_procedures, order=("asked_at", "id"), case_no=row["case_no"])
    return tuple(shown({**each, "state": state_of(each, row)}) for each in found)


def state_of(found: Mapping[str, object], case: Mapping[str, object]) -> str:
    """The state of one, which a decision or the end of its case may have overtaken."""
    is_over = case["state"] not in _UNDER_WAY and found["state"] in ("asked", "open")
    is_gone = found["state"] == "open" and case["special"] is None
    return "lapsed" if is_over or is_gone else str(found["state"])


def shown(row: Mapping[str, object]) -> SpecialProcedure:
    """A row for people."""
    return SpecialProcedure(**{name: row[name] for name in _FIELDS})  # type: ignore[arg-type]  # columns are typed by the table


def unsettled(tx: Transaction, offices: tuple[str, ...] | None, limit: int = 100) -> tuple[SpecialProcedure, ...]:
    """Asked for or open in these offices (None: everywhere), those that wait for an answer first, the oldest of each first."""
    known = special_procedures.join(cases, cases.c.case_no == special_procedures.c.case_no)
    query = (
        sa.select(special_procedures)
        .select_from(known)
        .where(special_procedures.c.state.in_(("asked", "open")), cases.c.state.in_(_UNDER_WAY))
    )
    if offices is not None:
        query = query.where(special_procedures.c.office.in_(offices))
    rows = tx.rows(query.order_by(special_procedures.c.state, special_procedures.c.asked_at).limit(limit))
    return tuple(shown(row) for row in rows)
