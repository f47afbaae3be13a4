"""Service items as the public knows them: registered from manifests, published with a version, searched, suspended, switched.

It is one file because every list and every change of an item stands on the same join of item and version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from engine.casework import access, pages, search
from engine.casework import manifest as manifests
from engine.casework.manifest import Words
from engine.casework.pages import Page
from engine.casework.search.live import INTERNAL
from engine.casework.search.text import syllables
from engine.errors import NotFound
from engine.models.base import new_id
from engine.models.catalogue import offices, service_item_versions, service_items
from engine.models.definitions import definitions
from engine.models.supervision import counters
from engine.transaction import Transaction

CITY_REGION = "440300"


@dataclass(frozen=True, slots=True)
class Item:
    """A service item in its published (or newest registered) version.

    kind: `instant` | `committed`. status: `registered` | `published` | `suspended`. is_automatic: False after the kill switch.
    process_id, form_id: what an application starts and fills in. limits: `committed`, `statutory`, `pre_acceptance`,
    `supplement`, `extension` as `5WD`, plus `mode`, `supplement_pauses`, `visit_pauses`. manifest: the whole record."""

    code: str
    key: str
    version: int
    deployment_id: str
    name: Words
    summary: Words
    audience: tuple[str, ...]
    office: str
    theme: str
    kind: str
    visits: int
    fee_fen: int
    status: str
    status_reason: str
    is_automatic: bool
    automatic_reason: str
    process_id: str
    form_id: str
    limits: Mapping[str, object]
    manifest: Mapping[str, object] = field(repr=False)

    @property
    def level(self) -> str:
        """Level of the unit that offers it: state | province | city | county | town."""
        return manifests.text(self.record, "level", "city")

    @property
    def region(self) -> str:
        """Administrative division it is offered in."""
        return manifests.text(self.record, "region", CITY_REGION)

    @property
    def life_events(self) -> tuple[str, ...]:
        """Keys of the life events 一件事 it belongs to."""
        return manifests.texts(self.record.get("life_events"))

    @property
    def is_online(self) -> bool:
        """Whether it can be applied for here; otherwise it is a guide that says where to go."""
        return bool(self.process_id)

    @property
    def record(self) -> Mapping[str, object]:
        """The implementation list 实施清单 as it stands in the manifest (DOMAIN 2.7)."""
        return manifests.table(self.manifest, "item")


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """An office as the catalogue knows it. level: state | province | city | county | town."""

    key: str
    name: Words
    level: str
    region: str
    parent: str


def register(tx: Transaction, deployment_id: str, manifest: Mapping[str, object]) -> Item:
    """Stores a deployment's manifest as the next version of its item; not yet visible to the public."""
    access.require(tx, "catalogue.register")
    return store_version(tx, deployment_id, manifest)


def store_version(tx: Transaction, deployment_id: str, manifest: Mapping[str, object]) -> Item:
    """The same for a caller that has asked for the right to do so."""
    item_table = manifests.table(manifest, "item")
    code, key = manifests.text(item_table, "code"), manifests.text(manifest, "key")
    newest = tx.connection.execute(
        sa.select(service_items.c.newest_version).where(service_items.c.code == code).with_for_update()
    ).scalar_one_or_none()
    version = (newest or 0) + 1
    if newest is None:
        tx.connection.execute(
            service_items.insert().values(
                code=code,
                key=key,
                status="registered",
                status_reason="",
                is_automatic=True,
                automatic_reason="",
                **_shown(tx, manifest, version),
            )
        )
    else:
        tx.connection.execute(service_items.update().where(service_items.c.code == code).values(newest_version=version))
    tx.connection.execute(
        service_item_versions.insert().values(
            deployment_id=deployment_id, code=code, version=version, manifest=manifest, registered_at=tx.now
        )
    )
    return of_deployment(tx, deployment_id)


def _shown(tx: Transaction, manifest: Mapping[str, object], newest_version: int) -> dict[str, object]:
    return {**shown(manifest), "newest_version": newest_version, "changed_at": tx.now, "changed_by": tx.actor.id}


def shown(manifest: Mapping[str, object]) -> dict[str, object]:
    """The columns of `service_items` that lists and the index read, out of a manifest."""
    item_table = manifests.table(manifest, "item")
    name, summary = manifests.words(item_table.get("name")), manifests.words(item_table.get("summary"))
    searched = (*name.values(), *summary.values(), *map(str, (item_table.get("code"), item_table.get("theme"))))
    return {
        "office": manifests.text(item_table, "office"),
        "theme": manifests.text(item_table, "theme"),
        "name_zh": name["zh"],
        "name_en": name["en"],
        "audience": "|" + "|".join(manifests.texts(item_table.get("audience"))) + "|",
        "search_text": " ".join(searched).lower(),
        "kind": manifests.text(item_table, "kind", "committed"),
        "level": manifests.text(item_table, "level", "city"),
        "region": manifests.text(item_table, "region", CITY_REGION),
        "life_events": "|" + "|".join(manifests.texts(item_table.get("life_events"))) + "|",
        "keywords": " ".join(manifests.texts(item_table.get("keywords"))),
        "pinyin": syllables(name["zh"]),
        "position": manifests.number(item_table, "position", 50),
        "entry": manifests.text(item_table, "catalog_code"),
        "is_online": bool(manifests.table(manifest, "process").get("id")),
        "search_stamp": new_id(),
    }


def publish(tx: Transaction, deployment_id: str) -> Item:
    """Makes a registered version the one new applications take. Raises NotFound."""
    access.require(tx, "catalogue.publish")
    return show_version(tx, deployment_id)


def show_version(tx: Transaction, deployment_id: str) -> Item:
    """The same for a caller that has asked for the right to do so."""
    found = of_deployment(tx, deployment_id)
    newest = tx.connection.execute(
        sa.select(service_items.c.newest_version).where(service_items.c.code == found.code)
    ).scalar_one()
    values = {**_shown(tx, found.manifest, newest), "published_version": found.version, "status": "published"}
    tx.connection.execute(service_items.update().where(service_items.c.code == found.code).values(**values))
    tx.connection.execute(
        service_item_versions.update().where(service_item_versions.c.deployment_id == deployment_id).values(published_at=tx.now)
    )
    return of_deployment(tx, deployment_id)


_JOINED = service_items.join(service_item_versions, service_item_versions.c.code == service_items.c.code)
_PUBLISHED = service_item_versions.c.version == service_items.c.published_version
_HAS_PROCESS = sa.exists().where(definitions.c.deployment_id == service_item_versions.c.deployment_id)
_NEWEST = service_item_versions.c.version == service_items.c.newest_version


def _select(*conditions: sa.ColumnElement[bool]) -> sa.Select[tuple[object, ...]]:
    columns = (*service_items.c, service_item_versions.c.version, service_item_versions.c.deployment_id)
    return sa.select(*columns, service_item_versions.c.manifest).select_from(_JOINED).where(*conditions)


_KEY: sa.BindParameter[str] = sa.bindparam("key")
_NAMED = _select(sa.or_(service_items.c.code == _KEY, service_items.c.key == _KEY), _PUBLISHED)
_DEPLOYED = _select(service_item_versions.c.deployment_id == _KEY)


def item(tx: Transaction, code: str) -> Item:
    """The item with this code (or package key), published or suspended. Raises NotFound."""
    return _one(tx, code, _NAMED)


def of_deployment(tx: Transaction, deployment_id: str) -> Item:
    """The item in the version of one deployment; for running cases and designers. Raises NotFound."""
    return _one(tx, deployment_id, _DEPLOYED)


def manifest_of(tx: Transaction, deployment_id: str) -> Mapping[str, object]:
    """The manifest of a deployment; kept, because a deployment never changes. Raises NotFound."""
    if deployment_id not in _KNOWN:
        if len(_KNOWN) > 500:
            _KNOWN.clear()
        _KNOWN[deployment_id] = of_deployment(tx, deployment_id).manifest
    return _KNOWN[deployment_id]


def limits_of(tx: Transaction, deployment_id: str) -> Mapping[str, object]:
    """The limits a running case lives by: those of the version it was opened with."""
    return manifests.limits(manifest_of(tx, deployment_id))


def definition_of(tx: Transaction, deployment_id: str, process_id: str) -> str:
    """The definition of a process within one deployment. Raises NotFound."""
    known = _DEFINITIONS.get((deployment_id, process_id))
    if known is None:
        is_it = sa.and_(definitions.c.deployment_id == deployment_id, definitions.c.process_id == process_id)
        known = tx.value(sa.select(definitions.c.id).where(is_it))
        if known is None:
            raise NotFound(thing=("流程", "the process"), key=process_id)
        _DEFINITIONS[deployment_id, process_id] = known
    return known


_KNOWN: dict[str, Mapping[str, object]] = {}
_DEFINITIONS: dict[tuple[str, str], str] = {}


def _one(tx: Transaction, key: str, query: sa.Select[tuple[object, ...]]) -> Item:
    row = tx.row(query, key=key)
    if row is None:
        raise NotFound(thing=("事项", "the service"), key=key)
    return _item(row)


def _item(row: Mapping[str, Any]) -> Item:
    manifest = row["manifest"]
    table = manifests.table(manifest, "item")
    return Item(
        code=row["code"],
        key=row["key"],
        version=row["version"],
        deployment_id=row["deployment_id"],
        name=manifests.words(table.get("name")),
        summary=manifests.words(table.get("summary")),
        audience=manifests.texts(table.get("audience")),
        office=manifests.text(table, "office"),
        theme=manifests.text(table, "theme"),
        kind=manifests.text(table, "kind", "committed"),
        visits=manifests.number(table, "visits"),
        fee_fen=manifests.number(table, "fee_fen"),
        status=row["status"],
        status_reason=row["status_reason"],
        is_automatic=row["is_automatic"] and manifests.flag(manifests.table(manifest, "instant"), "automatic", default=True),
        automatic_reason=row["automatic_reason"],
        process_id=manifests.text(manifests.table(manifest, "process"), "id"),
        form_id=manifests.text(manifests.table(manifest, "forms"), "application"),
        limits=manifests.limits(manifest),
        manifest=manifest,
    )


def listing(
    tx: Transaction,
    *,
    query: str = "",
    audience: str | None = None,
    office: str | None = None,
    theme: str | None = None,
    after: str | None = None,
    limit: int = 20,
) -> Page[Item]:
    """Published items that answer a query, best first; without a query those that can be done on line first, then by name."""
    found = search.find(tx, query, search.Filters(audience=audience, office=office, theme=theme))
    return page_of(tx, found, after=after, limit=limit)


def page_of(tx: Transaction, found: search.Hits, *, after: str | None = None, limit: int = 20) -> Page[Item]:
    """A page of what a search found. The cursor is a rank in it: nothing is skipped in the database."""
    start = _rank(after)
    items = items_of(tx, found.codes[start : start + limit])
    return Page(items, pages.encode([str(start + limit)]) if start + limit < found.total else None)


def _rank(after: str | None) -> int:
    if not after:
        return 0
    text = pages.decode(after, 1)[0] or ""
    if not text.isdecimal() or len(text) > 9:
        raise pages.CursorUnreadable(text=after)
    return int(text)


def items_of(tx: Transaction, codes: Sequence[str]) -> tuple[Item, ...]:
    """Published items by code, in the order asked for; unknown codes are left out."""
    if not codes:
        return ()
    rows = {row["code"]: row for row in tx.rows(_select(_PUBLISHED, service_items.c.code.in_(codes)))}
    return tuple(_item(rows[code]) for code in codes if code in rows)


def online(tx: Transaction) -> tuple[Item, ...]:
    """The published items with a process, by code, whatever their office; none of the city's own."""
    query = _select(_PUBLISHED, service_items.c.status == "published", _HAS_PROCESS, service_items.c.theme != INTERNAL)
    return tuple(_item(row) for row in tx.rows(query.order_by(service_items.c.code)))


def registered(tx: Transaction) -> tuple[Item, ...]:
    """All items that have a process, with their newest version, published or not; for designers."""
    access.require(tx, "definition.view")
    query = _select(_NEWEST, service_items.c.is_online).order_by(service_items.c.code)
    return tuple(_item(row) for row in tx.rows(query))


def executable(tx: Transaction) -> tuple[Item, ...]:
    """The items in service that have a process of their own, or are suspended; for operators who pause their intake."""
    access.require(tx, "machine.view")
    in_service = sa.or_(service_items.c.status == "suspended", sa.and_(service_items.c.status == "published", _HAS_PROCESS))
    return tuple(_item(row) for row in tx.rows(_select(_NEWEST, in_service).order_by(service_items.c.code)))


def popular(tx: Transaction, limit: int = 8) -> tuple[Item, ...]:
    """高频事项: the items most applied for, from maintained counters; then whatever else can be done on line."""
    total = sa.func.sum(counters.c.n)
    asked = sa.select(counters.c.item_code).where(counters.c.measure == "submitted").group_by(counters.c.item_code)
    codes = list(tx.connection.execute(asked.order_by(total.desc(), counters.c.item_code).limit(limit)).scalars())
    others = [code for code in search.find(tx, "", search.Filters()).codes[: limit * 2] if code not in codes]
    open_ones = [item for item in items_of(tx, [*codes, *others]) if item.status == "published"]
    return tuple(open_ones[:limit])


def suspend(tx: Transaction, code: str, reason: str) -> Item:
    """Takes no new applications until resumed; running cases go on. reason: shown to the public."""
    access.require(tx, "catalogue.suspend")
    return _change(tx, code, status="suspended", status_reason=reason)


def resume(tx: Transaction, code: str) -> Item:
    """Takes applications again."""
    access.require(tx, "catalogue.suspend")
    return _change(tx, code, status="published", status_reason="")


def set_automatic(tx: Transaction, code: str, is_on: bool, reason: str) -> Item:
    """The kill switch: off means every case of the item is decided by a person from now on (DOMAIN 1.2)."""
    access.require(tx, "catalogue.set_automatic")
    return _change(tx, code, is_automatic=is_on, automatic_reason=reason)


def _change(tx: Transaction, code: str, **values: object) -> Item:
    found = item(tx, code)
    query = (
        service_items.update()
        .where(service_items.c.code == found.code)
        .values(changed_at=tx.now, changed_by=tx.actor.id, **values)
    )
    tx.connection.execute(query)
    return item(tx, code)


def put_office(
    tx: Transaction,
    key: str,
    name: Words,
    *,
    level: str = "city",
    region: str = CITY_REGION,
    parent: str = "",
    credit_code: str = "",
) -> None:
    """Stores or renames an office. level: state | province | city | county | town; region: administrative division code."""
    values = {"name_zh": name["zh"], "name_en": name["en"], "level": level, "region": region, "parent": parent}
    if credit_code:
        values["credit_code"] = credit_code
    if tx.connection.execute(offices.update().where(offices.c.key == key).values(**values)).rowcount == 0:
        tx.connection.execute(offices.insert().values(key=key, **values))


def office_name(tx: Transaction, key: str) -> Words:
    """The office's name; its key in both languages when it is not stored."""
    row = tx.once(offices, key, lambda: tx.find(offices, key=key))
    return {"zh": key, "en": key} if row is None else {"zh": row["name_zh"], "en": row["name_en"]}


def all_offices(tx: Transaction) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """(key, name) of every office, by key."""
    rows = tx.rows(sa.select(offices).order_by(offices.c.key))
    return tuple((row["key"], {"zh": row["name_zh"], "en": row["name_en"]}) for row in rows)


def offices_by_level(tx: Transaction) -> tuple[OfficeRow, ...]:
    """All offices, the state's first, then the city's, then the districts'."""
    ranks = {"state": 0, "province": 1, "city": 2, "county": 3, "town": 4}
    rows = tx.rows(sa.select(offices).order_by(offices.c.region, offices.c.key))
    found = (OfficeRow(r["key"], {"zh": r["name_zh"], "en": r["name_en"]}, r["level"], r["region"], r["parent"]) for r in rows)
    return tuple(sorted(found, key=lambda office: ranks.get(office.level, 9)))


def of_office(tx: Transaction, office: str) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """(code, name) of the items an office handles, for its filters; every item for the empty key."""
    query = sa.select(service_items.c.code, service_items.c.name_zh, service_items.c.name_en).order_by(service_items.c.code)
    query = query.where(service_items.c.office == office) if office else query
    return tuple((row["code"], {"zh": row["name_zh"], "en": row["name_en"]}) for row in tx.rows(query))
