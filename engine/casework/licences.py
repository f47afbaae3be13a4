"""E-licences 电子证照: issued by a grant, held in a wallet, verified by code, revoked with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Licence:
    """number: printed on it. code: for verification (`/verify/<code>`). status: valid | expired | suspended | revoked | superseded."""

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


def wallet(tx: Transaction) -> tuple[Licence, ...]:
    """The licences of the acting citizen or enterprise."""
    raise NotImplementedError


def of_case(tx: Transaction, case_no: str) -> tuple[Licence, ...]:
    """The licences a case issued."""
    raise NotImplementedError


def read(tx: Transaction, number: str) -> Licence:
    """One licence, for its holder or an officer; writes an access row. Raises NotFound."""
    raise NotImplementedError


def verify(tx: Transaction, code: str) -> Verification:
    """Whether the code belongs to a licence, and its status today. Raises NotFound."""
    raise NotImplementedError


def revoke(tx: Transaction, number: str, reason: str) -> Licence:
    """Takes a licence back (撤销); the holder is told. Raises NotFound."""
    raise NotImplementedError
