"""Legal documents 文书: numbered, filled from templates kept as data, readable for ever, verifiable by code."""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.calendar.limits import in_words
from engine.casework import access, audit, case_rows, catalogue, numbers, offices
from engine.casework import manifest as manifests
from engine.casework.papers import Document, DocumentKind
from engine.errors import NotFound
from engine.models.base import new_id
from engine.models.cases import cases, documents
from engine.transaction import Transaction

ONCE = frozenset(
    {DocumentKind.ACCEPTANCE, DocumentKind.TOLERANCE, DocumentKind.SUPPLEMENT, DocumentKind.GRANT, DocumentKind.REFUSAL}
)
"""At most one of each in the life of a case (DOMAIN 2.2)."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What anybody may learn from a verification code: that it was issued, when, by whom; no personal data.

    fingerprint: SHA-256 of the body. status: `valid`, or `altered` when the stored body no longer has this fingerprint."""

    kind: str
    title_zh: str
    title_en: str
    number: str
    office: Mapping[str, str]
    issued_at: datetime
    status: str
    fingerprint: str


@cache
def templates() -> Mapping[str, Mapping[str, Any]]:
    """All templates by kind."""
    return tomllib.loads((Path(__file__).parent / "documents.toml").read_text("utf-8"))


def issue(tx: Transaction, case: Mapping[str, Any], kind: DocumentKind, facts: Mapping[str, object] | None = None) -> Document:
    """Fills in, numbers and stores a document of a case (its row); writes history.

    facts: texts, or lists of texts for {items} and {reasons}. Raises IntegrityError when a document of a once-only kind
    exists."""
    template = _template(tx, case, kind)
    nth = tx.once(documents, case["case_no"], lambda: tx.count(documents, case_no=case["case_no"])) + 1
    number = numbers.document_no(template["prefix"], case["case_no"], 1 if kind in ONCE else nth)
    html = _body(tx, case, template, number, facts or {})
    row = {
        "id": new_id(),
        "case_no": case["case_no"],
        "kind": kind,
        "title_zh": template["title"]["zh"],
        "title_en": template["title"]["en"],
        "number": number,
        "code": numbers.verification_code(),
        "office": case["office"],
        "html": html,
        "fingerprint": fingerprint(html),
        "issued_at": tx.now,
    }
    tx.insert(documents, row)
    tx.remember(documents, case["case_no"], nth)
    if case["root_id"]:
        audit.write(tx, case["root_id"], "document.issued", {"kind": kind, "number": number, "fingerprint": row["fingerprint"]})
    return _document(row)


def drafted(tx: Transaction, case: Mapping[str, Any], kind: DocumentKind, facts: Mapping[str, object]) -> str:
    """The body a document would have if it were issued now, by the code that issues it; its number comes with issuing."""
    return _body(tx, case, _template(tx, case, kind), "编号于发出时生成 / numbered when sent", facts)


def _template(tx: Transaction, case: Mapping[str, Any], kind: DocumentKind) -> Mapping[str, Any]:
    """The city's template, with the title, prefix or lines that the service's manifest gives instead (`[documents.grant]`)."""
    manifest = catalogue.manifest_of(tx, case["deployment_id"])
    return {**templates()[kind], **manifests.table(manifests.table(manifest, "documents"), kind.value)}


def fingerprint(html: str) -> str:
    """SHA-256 of a document's body, hex."""
    return hashlib.sha256(html.encode()).hexdigest()


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _body(tx: Transaction, case: Mapping[str, Any], template: Mapping[str, Any], number: str, facts: Mapping[str, object]) -> str:
    office = catalogue.office_name(tx, case["office"])
    local = offices.of(tx, case["office"]).local(tx.now)
    known = {
        "applicant": case["applicant_name"],
        "item": case["item_zh"],
        "item_en": case["item_en"],
        "case_no": case["case_no"],
        "at": f"{local:%Y-%m-%d %H:%M}",
        **facts,
    }
    parts = [f'<p class="doc-no">{escape(number)}</p>']
    for language, name in (("zh", office["zh"]), ("en", office["en"])):
        filled = _Facts({key: _text(in_words(value, language)) for key, value in known.items()})
        lines = "".join(f"<p>{text}</p>" for line in template[language] if (text := line.format_map(filled)))
        seal = f'<p class="doc-seal">{escape(name)}<br><time datetime="{tx.now.isoformat()}">{local:%Y-%m-%d}</time></p>'
        parts.append(f'<section lang="{language}"><h2>{escape(template["title"][language])}</h2>{lines}{seal}</section>')
    return "".join(parts)


def _text(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "；".join(escape(_name(v)) for v in value)
    return "" if value is None else escape(str(value))


def _name(value: object) -> str:
    """A line of a list: `name：reason` of a table, or the text itself."""
    if not isinstance(value, Mapping):
        return str(value)
    head = value.get("name") or value.get("zh") or value.get("label") or ""
    tail = value.get("reason") or ""
    return f"{head}：{tail}" if head and tail else str(head or tail)


def of_case(tx: Transaction, case_no: str) -> tuple[Document, ...]:
    """All documents of a case, oldest first, without bodies; the caller has checked who may see the case."""
    columns = [c for c in documents.c if c.name != "html"]
    query = sa.select(*columns).where(documents.c.case_no == case_no).order_by(documents.c.id)
    return tuple(_document({**row, "html": ""}) for row in tx.rows(query))


def _document(row: Mapping[str, Any]) -> Document:
    kept = {name: row[name] for name in Document.__dataclass_fields__}
    return Document(**{**kept, "kind": DocumentKind(row["kind"])})


def stored(row: Mapping[str, Any]) -> Document:
    """A document with its body from its row."""
    return _document(row)


_OF_CASE = (
    cases.c.account_id,
    cases.c.applicant_no,
    cases.c.agent_id,
    cases.c.authorisation_id,
    cases.c.root_id,
    cases.c.intake_by,
)


def read(tx: Transaction, document_id: str) -> Document:
    """One document with its body, for those who may see the case; writes an access row. Raises NotFound."""
    query = (
        sa.select(documents, *_OF_CASE).join(cases, cases.c.case_no == documents.c.case_no).where(documents.c.id == document_id)
    )
    row = tx.row(query)
    if row is None or not case_rows.may(tx, row, "case.view"):
        raise NotFound(thing=("文书", "the document"), key=document_id)
    access.record_read(tx, "document.read", case_no=row["case_no"], subject=row["applicant_no"], purpose=row["number"])
    return _document(row)


def verify(tx: Transaction, code: str) -> Verified:
    """Whether a document with this code was issued. Raises NotFound."""
    row = tx.row(sa.select(documents).where(documents.c.code == code.strip().upper()))
    if row is None:
        raise NotFound(thing=("文书", "a document with code"), key=code)
    return Verified(
        kind=row["kind"],
        title_zh=row["title_zh"],
        title_en=row["title_en"],
        number=row["number"],
        office=catalogue.office_name(tx, row["office"]),
        issued_at=row["issued_at"],
        status="valid" if fingerprint(row["html"]) == row["fingerprint"] else "altered",
        fingerprint=row["fingerprint"],
    )
