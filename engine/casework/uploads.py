"""Files that people hand in with a form: stored when they are chosen, a file of the case once the form is handed in.

An answer holds the ids; nobody can name an upload that is not their own. The bytes are put into the store before the
transaction that names them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

import forms
from engine.actors import Actor, ActorKind
from engine.casework import audit, case_files, media
from engine.errors import Finding, Invalid, Severity
from engine.models.applications import uploads
from engine.models.base import new_id
from engine.models.verbs import case_files as attached
from engine.transaction import Engine, Transaction

_COLUMNS = ("id", "name", "media_type", "size", "sha256")


@dataclass(frozen=True, slots=True)
class Upload:
    """One file; sha256: its key in the store."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str


def add(engine: Engine, actor: Actor, name: str, content: bytes) -> Upload:
    """Stores a file for a form that is not handed in yet. Raises KindRefused, FileTooLarge, FileEmpty."""
    shown_name = case_files.plain_name(name)
    media_type = media.checked(shown_name, content)
    made = Upload(new_id(), shown_name, media_type, len(content), case_files.store_of(engine).put(content, media_type))
    with engine.begin(actor) as tx:
        values = {column: getattr(made, column) for column in _COLUMNS}
        tx.connection.execute(uploads.insert().values(**values, account_id=actor.id, at=tx.now))
    return made


def named(tx: Transaction, ids: Iterable[object]) -> tuple[Upload, ...]:
    """The files with these ids in their order; the own ones before they are handed in, those of cases for officers, too."""
    wanted = [each for each in ids if isinstance(each, str)]
    mine = uploads.c.account_id == tx.actor.id
    may_see = sa.true() if tx.actor.kind is ActorKind.OFFICER else attached.c.by_id == tx.actor.id
    of_cases = sa.and_(attached.c.removed_at.is_(None), may_see)
    found: dict[str, Upload] = {}
    for table, seen in ((uploads, mine), (attached, of_cases)):
        query = sa.select(*(table.c[column] for column in _COLUMNS)).where(table.c.id.in_(wanted), seen)
        found |= {row["id"]: Upload(**row) for row in tx.rows(query)}
    return tuple(found[each] for each in wanted if each in found)


def check(tx: Transaction, form: forms.Form, values: Mapping[str, object]) -> None:
    """Raises Invalid at every field that names a file which the actor did not upload and may not see."""
    asked = _asked(form, values)
    known = {upload.id for upload in named(tx, (each for ids in asked.values() for each in ids))}
    strange = [key for key, ids in asked.items() if not set(ids) <= known]
    if strange:
        said = ("Choose the file and upload it again.", "请重新选择并上传文件。")
        raise Invalid(findings=[Finding(Severity.ERROR, "field.file", f"/{key.replace('.', '/')}", *said) for key in strange])


def attach(
    tx: Transaction, form: forms.Form, values: Mapping[str, object], *, case_no: str, root_id: str, task_id: str | None = None
) -> None:
    """The files of a form that is handed in become files of the case; the actor's own uploads only."""
    ids = [each for ids in _asked(form, values).values() for each in ids]
    rows = tx.rows(sa.select(uploads).where(uploads.c.id.in_(ids), uploads.c.account_id == tx.actor.id)) if ids else []
    for row in rows:
        kept: dict[str, Any] = {column: row[column] for column in _COLUMNS}
        who = {"by_id": tx.actor.id, "by_name": tx.actor.name, "at": tx.now}
        tx.connection.execute(attached.insert().values(**kept, **who, case_no=case_no, task_id=task_id))
        tx.connection.execute(uploads.delete().where(uploads.c.id == row["id"]))
        audit.write(tx, root_id, "file.added", {"name": row["name"], "sha256": row["sha256"]})


def _asked(form: forms.Form, values: Mapping[str, object]) -> dict[str, list[str]]:
    """Ids by key of the fields that take files."""
    given = {leaf.key: forms.found(values, leaf.key) for leaf in form.leaves() if leaf.kind == "filepicker"}
    return {key: [str(each) for each in ids] for key, ids in given.items() if isinstance(ids, list)}
