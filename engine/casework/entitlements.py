"""Recurring entitlements 待遇: what a grant pays each month; not an open process instance (DOMAIN 5)."""

from dataclasses import dataclass
from datetime import date

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


def mine(tx: Transaction) -> tuple[Entitlement, ...]:
    """What the acting person is paid."""
    raise NotImplementedError


def of_case(tx: Transaction, case_no: str) -> tuple[Entitlement, ...]:
    """What a case granted."""
    raise NotImplementedError


def stop(tx: Transaction, entitlement_id: str, reason: str, *, from_month: date) -> Entitlement:
    """Pays nothing from this month on (death, registration moved out, revocation)."""
    raise NotImplementedError


def payments(tx: Transaction, entitlement_id: str) -> tuple[Payment, ...]:
    """All months written so far, newest first."""
    raise NotImplementedError


def pay_due(engine: Engine, limit: int = 500) -> int:
    """Writes the payment rows of months that have begun, each month once; returns how many. For the worker."""
    raise NotImplementedError
