"""A change to a form of a package: one draft for all designers, until it becomes a new version or is thrown away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

import forms
from engine.casework import access
from engine.errors import Conflict, NotFound
from engine.models.base import new_id
from engine.models.definitions import deployments, form_drafts
from engine.runtime import deploy, plans
from engine.transaction import Transaction


class FormChanged(Conflict):
    """Expected version {expected} of the form's draft, but {who} saved it at {at}; open it again to go on from there."""

    zh = "表单草稿已由 {who} 于 {at} 保存（应为版本 {expected}）；请重新打开后继续。"


class FormDraftEnded(Conflict):
    """Expected an open draft of form {form}, but it was stored as a version or thrown away; open the form again."""

    zh = "表单 {form} 的草稿已存为版本或已放弃；请重新打开表单。"


class FormOvertaken(Conflict):
    """Expected version {expected} of {key} to be newest, but {version} came meanwhile; discard this and start there."""

    zh = "草稿基于 {key} 第 {expected} 版，而第 {version} 版已存在；请放弃后从新版本重新修改。"


@dataclass(frozen=True, slots=True)
class FormDraft:
    """deployment_id: the version it started from. name: of the file in the package. version: of the draft."""

    id: str
    key: str
    form_id: str
    name: str
    deployment_id: str
    source: str
    version: int
    state: str
    edited_by: str
    edited_name: str
    edited_at: datetime


def forms_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Ids of the forms of a package by file name."""
    return {forms.read(content).id: name for name, content in files.items() if name.endswith(".form.json")}


def source_of(tx: Transaction, deployment_id: str, form_id: str) -> tuple[str, bytes]:
    """(file name, content) of a form as it was deployed. Raises NotFound."""
    files = plans.files_of(tx, deployment_id)
    name = forms_of(files).get(form_id)
    if name is None:
        raise NotFound(thing=("表单", "the form"), key=form_id)
    return name, files[name]


def start(tx: Transaction, deployment_id: str, form_id: str) -> FormDraft:
    """The open draft of a form, or a new one from this version. Raises NotFound, NotYours."""
    access.require(tx, "definition.deploy")
    package = deploy.get(tx, deployment_id)
    name, content = source_of(tx, deployment_id, form_id)
    is_open = sa.and_(form_drafts.c.key == package.key, form_drafts.c.form_id == form_id, form_drafts.c.state == "open")
    found = tx.row(sa.select(form_drafts).where(is_open))
    if found is not None:
        return _draft(found)
    row: dict[str, object] = {
        "id": new_id(),
        "key": package.key,
        "form_id": form_id,
        "name": name,
        "deployment_id": deployment_id,
    }
    row |= {"source": content.decode("utf-8"), "version": 1, "state": "open", **_by(tx)}
    tx.connection.execute(form_drafts.insert().values(**row))
    return read(tx, str(row["id"]))


def _by(tx: Transaction) -> dict[str, object]:
    return {"edited_by": tx.actor.id, "edited_name": tx.actor.name, "edited_at": tx.now}


def _draft(row: Mapping[str, Any]) -> FormDraft:
    return FormDraft(**{name: row[name] for name in FormDraft.__dataclass_fields__})


def read(tx: Transaction, draft_id: str) -> FormDraft:
    """A draft, for whoever designs. Raises NotFound, NotYours."""
    access.require(tx, "definition.view")
    row = tx.row(sa.select(form_drafts).where(form_drafts.c.id == draft_id))
    if row is None:
        raise NotFound(thing=("表单草稿", "the draft of a form"), key=draft_id)
    return _draft(row)


def opened(tx: Transaction) -> tuple[FormDraft, ...]:
    """All open drafts, the newest change first."""
    access.require(tx, "definition.view")
    query = sa.select(form_drafts).where(form_drafts.c.state == "open").order_by(form_drafts.c.edited_at.desc()).limit(200)
    return tuple(map(_draft, tx.rows(query)))


def save(tx: Transaction, draft_id: str, source: bytes, *, expected_version: int | None = None) -> FormDraft:
    """Keeps the form as it shall be, if it can be read. Raises Invalid with each finding, FormChanged, FormDraftEnded."""
    access.require(tx, "definition.deploy")
    draft = _for_writing(tx, draft_id, expected_version)
    forms.read(source)
    changed = {"source": source.decode("utf-8"), "version": draft.version + 1, **_by(tx)}
    tx.connection.execute(form_drafts.update().where(form_drafts.c.id == draft_id).values(**changed))
    return read(tx, draft_id)


def _for_writing(tx: Transaction, draft_id: str, expected: int | None) -> FormDraft:
    row = tx.row(sa.select(form_drafts).where(form_drafts.c.id == draft_id).with_for_update())
    if row is None:
        raise NotFound(thing=("表单草稿", "the draft of a form"), key=draft_id)
    draft = _draft(row)
    if draft.state != "open":
        raise FormDraftEnded(form=draft.form_id)
    if expected is not None and expected != draft.version:
        raise FormChanged(expected=expected, who=draft.edited_name, at=f"{draft.edited_at:%Y-%m-%d %H:%M} UTC")
    return draft


def discard(tx: Transaction, draft_id: str) -> None:
    """Throws an open draft away. Raises FormDraftEnded."""
    access.require(tx, "definition.deploy")
    _for_writing(tx, draft_id, None)
    tx.connection.execute(form_drafts.update().where(form_drafts.c.id == draft_id).values(state="discarded", **_by(tx)))


def files(tx: Transaction, draft_id: str) -> tuple[FormDraft, Mapping[str, bytes]]:
    """The draft and the package's files with it. Raises FormOvertaken when another version came meanwhile."""
    access.require(tx, "definition.deploy")
    draft = _for_writing(tx, draft_id, None)
    base = deploy.get(tx, draft.deployment_id)
    newest = int(tx.value(sa.select(sa.func.max(deployments.c.version)).where(deployments.c.key == draft.key)) or 0)
    if newest != base.version:
        raise FormOvertaken(expected=base.version, key=draft.key, version=newest)
    return draft, {**plans.files_of(tx, draft.deployment_id), draft.name: draft.source.encode()}


def stored(tx: Transaction, draft_id: str, made_id: str) -> None:
    """Marks a draft as having become a version."""
    values = {"state": "stored", "made_id": made_id}
    tx.connection.execute(form_drafts.update().where(form_drafts.c.id == draft_id).values(**values))
