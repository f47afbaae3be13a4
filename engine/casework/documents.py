"""Legal documents 文书: numbered, filled from templates kept as data, readable for ever, verifiable by code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.transaction import Transaction


class DocumentKind(StrEnum):
    """Legal names of DOMAIN 4.0; the key of the template."""

    RECEIPT = "receipt"
    ACCEPTANCE = "acceptance"
    ACCEPTANCE_REFUSED = "acceptance_refused"
    NOT_REQUIRED = "not_required"
    SUPPLEMENT = "supplement"
    SPECIAL_PROCEDURE = "special_procedure"
    EXTENSION = "extension"
    HAND_OVER = "hand_over"
    GRANT = "grant"
    REFUSAL = "refusal"
    WITHDRAWAL = "withdrawal"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True)
class Document:
    """number: unique within office and year. code: for verification. html: its body, safe to embed; empty in lists."""

    id: str
    case_no: str
    kind: DocumentKind
    title_zh: str
    title_en: str
    number: str
    code: str
    issued_at: datetime
    office: str
    html: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What anybody may learn from a verification code: that it was issued, when, by whom; no personal data."""

    kind: str
    title_zh: str
    title_en: str
    number: str
    office: Mapping[str, str]
    issued_at: datetime
    status: str
    fingerprint: str


def of_case(tx: Transaction, case_no: str) -> tuple[Document, ...]:
    """All documents of a case, oldest first, without bodies."""
    raise NotImplementedError


def read(tx: Transaction, document_id: str) -> Document:
    """One document with its body, for those who may see the case. Raises NotFound."""
    raise NotImplementedError


def verify(tx: Transaction, code: str) -> Verified:
    """Whether a document with this code was issued. Raises NotFound."""
    raise NotImplementedError
