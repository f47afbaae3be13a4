"""Recurring entitlements 待遇: what a grant pays each month; not an open process instance (DOMAIN 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.casework import access, audit, offices
from engine.casework.licences import add_months
from engine.errors import NotFound
from engine.models.base import new_id
from engine.models.cases import cases
from engine.models.licences import entitlement_payments, entitlements
from engine.transaction import Engine, Transaction


@dataclass(frozen=True, slots=True)
class Entitlement:
    """monthly_fen: integer fen. status: active | stopped. next_month: first day of the next month to be paid."""

    id: str
    case_no: str
    kind: str
    subject: str
    monthly_fen: int
    starts_on: date
    ends_on: date | None
    next_month: date
    status: str
    stop_reason: str


@dataclass(frozen=True, slots=True)
class Payment:
    """One month of an entitlement. amount_fen: integer fen."""

    entitlement_id: str
    month: date
    amount_fen: int
    status: str


def grant(tx: Transaction, case: Mapping[str, Any], kind: str, monthly_fen: int, starts_on: date) -> Entitlement:
    """Grants a monthly payment to the applicant of a case (its row), from the month of `starts_on`.

    monthly_fen: > 0. Raises IntegrityError when this person already holds an active entitlement of the kind."""
    row = {
        "id": new_id(),
        "case_no": case["case_no"],
        "kind": kind,
        "account_id": case["account_id"],
        "subject": case["applicant_no"],
        "monthly_fen": monthly_fen,
        "starts_on": starts_on,
        "ends_on": None,
        "next_month": starts_on.replace(day=1),
        "status": "active",
        "stop_reason": "",
    }
    tx.insert(entitlements, row)
    return _entitlement(row)


def holds(tx: Transaction, subject: str, kind: str) -> bool:
    """Whether a person already holds an active entitlement of the kind."""
    return bool(tx.find_all(entitlements, "id", subject=subject, kind=kind, status="active"))


def _entitlement(row: Mapping[str, Any]) -> Entitlement:
    return Entitlement(**{name: row[name] for name in Entitlement.__dataclass_fields__})


def mine(tx: Transaction) -> tuple[Entitlement, ...]:
    """What the acting person is paid, newest first."""
    is_own = entitlements.c.account_id == tx.actor.id
    if tx.actor.subject:
        is_own = sa.or_(is_own, entitlements.c.subject == tx.actor.subject)
    rows = tx.rows(sa.select(entitlements).where(is_own).order_by(entitlements.c.id.desc()))
    return tuple(map(_entitlement, rows))


def of_case(tx: Transaction, case_no: str) -> tuple[Entitlement, ...]:
    """What a case granted; the caller has checked who may see the case."""
    rows = tx.rows(sa.select(entitlements).where(entitlements.c.case_no == case_no))
    return tuple(map(_entitlement, rows))


def stop(tx: Transaction, entitlement_id: str, reason: str, *, from_month: date) -> Entitlement:
    """Pays nothing from this month on (death, registration moved out, revocation). Raises NotFound."""
    query = sa.select(entitlements, cases.c.office, cases.c.root_id).join(cases, cases.c.case_no == entitlements.c.case_no)
    row = tx.row(query.where(entitlements.c.id == entitlement_id))
    if row is None or not access.may(tx, "entitlement.stop", access.About(office=row["office"])):
        raise NotFound(thing=("待遇", "the entitlement"), key=entitlement_id)
    changes = {"status": "stopped", "stop_reason": reason, "ends_on": from_month.replace(day=1)}
    tx.connection.execute(entitlements.update().where(entitlements.c.id == entitlement_id).values(**changes))
    audit.write(
        tx, row["root_id"], "entitlement.stopped", {"kind": row["kind"], "reason": reason, "from": from_month.isoformat()}
    )
    return _entitlement({**row, **changes})


def payments(tx: Transaction, entitlement_id: str) -> tuple[Payment, ...]:
    """All months written so far, newest first."""
    query = sa.select(entitlement_payments).where(entitlement_payments.c.entitlement_id == entitlement_id)
    rows = tx.rows(query.order_by(entitlement_payments.c.month.desc()))
    return tuple(Payment(**{n: row[n] for n in Payment.__dataclass_fields__}) for row in rows)


def pay_due(engine: Engine, limit: int = 500) -> int:
    """Writes the payment rows of months that have begun, each month once; returns how many. For the worker."""
    with engine.begin(SYSTEM) as tx:
        today = offices.city(tx).local(tx.now).date()
        due = sa.and_(entitlements.c.status == "active", entitlements.c.next_month <= today)
        query = sa.select(entitlements).where(due).order_by(entitlements.c.next_month).limit(limit)
        rows = tx.rows(query.with_for_update(skip_locked=True))
        for row in rows:
            _pay(tx, row)
        return len(rows)


def _pay(tx: Transaction, row: Mapping[str, Any]) -> None:
    payment = {"entitlement_id": row["id"], "month": row["next_month"], "amount_fen": row["monthly_fen"], "status": "due"}
    tx.connection.execute(entitlement_payments.insert().values(**payment, written_at=tx.now))
    following = add_months(row["next_month"], 1)
    tx.connection.execute(entitlements.update().where(entitlements.c.id == row["id"]).values(next_month=following))
