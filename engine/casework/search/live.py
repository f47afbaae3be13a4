"""The index of each database, kept up to date: entries whose stamp is new are read again before a query is answered."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from engine.casework.search.index import Entry, Filters, Hits, Index
from engine.models.catalogue import offices, service_items
from engine.models.supervision import counters
from engine.transaction import Transaction

_PATIENCE = 60.0
"""Seconds after which all stamps are compared: a transaction that ended late may have left a stamp older than the newest."""


@dataclass(slots=True)
class _Kept:
    index: Index = field(default_factory=Index)
    stamps: dict[str, str] = field(default_factory=dict)
    seen: tuple[str | None, int] = (None, 0)
    compared_at: float = 0.0
    lock: Lock = field(default_factory=Lock)


_KEPT: WeakKeyDictionary[sa.Engine, _Kept] = WeakKeyDictionary()
_MAKING = Lock()
INTERNAL = "internal"
"""Theme of services that the city starts for itself, such as the rectification of a bad rating; nobody searches for them."""
_IS_SHOWN = sa.and_(service_items.c.published_version.is_not(None), service_items.c.theme != INTERNAL)


def find(tx: Transaction, query: str, filters: Filters, *, is_folded: bool = False) -> Hits:
    """Searches the published services this transaction sees."""
    with _MAKING:
        kept = _KEPT.setdefault(tx.engine.database, _Kept())
    with kept.lock:
        _refresh(tx, kept)
        return kept.index.find(query, filters, is_folded=is_folded)


def _refresh(tx: Transaction, kept: _Kept) -> None:
    newest = sa.select(sa.func.max(service_items.c.search_stamp), sa.func.count()).where(_IS_SHOWN)
    stamp, count = tx.connection.execute(newest).one()
    is_late = time.monotonic() - kept.compared_at > _PATIENCE
    if (stamp, count) == kept.seen and not is_late:
        return
    stamped = tx.connection.execute(sa.select(service_items.c.code, service_items.c.search_stamp).where(_IS_SHOWN))
    known: dict[str, str] = {row.code: row.search_stamp for row in stamped}
    changed = [code for code, now in known.items() if kept.stamps.get(code) != now]
    for gone in kept.stamps.keys() - known.keys():
        kept.index.remove(gone)
    for row in _rows(tx, changed, is_all=len(changed) > len(known) // 2):
        kept.index.put(_entry(row))
    kept.stamps, kept.seen, kept.compared_at = known, (stamp, count), time.monotonic()


def _rows(tx: Transaction, codes: list[str], *, is_all: bool) -> list[dict[str, Any]]:
    asked = (
        sa.select(counters.c.item_code, sa.func.sum(counters.c.n).label("n"))
        .where(counters.c.measure == "submitted")
        .group_by(counters.c.item_code)
        .subquery()
    )
    joined = service_items.outerjoin(offices, offices.c.key == service_items.c.office).outerjoin(
        asked, asked.c.item_code == service_items.c.code
    )
    columns = (
        *service_items.c,
        offices.c.name_zh.label("office_zh"),
        offices.c.name_en.label("office_en"),
        asked.c.n.label("asked"),
    )
    query = sa.select(*columns).select_from(joined).where(_IS_SHOWN)
    if is_all:
        return tx.rows(query)
    parts = [codes[i : i + 500] for i in range(0, len(codes), 500)]
    return [row for part in parts for row in tx.rows(query.where(service_items.c.code.in_(part)))]


def _entry(row: Mapping[str, Any]) -> Entry:
    asked = int(row["asked"] or 0)
    return Entry(
        code=row["code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        summary=row["search_text"],
        keywords=row["keywords"],
        pinyin=row["pinyin"],
        place=f"{row['office_zh'] or ''} {row['office_en'] or ''}",
        audience=_parts(row["audience"]),
        office=row["office"],
        theme=row["theme"],
        region=row["region"],
        level=row["level"],
        life_events=_parts(row["life_events"]),
        kind=row["kind"],
        is_online=row["is_online"],
        popularity=asked / (asked + 20),
        position=row["position"],
        entry=row["entry"],
    )


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)
