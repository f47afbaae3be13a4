"""撤回: an application taken back before the decision.

A diagram may wait for it (message `withdrawal.requested`, key: the case's number) to call off what it has set in motion, and
then ends with `case.withdraw`; any other process is cancelled."""

from engine.bpmn.terms import Cancel
from engine.casework import case_rows, documents, notices, sla
from engine.casework.case_rows import Row
from engine.casework.papers import DocumentKind
from engine.casework.states import CaseState
from engine.runtime import messages, step
from engine.transaction import Transaction

MESSAGE = "withdrawal.requested"


def ask(tx: Transaction, row: Row, reason: str) -> None:
    """The applicant withdraws a locked case. Raises IllegalMove once it is decided."""
    if messages.is_awaited(tx, MESSAGE, row["case_no"]):
        case_rows.move(tx, row, CaseState.WITHDRAWAL_PENDING, "case.withdrawal_asked", {"reason": reason}, special=None)
        messages.publish(tx, MESSAGE, row["case_no"], {"withdrawal": {"reason": reason}})
        return
    finish(tx, row, reason)
    step.step(tx, row["root_id"], Cancel(reason))


def finish(tx: Transaction, row: Row, reason: str) -> None:
    """The case is withdrawn: clocks stop, a document confirms it, whoever held it is told."""
    case_no = row["case_no"]
    row = case_rows.move(tx, row, CaseState.WITHDRAWN, "case.withdrawn", {"reason": reason}, result="withdrawn", special=None)
    sla.stop(tx, case_no)
    documents.issue(tx, row, DocumentKind.WITHDRAWAL, {"reason": reason})
    for to in notices.holders(tx, case_no):
        notices.write(tx, to, "case.withdrawn", {"case_no": case_no}, case_no=case_no)
