"""邮寄送达: the result on paper by post, through the courier port; wished by the applicant, handed over by the worker."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.casework import case_rows, notices
from engine.casework.states import CaseState
from engine.errors import Conflict, Finding, Invalid, Severity
from engine.models.cases import cases, parcels
from engine.ports import ConnectorUnavailable
from engine.transaction import Engine, Transaction

_AGAIN = timedelta(minutes=10)
_READY = (CaseState.ISSUING, CaseState.DELIVERED, CaseState.CLOSED)


class TooLateToPost(Conflict):
    """Expected a case whose result was not posted yet, but that of {case_no} was; follow it by number {tracking_no}."""

    zh = "办件 {case_no} 的结果已交寄（运单号 {tracking_no}），不能再修改地址。"


@dataclass(frozen=True, slots=True)
class Parcel:
    """state: wanted | collected | delivered | returned. tracking_no: once the courier has it."""

    case_no: str
    recipient: str
    phone: str
    address: str
    state: str
    tracking_no: str
    changed_at: datetime


def want(tx: Transaction, case_no: str, recipient: str, phone: str, address: str) -> Parcel:
    """The applicant wishes the result by post, or corrects the address until it is posted.

    Raises NotFound, Invalid, TooLateToPost."""
    row = case_rows.allowed(tx, case_no, "case.view_own")
    _check(recipient, phone, address)
    known = of_case(tx, case_no)
    if known is not None and known.state != "wanted":
        raise TooLateToPost(case_no=case_no, tracking_no=known.tracking_no)
    values = {"recipient": recipient.strip(), "phone": phone.strip(), "address": address.strip(), "changed_at": tx.now}
    if known is None:
        first = {"case_no": case_no, "state": "wanted", "tracking_no": "", "wanted_at": tx.now, "attempts": 0}
        tx.connection.execute(parcels.insert().values(**first, **values))
    else:
        tx.connection.execute(parcels.update().where(parcels.c.case_no == case_no).values(**values))
    case_rows.note(tx, row, "case.post_wanted", {})
    found = of_case(tx, case_no)
    assert found is not None
    return found


def _check(recipient: str, phone: str, address: str) -> None:
    given = (("recipient", recipient, 50), ("phone", phone, 20), ("address", address, 200))
    bad = [name for name, text, most in given if not text.strip() or len(text) > most]
    if bad:
        said = ("Fill this in.", "请填写此项。")
        raise Invalid(findings=[Finding(Severity.ERROR, "parcel.value", f"/{name}", *said) for name in bad])


def of_case(tx: Transaction, case_no: str) -> Parcel | None:
    """The parcel of a case; the caller has checked who may see the case."""
    row = tx.row(sa.select(parcels).where(parcels.c.case_no == case_no))
    return None if row is None else Parcel(**{name: row[name] for name in Parcel.__dataclass_fields__})


def post_due(engine: Engine, limit: int = 50) -> int:
    """Hands parcels of decided cases to the courier, each once by its case number; returns how many. For the worker."""
    if engine.courier is None:
        return 0
    with engine.begin(SYSTEM) as tx:
        due = _lease(tx, limit)
    posted = [(row, _post(engine, row)) for row in due]
    with engine.begin(SYSTEM) as tx:
        for row, tracking_no in posted:
            if tracking_no:
                _collected(tx, row, tracking_no)
    return sum(bool(tracking_no) for _, tracking_no in posted)


def _lease(tx: Transaction, limit: int) -> list[dict[str, Any]]:
    """Wished parcels whose result is there, not tried in the last ten minutes."""
    joined = parcels.join(cases, cases.c.case_no == parcels.c.case_no)
    is_due = sa.and_(parcels.c.state == "wanted", cases.c.state.in_(_READY), cases.c.outcome == "grant")
    is_fresh = sa.or_(parcels.c.attempts == 0, parcels.c.changed_at <= tx.now - _AGAIN)
    query = sa.select(parcels, cases.c.account_id, cases.c.root_id).select_from(joined).where(is_due, is_fresh).limit(limit)
    rows = tx.rows(query.with_for_update(of=parcels, skip_locked=True))
    for row in rows:
        tried = {"attempts": row["attempts"] + 1, "changed_at": tx.now}
        tx.connection.execute(parcels.update().where(parcels.c.case_no == row["case_no"]).values(**tried))
    return rows


def _post(engine: Engine, row: Mapping[str, Any]) -> str:
    assert engine.courier is not None
    try:
        return engine.courier.post(row["recipient"], row["phone"], row["address"], idempotency_key=row["case_no"])
    except ConnectorUnavailable:
        return ""


def _collected(tx: Transaction, row: Mapping[str, Any], tracking_no: str) -> None:
    values = {"state": "collected", "tracking_no": tracking_no, "changed_at": tx.now}
    tx.connection.execute(parcels.update().where(parcels.c.case_no == row["case_no"]).values(**values))
    case_rows.note(tx, dict(row), "case.posted", {"tracking_no": tracking_no})
    told = {"case_no": row["case_no"], "tracking_no": tracking_no}
    notices.write(tx, row["account_id"], "case.parcel", told, case_no=row["case_no"], key=f"parcel:{row['case_no']}")
