"""Columns of a list per service: what its manifest wants officers to see of the application, `[inbox] columns = ["area"]`.

Only when a list is narrowed to one service; read from the cases of the page in view, never from an instance's state."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from engine.casework import access, catalogue, form_files, manifest
from engine.errors import NotFound
from engine.models.cases import cases
from engine.transaction import Transaction
from forms import Field

_MASKED = frozenset({"id-number", "uscc", "bank-account", "mobile", "phone"})
"""Formats that a list shows masked."""


@dataclass(frozen=True, slots=True)
class Column:
    """A field of the application form."""

    key: str
    label: str
    label_en: str


def columns(tx: Transaction, item_code: str | None) -> tuple[Column, ...]:
    """The columns of a service's newest version, in the manifest's order; none for all services together."""
    return tuple(Column(field.key, field.label, field.label_en) for field in _fields(tx, item_code))


def _fields(tx: Transaction, item_code: str | None) -> list[Field]:
    if not item_code:
        return []
    try:
        item = catalogue.item(tx, item_code)
    except NotFound:
        return []
    wanted = manifest.texts(manifest.table(item.manifest, "inbox").get("columns"))
    form = form_files.form(tx, item.deployment_id, item.form_id) if wanted and item.form_id else None
    known = {field.key: field for field in form.leaves()} if form else {}
    return [known[key] for key in wanted if key in known]


def values(tx: Transaction, item_code: str | None, case_nos: Iterable[str | None]) -> Mapping[str, Mapping[str, object]]:
    """Case number → key → what the applicant answered, choices in words (`{zh, en}`), numbers of persons masked."""
    fields = _fields(tx, item_code)
    wanted = [case_no for case_no in case_nos if case_no]
    if not fields or not wanted:
        return {}
    query = sa.select(cases.c.case_no, cases.c.answers).where(cases.c.case_no.in_(wanted))
    return {row["case_no"]: {f.key: _shown(f, row["answers"].get(f.key)) for f in fields} for row in tx.rows(query)}


def _shown(field: Field, value: object) -> object:
    if field.rules.format in _MASKED and isinstance(value, str):
        return access.mask(value)
    words = {option.value: {"zh": option.label, "en": option.label_en or option.label} for option in field.options}
    if isinstance(value, list):
        return [words.get(each, each) for each in value if isinstance(each, str)]
    return words.get(value, value) if isinstance(value, str) else value
