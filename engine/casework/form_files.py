"""The forms of a deployment: found by id among its files, read once, used to validate what people hand in.

A case and a draft keep the form of the version they were opened with."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

import forms
from engine.casework import catalogue, manifest, uploads
from engine.errors import NotFound
from engine.feel import to_plain
from engine.models.definitions import resources
from engine.transaction import Transaction

_KNOWN: dict[tuple[str, str], forms.Form] = {}
_KEPT = 500


def form(tx: Transaction, deployment_id: str, form_id: str) -> forms.Form:
    """The form; kept in memory, because a deployment never changes. Raises NotFound."""
    key = (deployment_id, form_id)
    if key not in _KNOWN:
        if len(_KNOWN) >= _KEPT:
            _KNOWN.clear()
        _KNOWN[key] = forms.read(_source(tx, deployment_id, form_id))
    return _KNOWN[key]


def application_form(tx: Transaction, deployment_id: str) -> forms.Form | None:
    """The form an application is made with; None where the item needs none."""
    form_id = manifest.text(manifest.table(catalogue.manifest_of(tx, deployment_id), "forms"), "application")
    return form(tx, deployment_id, form_id) if form_id else None


def _source(tx: Transaction, deployment_id: str, form_id: str) -> bytes:
    file = f"{form_id}.form.json"
    is_named = sa.or_(resources.c.name == file, resources.c.name.endswith(f"/{file}", autoescape=True))
    query = sa.select(resources.c.content).where(resources.c.deployment_id == deployment_id, is_named)
    content: bytes | None = tx.connection.execute(query).scalars().first()
    if content is None:
        raise NotFound(thing=("表单", "the form"), key=form_id)
    return content


def validated(
    tx: Transaction,
    deployment_id: str,
    form_id: str | None,
    answers: Mapping[str, object],
    *,
    facts: Mapping[str, object] | None = None,
    data: Mapping[str, object] | None = None,
    node: str = "",
) -> Mapping[str, object]:
    """The answers as typed values. facts: trusted values by binding, which win over what was sent; data: what was known before,
    by key; node: element of the diagram. Raises Invalid.

    Without a form the answers pass as they are, JSON being all that can arrive."""
    if not form_id:
        return dict(answers)
    schema, before = form(tx, deployment_id, form_id), data or {}
    values = forms.validate(schema, forms.unmasked(schema, answers, before), facts=facts, data=before, node=node)
    uploads.check(tx, schema, values)
    return values


def unmasked(
    tx: Transaction, deployment_id: str, form_id: str | None, answers: Mapping[str, object], known: Mapping[str, object]
) -> Mapping[str, object]:
    """The answers with real values where a masked one came back as it was shown."""
    return forms.unmasked(form(tx, deployment_id, form_id), answers, known) if form_id else answers


def prefilled(
    tx: Transaction, item: catalogue.Item, answers: Mapping[str, object], facts: Mapping[str, forms.Known]
) -> Mapping[str, object]:
    """The answers to an item's form, and where nothing was answered what the city knows, as typed values. Raises Invalid.

    facts: by binding; those of grade A win over what was sent."""
    if not item.form_id:
        return dict(answers)
    schema = form(tx, item.deployment_id, item.form_id)
    known = forms.known(schema, facts)
    given = forms.completed(schema, forms.unmasked(schema, answers, known), facts)
    trusted = {name: fact.value for name, fact in facts.items() if fact.trust == "A"}
    values = forms.validate(schema, given, facts=trusted, data=known)
    uploads.check(tx, schema, values)
    return values


def attach(
    tx: Transaction,
    deployment_id: str,
    form_id: str | None,
    values: Mapping[str, object],
    *,
    case_no: str | None,
    root_id: str,
    task_id: str | None = None,
) -> None:
    """The files handed in with a form become files of the case."""
    if form_id and case_no:
        schema = form(tx, deployment_id, form_id)
        uploads.attach(tx, schema, values, case_no=case_no, root_id=root_id, task_id=task_id)


def worded(tx: Transaction, deployment_id: str, values: Mapping[str, object]) -> dict[str, object]:
    """What goes on paper: choices of the application form in the form's own words (`{zh, en}`), everything else as it is."""
    schema = application_form(tx, deployment_id)
    fields = schema.leaves() if schema is not None else ()
    known = {field.key: {o.value: {"zh": o.label, "en": o.label_en or o.label} for o in field.options} for field in fields}
    return {name: _in_words(value, known.get(name, {})) for name, value in values.items()}


def _in_words(value: object, choices: Mapping[str, object]) -> object:
    if isinstance(value, list | tuple):
        return [_in_words(each, choices) for each in value]
    return choices.get(value, value) if isinstance(value, str) else value


def storable(values: Mapping[str, object]) -> dict[str, object]:
    """Values as plain JSON for a column."""
    plain = to_plain(dict(values))
    return dict(plain) if isinstance(plain, Mapping) else {}
