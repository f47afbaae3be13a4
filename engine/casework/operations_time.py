"""Operations that reckon in working time: a moment for a timer, one extension of the limits."""

from collections.abc import Mapping

from engine.calendar import arithmetic
from engine.calendar.limits import parse
from engine.casework import audit, case_rows, documents, notices, offices, sla
from engine.casework.operations import Values, case_of
from engine.casework.papers import DocumentKind
from engine.casework.sla.commands import ClockStopped, ExtendedBefore, ExtensionTooLate
from engine.ports import ConnectorRefused
from engine.transaction import Operation, Transaction


def due(tx: Transaction, context: Values, given: Values) -> Values:
    """The moment a limit in working time runs out, for a timer: {limit: "10WD", office?} → {due_at}.

    The office is that of the case; a process that serves no case names one. ISO durations never mean working days."""
    key = str(given.get("office") or "") or case_of(tx, context)["office"]
    found = arithmetic.due(offices.of(tx, key), tx.now, parse(str(given.get("limit") or "1WD")))
    return {"due_at": found.at}


def extend(tx: Transaction, context: Values, given: Values) -> Values:
    """延期 once, approved by whoever completed the task before it: {extension: "5WD", reason}. Throws `extension.refused`.

    Source: 行政许可法 art. 42; asking after the limit has ended is refused and stays overdue."""
    row = case_of(tx, context)
    extension, reason = str(given.get("extension") or "5WD"), str(given.get("reason") or "")
    try:
        sla.extend(tx, row["case_no"], extension, approver=row["handled_by"] or tx.actor.id, reason=reason)
    except (ExtendedBefore, ExtensionTooLate, ClockStopped) as refused:
        raise ConnectorRefused("extension.refused", f"{refused.sentence('zh')} / {refused.sentence('en')}") from refused
    row = case_rows.change(tx, row, is_extended=True)
    audit.write(tx, row["root_id"], "sla.extended", {"extension": extension, "reason": reason})
    documents.issue(tx, row, DocumentKind.EXTENSION, {"extension": extension, "reason": reason})
    told = {"case_no": row["case_no"], "extension": extension}
    notices.write(tx, row["account_id"], "case.extended", told, case_no=row["case_no"])
    return {}


OPERATIONS: Mapping[str, Operation] = {"clock.due": due, "case.extend": extend}
"""Topic of a service task → operation."""
