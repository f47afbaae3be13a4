"""延期: the head of the office lengthens both limits, once and in time; the applicant is told why (行政许可法 art. 42)."""

from engine.casework import audit, case_rows, catalogue, documents, notices, sla
from engine.casework.papers import DocumentKind
from engine.errors import Finding, Invalid, Severity
from engine.transaction import Transaction


def extend(tx: Transaction, case_no: str, extension: str, reason: str) -> tuple[sla.SlaClock, ...]:
    """延期 by the head of the office, once and before the limit ends; the applicant is told the reason (行政许可法 art. 42).

    extension: `5WD`; empty text takes what the item allows. Raises ExtendedBefore, ExtensionTooLate, ClockStopped."""
    case_rows.allowed(tx, case_no, "case.extend")
    if not reason.strip():
        missing = Finding(Severity.ERROR, "extension.reason.missing", "/reason", "State the reason.", "请说明延期理由。")
        raise Invalid(findings=(missing,))
    row = case_rows.locked(tx, case_no)
    wanted = extension or str(catalogue.limits_of(tx, row["deployment_id"]).get("extension") or "10WD")
    clocks = sla.extend(tx, case_no, wanted, approver=tx.actor.id, reason=reason)
    row = case_rows.change(tx, row, is_extended=True)
    audit.write(tx, row["root_id"], "sla.extended", {"extension": wanted, "reason": reason})
    documents.issue(tx, row, DocumentKind.EXTENSION, {"extension": wanted, "reason": reason})
    told = {"case_no": case_no, "extension": wanted}
    notices.write(tx, row["account_id"], "case.extended", told, case_no=case_no)
    return clocks
