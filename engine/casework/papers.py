"""What a legal document 文书 is: its kinds and one of them as people read it; `engine.casework.documents` issues and reads them.

Apart from it, because the view of a case shows documents and documents are issued about cases."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
    TERMINATION = "termination"
    REVOCATION = "revocation"
    COMMITMENT = "commitment"
    DELIVERY = "delivery"
    TOLERANCE = "tolerance"
    HEARING = "hearing"
    SITE_RECORD = "site_record"


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
