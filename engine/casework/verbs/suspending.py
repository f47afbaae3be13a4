"""挂起 / 恢复 / 终止: the whole case stands still, goes on, or is ended by the office.

Who: a supervisor of the office. 挂起: the process takes nothing, its timers keep what remains, the office's clocks are paused for
at most the time declared to the applicant. 恢复: timers and clocks go on. 终止: the process is cancelled with all open tasks,
clocks stop, a document states why (DOMAIN 2.2: every end has one)."""

from engine.actors import Actor
from engine.bpmn.terms import Cancel, Resume, Suspend
from engine.calendar.limits import parse
from engine.casework import audit, case_rows, documents, notices, sla
from engine.casework.handling import CaseSuspended
from engine.casework.papers import DocumentKind
from engine.casework.states import CaseState
from engine.casework.view import Case
from engine.errors import Conflict, Finding, Invalid, Severity
from engine.runtime import step
from engine.transaction import Engine, Transaction


class CaseNotSuspended(Conflict):
    """Expected case {case_no} to be suspended, but it is not; open the case again."""

    zh = "办件 {case_no} 并未挂起；请刷新办件页面。"


class CaseEnded(Conflict):
    """Expected an open case, but {case_no} is “{state}”."""

    zh = "办件 {case_no} 当前为“{state}”，不能再进行此操作。"


def suspend(tx: Transaction, case_no: str, reason: str, *, declared: str = "") -> Case:
    """挂起. declared: the time told to the applicant, as `5WD`; an overrun counts against the office again."""
    row = _open(tx, case_no, "case.suspend")
    _need(reason)
    if declared:
        parse(declared)
    if row["suspended"]:
        raise CaseSuspended(case_no=case_no, who=row["suspended"]["by"])
    step.step(tx, row["root_id"], Suspend(reason))
    sla.pause(tx, case_no, reason, declared=declared)
    said = {"reason": reason, "by": tx.actor.name, "at": tx.now.isoformat(), "declared": declared}
    row = case_rows.change(tx, case_rows.locked(tx, case_no), suspended=said)
    audit.write(tx, row["root_id"], "case.suspended", {"reason": reason, "declared": declared})
    told = {"case_no": case_no, "reason": reason}
    for to in (row["account_id"], *notices.holders(tx, case_no)):
        notices.write(tx, to, "case.suspended", told, case_no=case_no)
    return case_rows.shown(row)


def resume(tx: Transaction, case_no: str, reason: str = "") -> Case:
    """恢复. Raises CaseNotSuspended."""
    row = _open(tx, case_no, "case.suspend")
    if not row["suspended"]:
        raise CaseNotSuspended(case_no=case_no)
    step.step(tx, row["root_id"], Resume(reason))
    if row["special"] is None:
        sla.resume(tx, case_no)
    row = case_rows.change(tx, case_rows.locked(tx, case_no), suspended=None)
    audit.write(tx, row["root_id"], "case.resumed", {"reason": reason})
    for to in (row["account_id"], *notices.holders(tx, case_no)):
        notices.write(tx, to, "case.resumed", {"case_no": case_no}, case_no=case_no)
    return case_rows.shown(row)


def terminate(engine: Engine, actor: Actor, case_no: str, reason: str) -> Case:
    """终止 / 作废 before the decision, with a document. Raises IllegalMove once it is decided."""
    with engine.begin(actor) as tx:
        row = _open(tx, case_no, "case.terminate")
        _need(reason)
        row = case_rows.move(
            tx,
            row,
            CaseState.TERMINATED,
            "case.terminated",
            {"result": reason},
            result="terminated",
            special=None,
            suspended=None,
        )
        sla.stop(tx, case_no)
        documents.issue(tx, row, DocumentKind.TERMINATION, {"reason": reason})
        for to in (row["account_id"], *notices.holders(tx, case_no)):
            notices.write(tx, to, "case.terminated", {"case_no": case_no}, case_no=case_no)
        step.step(tx, row["root_id"], Cancel(reason))
        return case_rows.shown(case_rows.locked(tx, case_no))


def _open(tx: Transaction, case_no: str, action: str) -> case_rows.Row:
    case_rows.allowed(tx, case_no, action)
    row = case_rows.locked(tx, case_no)
    if not row["is_open"]:
        raise CaseEnded(case_no=case_no, state=case_rows.words(row))
    return row


def _need(reason: str) -> None:
    if not reason.strip():
        raise Invalid(findings=(Finding(Severity.ERROR, "reason.missing", "/reason", "State the reason.", "请说明理由。"),))
