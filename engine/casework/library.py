"""The item library 事项库: basic catalogue, licence types, guides without a process, stored in bulk."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from engine.casework import catalogue, manifest
from engine.models.catalogue import service_item_versions, service_items
from engine.models.library import catalogue_entries, licence_types
from engine.transaction import Transaction

_ROWS = 1000
GUIDE = "guide:"
"""Before the deployment id of a version that no package made: a guide, nothing to start."""


def codes(tx: Transaction) -> frozenset[str]:
    """The codes of all items, published or not."""
    return frozenset(tx.connection.execute(sa.select(service_items.c.code)).scalars())


def put_entries(tx: Transaction, entries: Sequence[Mapping[str, object]]) -> None:
    """Adds entries to the basic catalogue 基本目录; those it has are left as they are. Each: code, names, task_type, levels."""
    known = set(tx.connection.execute(sa.select(catalogue_entries.c.code)).scalars())
    same = {"basis": [], "status": "in_force", "version": 1, "changed_at": tx.now}
    _insert(tx, catalogue_entries, [{**entry, **same} for entry in entries if entry["code"] not in known])


def put_licence_types(tx: Transaction, rows: Mapping[str, Sequence[object]]) -> None:
    """Adds licence types: key → (zh, en, issuing office, months of validity or 0, personal | legal)."""
    known = set(tx.connection.execute(sa.select(licence_types.c.key)).scalars())
    columns = ("name_zh", "name_en", "office", "valid_months", "holder")
    made = [{"key": key, **dict(zip(columns, row, strict=True))} for key, row in rows.items() if key not in known]
    _insert(tx, licence_types, made)


def store_guides(tx: Transaction, manifests: Sequence[Mapping[str, object]]) -> None:
    """Publishes new items without a process in bulk. manifests: whole records whose codes are not in the catalogue yet."""
    items = [_row(tx, given) for given in manifests]
    _insert(tx, service_items, items)
    _insert(tx, service_item_versions, [_version(tx, given, 1) for given in manifests])


def store_version(tx: Transaction, given: Mapping[str, object]) -> None:
    """Publishes the next version of a guide that is there already."""
    table = manifest.table(given, "item")
    mine = service_items.c.code == table["code"]
    version = int(tx.value(sa.select(service_items.c.newest_version).where(mine)) or 0) + 1
    tx.connection.execute(service_item_versions.insert().values(**_version(tx, given, version)))
    versions = {"newest_version": version, "published_version": version, "changed_at": tx.now, "changed_by": tx.actor.id}
    tx.connection.execute(service_items.update().where(mine).values(**versions, **catalogue.shown(given)))


def _row(tx: Transaction, given: Mapping[str, object]) -> dict[str, object]:
    table = manifest.table(given, "item")
    fixed = {"status": "published", "status_reason": "", "is_automatic": True, "automatic_reason": ""}
    versions = {"newest_version": 1, "published_version": 1, "changed_at": tx.now, "changed_by": tx.actor.id}
    return {"code": table["code"], "key": manifest.text(given, "key"), **fixed, **versions, **catalogue.shown(given)}


def _version(tx: Transaction, given: Mapping[str, object], version: int) -> dict[str, object]:
    code = str(manifest.table(given, "item")["code"])
    dates = {"registered_at": tx.now, "published_at": tx.now}
    return {"deployment_id": guide_id(code, version), "code": code, "version": version, "manifest": given, **dates}


def guide_id(code: str, version: int) -> str:
    """The deployment id of a guide's version."""
    return f"{GUIDE}{code}:{version}"


def _insert(tx: Transaction, table: sa.Table, rows: Sequence[Mapping[str, object]]) -> None:
    for start in range(0, len(rows), _ROWS):
        tx.connection.execute(table.insert(), rows[start : start + _ROWS])
