"""Backups: the whole city in one file, taken while it runs, that either kind of database can be restored from.

The file is a tar archive: `city.db` (a SQLite database with every row of one moment), the files beside the database, and a list
of their hashes. Files are named by their content and never changed, so those of a later moment do no harm."""

import json
import tarfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from engine.errors import Invalid
from engine.models import copying
from engine.models.migrations import upgrade
from engine.runtime import database
from engine.transaction import READ_ONLY

DATABASE, LIST = "city.db", "list.json"
_NOT_KEPT = (".db", ".db-wal", ".db-shm", ".log", ".key")


class BackupBroken(Invalid):
    """Expected a whole backup, but {what}; take another copy of the file."""

    zh = "备份文件不完整：{what}；请换一份备份。"


def backup(opened: sa.Engine, folder: Path, target: Path) -> Mapping[str, int]:
    """Writes one consistent backup; the city goes on meanwhile. Gives the rows by table.

    folder: where files lie beside the database."""
    with TemporaryDirectory(prefix="tongban-backup-") as scratch:
        file = Path(scratch) / DATABASE
        counts = _snapshot(opened, file)
        kept = {DATABASE: file, **{str(path.relative_to(folder)): path for path in _files(folder)}}
        facts = {"at": datetime.now(UTC).isoformat(), "rows": counts, "files": {name: _hash(path) for name, path in kept.items()}}
        listed = Path(scratch) / LIST
        listed.write_text(json.dumps(facts, indent=1), "utf-8")
        unfinished = target.with_name(target.name + ".part")
        with tarfile.open(unfinished, "w:gz") as archive:
            for name, path in {LIST: listed, **kept}.items():
                archive.add(path, arcname=name)
        unfinished.replace(target)
    return counts


def _snapshot(opened: sa.Engine, file: Path) -> Mapping[str, int]:
    """Every row of one moment as a SQLite database of its own."""
    url = f"sqlite:///{file}"
    upgrade(url)
    copied = database.connect(url)
    level = {} if opened.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with opened.connect().execution_options(**{READ_ONLY: True}, **level) as source, source.begin(), copied.begin() as target:
        counts = copying.copy(source, target)
        copying.verify(source, target)
    copied.dispose()
    return counts


def restore(source: Path, opened: sa.Engine, folder: Path) -> Mapping[str, int]:
    """Fills an empty, migrated database and the folder beside it, and compares every row.

    Raises BackupBroken, NotEmpty, NotTheSame."""
    with TemporaryDirectory(prefix="tongban-restore-") as scratch:
        facts = _unpack(source, Path(scratch))
        upgrade(f"sqlite:///{scratch}/{DATABASE}")
        kept = database.connect(f"sqlite:///{scratch}/{DATABASE}")
        with kept.connect().execution_options(**{READ_ONLY: True}) as rows, rows.begin(), opened.begin() as target:
            counts = copying.copy(rows, target)
            copying.verify(rows, target)
        kept.dispose()
        for name in facts["files"]:
            if name != DATABASE:
                place = folder / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes((Path(scratch) / name).read_bytes())
    return counts


def _unpack(source: Path, scratch: Path) -> Mapping[str, Mapping[str, str]]:
    try:
        with tarfile.open(source) as archive:
            archive.extractall(scratch, filter="data")
        facts: Mapping[str, Mapping[str, str]] = json.loads((scratch / LIST).read_text("utf-8"))
    except (tarfile.TarError, OSError, ValueError, EOFError) as broken:
        raise BackupBroken(what=str(broken)) from broken
    for name, wanted in facts["files"].items():
        if not (scratch / name).is_file() or _hash(scratch / name) != wanted:
            raise BackupBroken(what=name)
    return facts


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.endswith(_NOT_KEPT) and not path.is_symlink():
            yield path


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
