"""A change to an implementation list: drafted, checked, handed in, reviewed by somebody else, published as a version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.actors import Actor
from engine.casework import access, catalogue, library, pages
from engine.casework import manifest as manifests
from engine.casework.pages import Page
from engine.casework.supply import checks, rows
from engine.casework.supply.columns import COLUMNS, Column
from engine.casework.supply.rows import Record
from engine.errors import Conflict, Finding, Invalid, NotFound, Severity, TongbanError
from engine.models.base import new_id
from engine.models.catalogue import service_item_versions, service_items
from engine.models.library import item_drafts
from engine.runtime import deploy, plans
from engine.transaction import Engine, Transaction

OPEN = ("draft", "review", "returned")
RECORD = "record.json"
"""Beside the files of a service with a process: its implementation list, so that a changed list is a new version."""


class DraftState(Conflict):
    """Expected a draft that can be {wanted}, but this one is “{state}”; open the service again to see where it stands."""

    zh = "该草稿当前为“{state}”，不能{wanted}；请重新打开事项查看。"


class Overtaken(Conflict):
    """Expected a draft of version {expected}, but version {version} was published meanwhile; discard it and start from there."""

    zh = "草稿基于第 {expected} 版，而第 {version} 版已发布；请放弃后重新修改。"


class OwnDraft(Conflict):
    """Expected somebody other than {who} to publish this, because {who} edited it; ask a colleague who may publish."""

    zh = "该修改由 {who} 编辑，须由另一位有发布权限的人员审核发布（四眼）。"


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """A change under way. record: the whole manifest as it shall be. base_version: 0 for a new service."""

    id: str
    code: str
    record: Record
    base_version: int
    state: str
    note: str
    edited_by: str
    edited_name: str
    edited_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One field that a draft changes, as text."""

    column: Column
    before: str
    after: str


def start(tx: Transaction, code: str) -> ItemDraft:
    """The open draft of a service, or a new one from its published version. Raises NotFound, NotYours."""
    found = catalogue.item(tx, code)
    _require(tx, found.manifest)
    return _open(tx, found.code) or _insert(tx, found.code, found.manifest, found.version)


def propose(tx: Transaction, row: rows.Row, *, base: Record | None = None) -> ItemDraft | None:
    """A draft out of a row of a file: of the service with its code, or of a new one; None when nothing changes.

    base: what a new service starts from. Raises Invalid, DraftState while a reviewer has it."""
    code = row.get("code", "").strip()
    try:
        item = catalogue.item(tx, code)
        published: Record | None = item.manifest
    except NotFound:
        item, published = None, None
    draft = _open(tx, code)
    before = draft.record if draft else published or base or {"key": code, "item": {"code": code}}
    after = rows.applied(before, row)
    if after == before and (draft or published):
        return None
    _require(tx, after)
    if draft is None:
        return _insert(tx, code, after, item.version if item else 0)
    return _saved(tx, draft, after)


def take_in(
    engine: Engine, actor: Actor, found: Sequence[rows.Row]
) -> tuple[tuple[ItemDraft, ...], tuple[tuple[int, str, Finding], ...]]:
    """Drafts out of a file's rows, a hundred to a transaction; (drafts, problems as line, code and finding).

    A row with a problem changes nothing; the others do."""
    made: list[ItemDraft] = []
    problems: list[tuple[int, str, Finding]] = []
    for start in range(0, len(found), _AT_ONCE):
        with engine.begin(actor) as tx:
            access.require(tx, "item.view")
            for line, row in enumerate(found[start : start + _AT_ONCE], start + 2):
                try:
                    draft = propose(tx, row)
                    made += [draft] if draft else []
                except TongbanError as error:
                    whole = Finding(Severity.ERROR, error.code, None, error.sentence("en"), error.sentence("zh"))
                    problems += [(line, row.get("code", ""), finding) for finding in error.findings or (whole,)]
    return tuple(made), tuple(problems)


_AT_ONCE = 100


def save(tx: Transaction, draft_id: str, row: rows.Row) -> ItemDraft:
    """Puts the fields of a page into a draft. Raises Invalid, DraftState, NotFound."""
    draft = read(tx, draft_id, lock=True)
    return _saved(tx, draft, rows.applied(draft.record, {**row, "code": draft.code}))


def _saved(tx: Transaction, draft: ItemDraft, record: Record) -> ItemDraft:
    _require(tx, draft.record)
    _require(tx, record)
    _be(draft, ("draft", "returned"), ("修改", "changed"))
    return _change(tx, draft, record=record, **_by(tx))


def hand_in(tx: Transaction, draft_id: str) -> ItemDraft:
    """To the reviewer, once nothing is missing or in conflict. Raises Invalid with every finding."""
    draft = read(tx, draft_id, lock=True)
    _require(tx, draft.record)
    _be(draft, ("draft", "returned"), ("提交审核", "handed in"))
    _be_sound(tx, draft)
    return _change(tx, draft, state="review", note="")


def _be_sound(tx: Transaction, draft: ItemDraft) -> None:
    errors = [f for f in checks.examine(draft.record, checks.known(tx)) if f.severity is Severity.ERROR]
    if errors:
        raise Invalid(findings=errors)


def send_back(tx: Transaction, draft_id: str, note: str) -> ItemDraft:
    """The reviewer says what is to be changed. Raises DraftState, Invalid without a word."""
    access.require(tx, "item.publish")
    draft = read(tx, draft_id, lock=True)
    _be(draft, ("review",), ("退回", "sent back"))
    if not note.strip():
        raise Invalid(findings=[Finding(Severity.ERROR, "record.note", "/note", "Say what to change.", "请写明退回理由。")])
    return _change(tx, draft, state="returned", note=note.strip()[:500], reviewed_by=tx.actor.id, reviewed_at=tx.now)


def publish(tx: Transaction, draft_id: str) -> catalogue.Item:
    """The draft becomes the version the public reads; whoever edited it may not. Raises OwnDraft, Overtaken, Invalid."""
    access.require(tx, "item.publish")
    draft = read(tx, draft_id, lock=True)
    _be(draft, ("review",), ("发布", "published"))
    if draft.edited_by == tx.actor.id:
        raise OwnDraft(who=draft.edited_name)
    _be_sound(tx, draft)
    version = _published_version(tx, draft.code)
    if version != draft.base_version:
        raise Overtaken(expected=draft.base_version, version=version)
    _release(tx, draft)
    item = catalogue.item(tx, draft.code)
    done = {"state": "published", "reviewed_by": tx.actor.id, "reviewed_at": tx.now, "published_version": item.version}
    _change(tx, draft, **done)
    return item


def _published_version(tx: Transaction, code: str) -> int:
    query = sa.select(service_items.c.published_version).where(service_items.c.code == code).with_for_update()
    return int(tx.value(query) or 0)


def _release(tx: Transaction, draft: ItemDraft) -> None:
    if not draft.base_version:
        library.store_guides(tx, [draft.record])
        return
    before = catalogue.item(tx, draft.code)
    if before.deployment_id.startswith(library.GUIDE):
        library.store_version(tx, draft.record)
        return
    files = {**plans.files_of(tx, before.deployment_id), RECORD: rows.as_json(draft.record)}
    made = deploy.deploy(tx, before.key, files, manifest=draft.record)
    trial = deploy.trial_of(tx, before.deployment_id)
    if trial:
        deploy.keep_trial(tx, made.id, trial)  # the diagrams are the same: what was tried stays tried
    catalogue.store_version(tx, made.id, draft.record)
    deploy.publish(tx, made.id)
    catalogue.show_version(tx, made.id)


def discard(tx: Transaction, draft_id: str) -> None:
    """Drops a change that is not published."""
    draft = read(tx, draft_id, lock=True)
    _require(tx, draft.record)
    _be(draft, OPEN, ("放弃", "discarded"))
    _change(tx, draft, state="discarded")


def read(tx: Transaction, draft_id: str, *, lock: bool = False) -> ItemDraft:
    """One draft. Raises NotFound, NotYours."""
    access.require(tx, "item.view")
    query = sa.select(item_drafts).where(item_drafts.c.id == draft_id)
    row = tx.row(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound(thing=("事项草稿", "the draft"), key=draft_id)
    return _draft(row)


def of_item(tx: Transaction, code: str) -> ItemDraft | None:
    """The open draft of a service, if there is one."""
    access.require(tx, "item.view")
    return _open(tx, code)


def waiting(tx: Transaction, *, state: str = "", after: str | None = None, limit: int = 50) -> Page[ItemDraft]:
    """Changes under way, newest first. state: draft | review | returned, all of them for ""."""
    access.require(tx, "item.view")
    wanted = item_drafts.c.state == state if state in OPEN else item_drafts.c.state.in_(OPEN)
    query = sa.select(item_drafts).where(wanted).order_by(item_drafts.c.id.desc()).limit(limit + 1)
    query = query.where(item_drafts.c.id < pages.decode(after, 1)[0]) if after else query
    return pages.cut([_draft(row) for row in tx.rows(query)], limit, lambda draft: (draft.id,))


@dataclass(frozen=True, slots=True)
class Version:
    """A version the public read or reads. edited_name: empty when it came with a package or was generated."""

    version: int
    published_at: datetime
    edited_name: str


def versions(tx: Transaction, code: str, limit: int = 20) -> tuple[Version, ...]:
    """The published versions of a service, newest first."""
    access.require(tx, "item.view")
    is_its = sa.and_(item_drafts.c.code == code, item_drafts.c.published_version == service_item_versions.c.version)
    joined = service_item_versions.outerjoin(item_drafts, is_its)
    columns = (service_item_versions.c.version, service_item_versions.c.published_at, item_drafts.c.edited_name)
    mine = (service_item_versions.c.code == code, service_item_versions.c.published_at.is_not(None))
    query = sa.select(*columns).select_from(joined).where(*mine).order_by(service_item_versions.c.version.desc())
    return tuple(Version(row["version"], row["published_at"], row["edited_name"] or "") for row in tx.rows(query.limit(limit)))


def changes(tx: Transaction, draft: ItemDraft) -> tuple[Change, ...]:
    """What a draft changes against the published version."""
    try:
        before = rows.of(catalogue.item(tx, draft.code).manifest)
    except NotFound:
        before = {}
    after = rows.of(draft.record)
    return tuple(Change(c, before.get(c.key, ""), after[c.key]) for c in COLUMNS if before.get(c.key, "") != after[c.key])


def _require(tx: Transaction, record: Record) -> None:
    office = manifests.text(manifests.table(record, "item"), "office")
    access.require(tx, "item.edit", access.About(office=office or None))


def _open(tx: Transaction, code: str) -> ItemDraft | None:
    row = tx.row(sa.select(item_drafts).where(item_drafts.c.code == code, item_drafts.c.state.in_(OPEN)))
    return _draft(row) if row is not None else None


def _insert(tx: Transaction, code: str, record: Record, version: int) -> ItemDraft:
    row = {"id": new_id(), "code": code, "record": record, "base_version": version, "state": "draft", "note": "", **_by(tx)}
    tx.connection.execute(item_drafts.insert().values(**row))
    return _draft(row)


def _by(tx: Transaction) -> dict[str, Any]:
    return {"edited_by": tx.actor.id, "edited_name": tx.actor.name, "edited_at": tx.now}


def _change(tx: Transaction, draft: ItemDraft, **values: Any) -> ItemDraft:
    tx.connection.execute(item_drafts.update().where(item_drafts.c.id == draft.id).values(**values))
    return read(tx, draft.id)


def _be(draft: ItemDraft, states: tuple[str, ...], wanted: tuple[str, str]) -> None:
    if draft.state not in states:
        raise DraftState(wanted=wanted, state=draft.state)


def _draft(row: Mapping[str, Any]) -> ItemDraft:
    return ItemDraft(**{name: row[name] for name in ItemDraft.__dataclass_fields__})
