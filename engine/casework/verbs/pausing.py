"""停表申请: an officer asks for a special procedure on a case under review, the head agrees where the item wants it, and it is
closed with its result (行政许可法 art. 45).

Who: caseworkers of the case ask and close, a supervisor of the office agrees or refuses, never to what they asked for themselves.
From: accepted or in review, nothing else asked for or open. Clocks: the office's pause for at most what was declared; timers and
tasks go on, for a review goes on meanwhile; a decision waits. Documents: 特别程序告知书."""

from dataclasses import dataclass

from engine.calendar import arithmetic
from engine.calendar.limits import LimitUnreadable, parse
from engine.casework import access, case_rows, notices, offices, special, states
from engine.casework.handling import CaseSuspended
from engine.casework.special import SpecialProcedure, Terms
from engine.casework.states import CaseState
from engine.casework.verbs.suspending import CaseEnded
from engine.errors import Conflict, Finding, Invalid, NotFound, Severity
from engine.models.verbs import special_procedures
from engine.transaction import Transaction


class AskedBefore(Conflict):
    """Expected no other request, but {kind} was asked for by {who}; wait for the answer of the head of the office."""

    zh = "{who} 已申请特别程序“{kind}”；请等待单位负责人审批。"


class SettledBefore(Conflict):
    """Expected a special procedure that is still {wanted}, but it is {found}; open the case again."""

    zh = "该特别程序应为“{wanted}”，实际为“{found}”；请刷新页面。"


class OwnRequest(Conflict):
    """Expected somebody other than {name}, who asked for it, to agree to the special procedure; ask another supervisor."""

    zh = "特别程序由 {name} 申请，须由他人审批；请由其他负责人审批。"


class OfTheDiagram(Conflict):
    """Expected a special procedure that an officer asked for, but the process opened {kind}; complete its task instead."""

    zh = "特别程序“{kind}”由流程发起；请办理对应的任务。"


_STATES = {
    "asked": ("待审批", "waiting for approval"),
    "refused": ("未同意", "refused"),
    "open": ("进行中", "open"),
    "closed": ("已结束", "closed"),
    "lapsed": ("已随办件结束", "over with its case"),
}


@dataclass(frozen=True, slots=True)
class Pauses:
    """What a page says of a case. current: asked for or open; past: the others, oldest first; kinds: what may be asked for now,
    () when nothing may; may_close, may_settle: whether the actor may end it, or agree to it."""

    current: SpecialProcedure | None
    past: tuple[SpecialProcedure, ...]
    kinds: tuple[Terms, ...]
    may_close: bool
    may_settle: bool


def pauses_of(tx: Transaction, case_no: str) -> Pauses:
    """The special procedures of a case and what the actor may do about them; nothing of a case that the actor may not see."""
    row = case_rows.find(tx, case_no)
    if row is None or not case_rows.may(tx, row, "case.view"):
        return Pauses(None, (), (), False, False)
    found = special.of_case(tx, row)
    current = next((each for each in found if each.state in ("asked", "open")), None)
    is_theirs = case_rows.may(tx, row, "case.pause")
    may_ask = is_theirs and current is None and row["special"] is None and _is_ready(row)
    is_open = current is not None and current.state == "open"
    is_asked = current is not None and current.state == "asked" and current.asked_by != tx.actor.id
    return Pauses(
        current=current,
        past=tuple(each for each in found if each is not current),
        kinds=tuple(special.terms(tx, row["deployment_id"]).values()) if may_ask else (),
        may_close=is_open and is_theirs and bool(current and current.asked_by),
        may_settle=is_asked and access.may(tx, "case.approve_pause", case_rows.about(row)),
    )


def _is_ready(row: case_rows.Row) -> bool:
    is_lawful = CaseState.SUSPENDED_SPECIAL_PROCEDURE in states.MOVES[CaseState(row["state"])]
    return bool(is_lawful and not row["suspended"])


def ask_pause(tx: Transaction, case_no: str, kind: str, declared: str, reason: str) -> SpecialProcedure:
    """Asks for a special procedure of a case; it is open at once unless the item wants the head's word.

    kind: one the item allows. declared: as `10WD`, what the applicant is told. Raises Invalid, SpecialOpen, AskedBefore,
    IllegalMove before acceptance or after the decision."""
    case_rows.allowed(tx, case_no, "case.pause")
    row = case_rows.locked(tx, case_no)
    _check_state(tx, row)
    wanted = _checked(tx, row, kind, declared.strip().upper(), reason.strip())
    state = "asked" if wanted.is_approved else "open"
    made = special.record(tx, row, kind, declared.strip().upper(), reason.strip(), state=state, asked_by=tx.actor.id)
    if state == "open":
        special.begin(tx, row, kind, str(made["declared"]), reason.strip())
        return special.shown(made)
    case_rows.note(tx, row, "case.special_asked", {"kind": kind, "days": made["declared"], "reason": reason.strip()})
    _tell(tx, notices.role("supervisor", row["office"]), "case.special_asked", made)
    return special.shown(made)


def _check_state(tx: Transaction, row: case_rows.Row) -> None:
    if not row["is_open"]:
        raise CaseEnded(case_no=row["case_no"], state=case_rows.words(row))
    if row["suspended"]:
        raise CaseSuspended(case_no=row["case_no"], who=row["suspended"]["by"])
    special.check_none_open(row)
    states.check(row["case_no"], CaseState(row["state"]), CaseState.SUSPENDED_SPECIAL_PROCEDURE)
    waiting = tx.find_all(special_procedures, "kind", "asked_name", case_no=row["case_no"], state="asked")
    if waiting:
        raise AskedBefore(kind=special.words(waiting[0]["kind"]), who=waiting[0]["asked_name"])


def _checked(tx: Transaction, row: case_rows.Row, kind: str, declared: str, reason: str) -> Terms:
    allowed = special.terms(tx, row["deployment_id"])
    findings = []
    if kind not in allowed:
        kinds_zh, kinds_en = ("、".join(special.words(k)[0] for k in allowed), ", ".join(allowed))
        said = (f"Expected one of {kinds_en}, but it is “{kind}”.", f"本事项可申请：{kinds_zh}；实际为“{kind}”。")
        findings.append(Finding(Severity.ERROR, "special.kind", "/kind", *said))
    if not reason:
        findings.append(Finding(Severity.ERROR, "special.reason.missing", "/reason", "State the reason.", "请说明理由。"))
    findings += _of_duration(tx, row, declared, allowed[kind].longest if kind in allowed else "")
    if findings:
        raise Invalid(findings=tuple(findings))
    return allowed[kind]


def _of_duration(tx: Transaction, row: case_rows.Row, declared: str, longest: str) -> list[Finding]:
    try:
        wanted = parse(declared)
    except LimitUnreadable as unreadable:
        said = (unreadable.sentence("en"), unreadable.sentence("zh"))
        return [Finding(Severity.ERROR, "special.declared", "/declared", *said)]
    if wanted.amount < 1:
        said = ("Declare at least one unit of time.", "所需时间至少为一个单位。")
        return [Finding(Severity.ERROR, "special.declared", "/declared", *said)]
    office = offices.of(tx, row["office"])
    if longest and arithmetic.due(office, tx.now, wanted).at > arithmetic.due(office, tx.now, parse(longest)).at:
        zh, en = parse(longest).words("zh"), parse(longest).words("en")
        said = (f"This item allows at most {en}; found {wanted.words('en')}.", f"本事项最长 {zh}，实际为 {wanted.words('zh')}。")
        return [Finding(Severity.ERROR, "special.too_long", "/declared", *said)]
    return []


def approve_pause(tx: Transaction, procedure_id: str) -> SpecialProcedure:
    """The head of the office agrees: it is open from now on. Raises SettledBefore, OwnRequest, IllegalMove."""
    found, row = _found(tx, procedure_id, "case.approve_pause", "asked")
    if found["asked_by"] == tx.actor.id:
        raise OwnRequest(name=tx.actor.name)
    changes = {"state": "open", "settled_name": tx.actor.name, "settled_at": tx.now, "opened_at": tx.now}
    special.begin(tx, row, str(found["kind"]), str(found["declared"]), str(found["reason"]))
    return _settled(tx, found, changes, "case.special_agreed")


def refuse_pause(tx: Transaction, procedure_id: str, reason: str) -> SpecialProcedure:
    """The head of the office does not agree and says why; no clock was touched. Raises SettledBefore, OwnRequest."""
    found, row = _found(tx, procedure_id, "case.approve_pause", "asked")
    if found["asked_by"] == tx.actor.id:
        raise OwnRequest(name=tx.actor.name)
    _need(reason, "/reason", "请说明不同意的理由。")
    case_rows.note(tx, row, "case.special_refused", {"kind": found["kind"], "reason": reason})
    changes = {"state": "refused", "settled_name": tx.actor.name, "settled_at": tx.now, "note": reason}
    return _settled(tx, found, changes, "case.special_refused")


def close_pause(tx: Transaction, procedure_id: str, result: str) -> SpecialProcedure:
    """It is over, with its result: the clocks go on, a decision may follow. Raises SettledBefore, OfTheDiagram."""
    found, row = _found(tx, procedure_id, "case.pause", "open")
    if not found["asked_by"]:
        raise OfTheDiagram(kind=special.words(str(found["kind"])))
    if row["suspended"]:
        raise CaseSuspended(case_no=row["case_no"], who=row["suspended"]["by"])
    _need(result, "/result", "请填写特别程序的结果。")
    special.end(tx, row, result)
    return special.shown({**found, **(tx.find(special_procedures, id=procedure_id) or {})})


def unsettled_pauses(tx: Transaction) -> tuple[SpecialProcedure, ...]:
    """停表审批: what waits for the actor's word and what is open in the actor's office; in every office for the city's."""
    is_city = tx.actor.office == access.CITY_OFFICE
    access.require(tx, "case.approve_pause", access.About(office=tx.actor.office))
    return special.unsettled(tx, None if is_city else (tx.actor.office or "",))


def _found(tx: Transaction, procedure_id: str, action: str, wanted: str) -> tuple[dict[str, object], case_rows.Row]:
    """The row under its case's lock, in the wanted state."""
    found = tx.find(special_procedures, id=procedure_id)
    if found is None:
        raise NotFound(thing=("特别程序", "the special procedure"), key=procedure_id)
    case_rows.allowed(tx, found["case_no"], action)
    row = case_rows.locked(tx, found["case_no"])
    found = tx.find(special_procedures, id=procedure_id)
    assert found is not None
    state = special.state_of(found, row)
    if state != wanted:
        raise SettledBefore(wanted=_STATES[wanted], found=_STATES[state])
    return found, row


def _settled(tx: Transaction, found: dict[str, object], changes: dict[str, object], template: str) -> SpecialProcedure:
    tx.update(special_procedures, {"id": found["id"]}, **changes)
    _tell(tx, str(found["asked_by"]), template, found)
    return special.shown({**found, **changes})


def _tell(tx: Transaction, to: str, template: str, found: dict[str, object]) -> None:
    case_no = str(found["case_no"])
    notices.write(tx, to, template, {"case_no": case_no, "days": found["declared"]}, case_no=case_no)


def _need(text: str, pointer: str, zh: str) -> None:
    if not text.strip():
        raise Invalid(findings=(Finding(Severity.ERROR, "special.text.missing", pointer, "Write a sentence.", zh),))
