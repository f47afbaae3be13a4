"""E-licences 电子证照: issued by a grant, held in a wallet, verified by code, revoked with a reason."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.casework import access, audit, catalogue, notices, numbers, offices
from engine.errors import Conflict, NotFound
from engine.models.base import new_id
from engine.models.cases import cases
from engine.models.licences import licences
from engine.transaction import Transaction


class NotValid(Conflict):
    """Expected a valid licence, but {number} is {status}."""

    zh = "证照 {number} 当前状态为“{status}”，不能进行此操作。"


@dataclass(frozen=True, slots=True)
class Licence:
    """number: printed on it. code: for `/verify/<code>`. status: valid | expired | revoked | superseded, as of today."""

    id: str
    type: str
    name: Mapping[str, str]
    number: str
    code: str
    case_no: str
    item_code: str
    office: str
    holder_name: str
    holder_no: str
    fields: Mapping[str, object]
    issued_at: datetime
    valid_from: date
    valid_to: date | None
    status: str
    status_reason: str
    replaces: str = ""
    replaced_by: str = ""
    associated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification page shows: the licence is real, its status, the holder's name half hidden."""

    name: Mapping[str, str]
    number: str
    office: Mapping[str, str]
    holder: str
    issued_at: datetime
    valid_to: date | None
    status: str


def issue(
    tx: Transaction,
    case: Mapping[str, Any],
    kind: str,
    name: Mapping[str, str],
    fields: Mapping[str, object],
    *,
    valid_months: int | None,
) -> Licence:
    """Issues a licence to the applicant of a case (its row); valid from today in the office's zone."""
    nth = tx.count(licences, case_no=case["case_no"]) + 1
    today = offices.of(tx, case["office"]).local(tx.now).date()
    row = {
        "id": new_id(),
        "type": kind,
        "name_zh": name["zh"],
        "name_en": name["en"],
        "number": numbers.licence_no(kind, case["case_no"], nth),
        "code": numbers.verification_code(),
        "case_no": case["case_no"],
        "item_code": case["item_code"],
        "office": case["office"],
        "account_id": case["account_id"],
        "holder_name": case["applicant_name"],
        "holder_no": case["applicant_no"],
        "fields": dict(fields),
        "issued_at": tx.now,
        "valid_from": today,
        "valid_to": add_months(today, valid_months) - timedelta(days=1) if valid_months else None,
        "status": "valid",
        "status_reason": "",
    }
    tx.insert(licences, row)
    return shown(tx, row)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the month's last day (31 January + 1 month = 28 or 29 February)."""
    year, month = divmod(day.month - 1 + months, 12)
    year += day.year
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def shown(tx: Transaction, row: Mapping[str, Any]) -> Licence:
    """A row as people see it, with its status as of today."""
    kept = {name: row[name] for name in Licence.__dataclass_fields__ if name in row}
    kept["name"] = {"zh": row["name_zh"], "en": row["name_en"]}
    kept["status"] = _status(tx, row)
    kept["associated"] = tuple(row.get("associated") or ())
    return Licence(**kept)


def _status(tx: Transaction, row: Mapping[str, Any]) -> str:
    today = offices.of(tx, row["office"]).local(tx.now).date()
    if row["status"] == "valid" and row["valid_to"] is not None and today > row["valid_to"]:
        return "expired"
    return str(row["status"])


def wallet(tx: Transaction) -> tuple[Licence, ...]:
    """The licences of the acting citizen or enterprise, newest first."""
    is_own = licences.c.account_id == tx.actor.id
    if tx.actor.subject:
        is_own = sa.or_(is_own, licences.c.holder_no == tx.actor.subject)
    rows = tx.rows(sa.select(licences).where(is_own).order_by(licences.c.id.desc()))
    return tuple(shown(tx, row) for row in rows)


def of_case(tx: Transaction, case_no: str) -> tuple[Licence, ...]:
    """The licences a case issued; the caller has checked who may see the case."""
    rows = tx.rows(sa.select(licences).where(licences.c.case_no == case_no).order_by(licences.c.id))
    return tuple(shown(tx, row) for row in rows)


def row_of(tx: Transaction, number: str, action: str, *, lock: bool = False) -> Mapping[str, Any]:
    """The row of a licence, if the actor may do `action` with it. Raises NotFound otherwise: nobody learns that it exists."""
    query = sa.select(licences).where(licences.c.number == number)
    row = tx.row(query.with_for_update() if lock else query)
    owners = frozenset({row["account_id"], row["holder_no"]}) if row else frozenset()
    if row is None or not access.may(tx, action, access.About(office=row["office"], owners=owners)):
        raise NotFound(thing=("证照", "the licence"), key=number)
    return row


def read(tx: Transaction, number: str) -> Licence:
    """One licence, for its holder or an officer; writes an access row. Raises NotFound."""
    row = row_of(tx, number, "licence.view")
    access.record_read(tx, "licence.read", case_no=row["case_no"], subject=row["holder_no"], purpose=number)
    return shown(tx, row)


def read_only(tx: Transaction, number: str) -> Licence:
    """The same for its holder in a list, where no access row is written. Raises NotFound."""
    return shown(tx, row_of(tx, number, "licence.share"))


def verify(tx: Transaction, code: str) -> Verification:
    """Whether the code belongs to a licence, and its status today. Raises NotFound."""
    row = tx.row(sa.select(licences).where(licences.c.code == code.strip().upper()))
    if row is None:
        raise NotFound(thing=("证照", "a licence with code"), key=code)
    return Verification(
        name={"zh": row["name_zh"], "en": row["name_en"]},
        number=row["number"],
        office=catalogue.office_name(tx, row["office"]),
        holder=access.mask_name(row["holder_name"]),
        issued_at=row["issued_at"],
        valid_to=row["valid_to"],
        status=_status(tx, row),
    )


def revoke(tx: Transaction, number: str, reason: str) -> Licence:
    """Takes a licence back (撤销); the holder is told. Raises NotFound, NotValid."""
    row = row_of(tx, number, "licence.revoke")
    if row["status"] != "valid":
        raise NotValid(number=number, status=row["status"])
    return _revoked(tx, row, reason)


def revoke_of_case(tx: Transaction, case_no: str, reason: str) -> int:
    """Takes back every valid licence that a case has issued, when its decision is revoked; returns how many."""
    valid = sa.and_(licences.c.case_no == case_no, licences.c.status == "valid")
    return len([_revoked(tx, row, reason) for row in tx.rows(sa.select(licences).where(valid))])


def _revoked(tx: Transaction, row: Mapping[str, Any], reason: str) -> Licence:
    changes = {"status": "revoked", "status_reason": reason}
    tx.connection.execute(licences.update().where(licences.c.id == row["id"]).values(**changes))
    root_id = tx.value(sa.select(cases.c.root_id).where(cases.c.case_no == row["case_no"]))
    if root_id:
        audit.write(tx, root_id, "licence.revoked", {"number": row["number"], "reason": reason})
    notices.write(tx, row["account_id"], "licence.revoked", {"case_no": row["case_no"]}, case_no=row["case_no"] or None)
    return shown(tx, {**row, **changes})
