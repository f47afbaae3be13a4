"""Files of a case: kinds sniffed, sizes limited, stored by content behind the port; removed ones stay in the history.

The bytes are put into the store before the transaction that names them, so that no network is touched inside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.actors import Actor
from engine.casework import access, audit, case_rows, media
from engine.errors import NotFound, Unavailable
from engine.models.base import new_id
from engine.models.verbs import case_files
from engine.ports import DocumentStore
from engine.transaction import Engine, Transaction


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One file. media_type: as found in its content; sha256: its key in the store."""

    id: str
    case_no: str
    task_id: str | None
    name: str
    media_type: str
    size: int
    sha256: str
    by_name: str
    at: datetime

    @property
    def is_shown_inline(self) -> bool:
        """Whether a browser may show it beside the form."""
        return self.media_type in media.SHOWN_INLINE


def store_of(engine: Engine) -> DocumentStore:
    """The store of the platform. Raises Unavailable without one."""
    if engine.documents is None:
        raise Unavailable(thing=("文件存储", "the document store"), retry_seconds=60)
    return engine.documents


def plain_name(name: str) -> str:
    """A file's name without the folders of its sender."""
    return name.replace("\\", "/").rsplit("/", 1)[-1].strip()[:200] or "file"


def add(engine: Engine, actor: Actor, case_no: str, name: str, content: bytes, *, task_id: str | None = None) -> CaseFile:
    """Uploads a file to a case its sender may see. Raises NotFound, KindRefused, FileTooLarge, FileEmpty."""
    with engine.read(actor) as tx:
        case_rows.allowed(tx, case_no, "case.attach")
    shown_name = plain_name(name)
    media_type = media.checked(shown_name, content)
    key = store_of(engine).put(content, media_type)
    with engine.begin(actor) as tx:
        row = case_rows.allowed(tx, case_no, "case.attach")
        values: dict[str, Any] = {
            "id": new_id(),
            "case_no": case_no,
            "task_id": task_id,
            "name": shown_name,
            "media_type": media_type,
            "size": len(content),
            "sha256": key,
            "by_id": actor.id,
            "by_name": actor.name,
            "at": tx.now,
        }
        tx.connection.execute(case_files.insert().values(**values))
        audit.write(tx, row["root_id"], "file.added", {"name": shown_name, "sha256": key})
        return _shown(values)


def _shown(row: Mapping[str, Any]) -> CaseFile:
    return CaseFile(**{name: row[name] for name in CaseFile.__dataclass_fields__})


def of_case(tx: Transaction, case_no: str) -> tuple[CaseFile, ...]:
    """The files of a case that were not removed, oldest first; the caller has checked who may see the case."""
    query = sa.select(case_files).where(case_files.c.case_no == case_no, case_files.c.removed_at.is_(None))
    return tuple(map(_shown, tx.rows(query.order_by(case_files.c.id))))


def read(engine: Engine, actor: Actor, file_id: str) -> tuple[CaseFile, bytes]:
    """A file and its content, for those who may see the case; writes an access row. Raises NotFound."""
    with engine.begin(actor) as tx:
        row = tx.row(sa.select(case_files).where(case_files.c.id == file_id, case_files.c.removed_at.is_(None)))
        if row is None:
            raise NotFound(thing=("文件", "the file"), key=file_id)
        case = case_rows.allowed(tx, row["case_no"], "case.view")
        access.record_read(tx, "file.read", case_no=case["case_no"], subject=case["applicant_no"], purpose=row["name"])
    try:
        return _shown(row), store_of(engine).get(row["sha256"])
    except KeyError as lost:
        raise NotFound(thing=("文件", "the file"), key=file_id) from lost


def remove(tx: Transaction, file_id: str) -> None:
    """Takes a file off a case, by who added it; its bytes and the line in the history stay. Raises NotFound."""
    row = tx.row(sa.select(case_files).where(case_files.c.id == file_id, case_files.c.removed_at.is_(None)))
    if row is None or row["by_id"] not in (tx.actor.id, tx.actor.on_behalf_of):
        raise NotFound(thing=("文件", "the file"), key=file_id)
    case = case_rows.allowed(tx, row["case_no"], "case.attach")
    tx.connection.execute(case_files.update().where(case_files.c.id == file_id).values(removed_at=tx.now))
    audit.write(tx, case["root_id"], "file.removed", {"name": row["name"], "sha256": row["sha256"]})
