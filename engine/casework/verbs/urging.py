"""催办 by a superior: counted, told to whoever has the case, not more than once in four hours.

Who: a supervisor of the office, or of the bureau. From: any open case. Nothing else changes."""

from datetime import datetime, timedelta

from engine.casework import audit, case_rows, notices, offices
from engine.errors import Conflict
from engine.transaction import Transaction

REMIND_EVERY = timedelta(hours=4)


class RemindedBefore(Conflict):
    """Expected at most one reminder in four hours, but this case was reminded of at {at}."""

    zh = "四小时内只能催办一次，本办件已于 {at} 催办。"


class NothingToRemind(Conflict):
    """Expected an open case, but {case_no} is “{state}”."""

    zh = "办件 {case_no} 当前为“{state}”，无需催办。"


def remind(tx: Transaction, case_no: str, text: str = "") -> datetime:
    """催办. Raises RemindedBefore, NothingToRemind."""
    case_rows.allowed(tx, case_no, "case.remind")
    row = case_rows.locked(tx, case_no)
    if not row["is_open"]:
        raise NothingToRemind(case_no=case_no, state=case_rows.words(row))
    if row["reminded_at"] is not None and tx.now - row["reminded_at"] < REMIND_EVERY:
        raise RemindedBefore(at=offices.of(tx, row["office"]).local(row["reminded_at"]).strftime("%H:%M"))
    case_rows.change(tx, row, reminded_at=tx.now)
    audit.write(tx, row["root_id"], "case.reminded", {"text": text})
    for to in notices.holders(tx, case_no):
        notices.write(tx, to, "case.reminded", {"case_no": case_no, "text": text}, case_no=case_no)
    return tx.now
