"""Drafts on the server: opened and prefilled, saved section by section from any device, given consent, expired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

import forms
from engine.actors import SYSTEM, Actor, ActorKind
from engine.casework import access, authorisations, catalogue, form_files, prefilling, situations
from engine.casework.catalogue import Item
from engine.casework.prefilling import Prefilled
from engine.casework.search.live import INTERNAL
from engine.errors import Conflict, NotFound
from engine.models.applications import consents, drafts, signatures
from engine.models.base import new_id
from engine.transaction import Engine, Transaction

PREFILL, SHARING, LICENCES = "prefill", "data-sharing", "licences"
"""Purposes agreed to, each by itself: filling in the form, checking with the registers, licences instead of papers."""

LIFETIME = timedelta(days=30)
"""A draft that nobody touches for so long is closed; personal data is not kept for nothing (PIPL, minimisation)."""


class DraftExpired(Conflict):
    """Expected a draft that is still open, but this one expired on {date}; start again, known values are filled in for you."""

    zh = "草稿已于 {date} 过期；请重新开始，已掌握的信息会自动带出。"


class DraftChanged(Conflict):
    """Expected version {expected} of the draft, but it was saved on another device at {at}; reload it to go on from there."""

    zh = "草稿已于 {at} 在另一设备上保存（应为版本 {expected}）；请刷新后继续。"


class AlreadySubmitted(Conflict):
    """Expected an open draft, but it was already submitted as case {case_no}; open that case."""

    zh = "该草稿已提交，办件编号 {case_no}；请查看该办件。"


class ServiceSuspended(Conflict):
    """Expected a service that takes applications, but {name} is suspended: {reason}."""

    zh = "事项“{name}”暂停受理：{reason}。"


class NotOnline(Conflict):
    """Expected a service that can be applied for on line, but {name} cannot yet; its guide says where to go."""

    zh = "事项“{name}”尚未接入在线办理，请按办事指南到窗口办理。"


@dataclass(frozen=True, slots=True)
class Draft:
    """An application being written. facts: prefilled values by binding name, e.g. `population.birth_date`.

    unavailable: sources that did not answer. sections: keys of finished sections. consents: purposes agreed to.
    subject: identity number or credit code applied for. situation: answers given before the form. authorisation_id: under which
    an agent writes it. state: open | submitted | expired."""

    id: str
    item_code: str
    deployment_id: str
    form_id: str
    answers: Mapping[str, object]
    sections: tuple[str, ...]
    facts: Mapping[str, Prefilled]
    unavailable: tuple[str, ...]
    consents: tuple[str, ...]
    version: int
    created_at: datetime
    saved_at: datetime
    saved_by: str
    expires_at: datetime
    state: str
    case_no: str | None
    subject: str | None = None
    situation: Mapping[str, str] | None = None
    authorisation_id: str | None = None


def open_item(tx: Transaction, code: str) -> Item:
    """The item, if it takes applications. Raises NotFound, ServiceSuspended."""
    item = catalogue.item(tx, code)
    if not item.is_online or (item.theme == INTERNAL and tx.actor.kind is not ActorKind.SYSTEM):
        raise NotOnline(name=(item.name["zh"], item.name["en"]))
    if item.status == "suspended":
        raise ServiceSuspended(name=(item.name["zh"], item.name["en"]), reason=item.status_reason)
    return item


def open_draft(
    engine: Engine,
    actor: Actor,
    code: str,
    *,
    situation: Mapping[str, object] | None = None,
    authorisation_id: str | None = None,
) -> Draft:
    """Opens (or finds the actor's open) draft of an item and fills in what the city knows.

    situation: answers to the questions before the form; they go into the form. authorisation_id: under which the actor applies
    for somebody else. Raises NotFound, ServiceSuspended, NotAuthorised."""
    with engine.begin(actor) as tx:
        access.require(tx, "application.write", access.About(owners=frozenset({actor.id})))
        item = open_item(tx, code)
        party = authorisations.party(tx, authorisation_id, item.code)
        found = _open_row(tx, item.code, authorisation_id)
        is_known = found is not None and found["deployment_id"] == item.deployment_id
        draft_id = found["id"] if found is not None and is_known else _create(tx, item, party, authorisation_id)
        _describe(tx, draft_id, item, situation or {})
        if is_known:
            return read_draft(tx, draft_id)
    return prefill(engine, actor, draft_id)


def _describe(tx: Transaction, draft_id: str, item: Item, given: Mapping[str, object]) -> None:
    """The situation as answered; where the form asks the same, it is answered there, too."""
    answers = situations.of(tx, item, given).answers
    if answers:
        tx.update(drafts, {"id": draft_id}, situation=dict(answers))
        save(tx, draft_id, situations.answers_for_form(tx, item, answers))


def _open_row(tx: Transaction, code: str, authorisation_id: str | None) -> Mapping[str, Any] | None:
    is_mine = sa.and_(drafts.c.account_id == tx.actor.id, drafts.c.state == "open", drafts.c.item_code == code)
    is_mine = sa.and_(is_mine, drafts.c.authorisation_id == authorisation_id)
    query = sa.select(drafts).where(is_mine, drafts.c.expires_at > tx.now).order_by(drafts.c.id.desc()).limit(1)
    return tx.row(query)


def _create(tx: Transaction, item: Item, party: Actor, authorisation_id: str | None) -> str:
    draft_id = new_id()
    tx.connection.execute(
        drafts.insert().values(
            id=draft_id,
            account_id=tx.actor.id,
            subject=party.subject,
            authorisation_id=authorisation_id,
            item_code=item.code,
            deployment_id=item.deployment_id,
            form_id=item.form_id,
            answers={},
            sections=[],
            facts={},
            unavailable=[],
            version=1,
            state="open",
            created_at=tx.now,
            saved_at=tx.now,
            saved_by=tx.actor.name,
            expires_at=tx.now + LIFETIME,
        )
    )
    return draft_id


def prefill(engine: Engine, actor: Actor, draft_id: str) -> Draft:
    """Asks the sources again and stores what they answer; values the applicant typed stay, those of grade A are replaced."""
    with engine.read(actor) as tx:
        draft = read_draft(tx, draft_id)
        item = catalogue.of_deployment(tx, draft.deployment_id)
        schema = form_files.form(tx, draft.deployment_id, draft.form_id) if draft.form_id else None
    facts, unavailable = ask_sources(engine, draft.subject, item, schema, draft_id)
    with engine.begin(actor) as tx:
        for_writing(tx, draft_id)
        stored = {name: prefilling.stored(fact) for name, fact in facts.items()}
        tx.connection.execute(drafts.update().where(drafts.c.id == draft_id).values(facts=stored, unavailable=list(unavailable)))
        return read_draft(tx, draft_id)


def ask_sources(
    engine: Engine, subject: str | None, item: Item, schema: forms.Form | None, reference: str
) -> tuple[Mapping[str, Prefilled], tuple[str, ...]]:
    """(facts by binding, sources that did not answer) for a form; no transaction may be open."""
    if schema is None or not subject:
        return {}, ()
    answers = prefilling.ask(engine.sources, forms.bindings(schema), subject, purpose=f"{item.code} {reference}")
    return answers.facts, answers.unavailable


def read_draft(tx: Transaction, draft_id: str) -> Draft:
    """The actor's own draft. Raises NotFound for anybody else's."""
    return _draft(tx, _own(tx, draft_id))


def _own(tx: Transaction, draft_id: str, *, lock: bool = False) -> Mapping[str, Any]:
    query = sa.select(drafts).where(drafts.c.id == draft_id, drafts.c.account_id == tx.actor.id)
    row = tx.row(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound(thing=("草稿", "the draft"), key=draft_id)
    return row


def _draft(tx: Transaction, row: Mapping[str, Any]) -> Draft:
    kept = {name: row[name] for name in Draft.__dataclass_fields__ if name in row}
    kept["sections"], kept["unavailable"] = tuple(row["sections"]), tuple(row["unavailable"])
    kept["facts"] = {name: prefilling.restored(value) for name, value in row["facts"].items()}
    kept["consents"] = _consents(tx, row["id"])
    if row["state"] == "open" and row["expires_at"] <= tx.now:
        kept["state"] = "expired"
    return Draft(**kept)


def _consents(tx: Transaction, draft_id: str) -> tuple[str, ...]:
    return tuple(purpose for purpose, is_given in _said(tx, draft_id).items() if is_given)


def refused(tx: Transaction, draft_id: str) -> tuple[str, ...]:
    """Purposes the applicant was asked about and did not agree to."""
    return tuple(purpose for purpose, is_given in _said(tx, draft_id).items() if not is_given)


def _said(tx: Transaction, draft_id: str) -> dict[str, bool]:
    query = (
        sa.select(consents.c.purpose, consents.c.is_given)
        .where(consents.c.draft_id == draft_id)
        .order_by(consents.c.at, consents.c.id)
    )
    return {row.purpose: row.is_given for row in tx.connection.execute(query)}


def mine(tx: Transaction) -> tuple[Draft, ...]:
    """The actor's open drafts, newest first."""
    is_mine = sa.and_(drafts.c.account_id == tx.actor.id, drafts.c.state == "open", drafts.c.expires_at > tx.now)
    rows = tx.rows(sa.select(drafts).where(is_mine).order_by(drafts.c.id.desc()))
    return tuple(_draft(tx, row) for row in rows)


def for_writing(tx: Transaction, draft_id: str) -> Draft:
    """The actor's own draft, locked and still open. Raises NotFound, AlreadySubmitted, DraftExpired."""
    row = _own(tx, draft_id, lock=True)
    if row["state"] == "submitted":
        raise AlreadySubmitted(case_no=row["case_no"])
    if row["state"] == "expired" or row["expires_at"] <= tx.now:
        raise DraftExpired(date=f"{row['expires_at']:%Y-%m-%d}")
    return _draft(tx, row)


def save(
    tx: Transaction,
    draft_id: str,
    answers: Mapping[str, object],
    *,
    section: str | None = None,
    expected_version: int | None = None,
) -> Draft:
    """Merges answers into the draft (autosave, one section at a time); nothing is validated yet.

    section: marked as finished. Raises DraftExpired, DraftChanged, AlreadySubmitted."""
    draft = for_writing(tx, draft_id)
    if expected_version is not None and expected_version != draft.version:
        raise DraftChanged(expected=expected_version, at=f"{draft.saved_at:%Y-%m-%d %H:%M} UTC")
    known = {**_known(tx, draft), **draft.answers}
    answers = form_files.unmasked(tx, draft.deployment_id, draft.form_id, answers, known)
    sections = [*draft.sections, *([section] if section and section not in draft.sections else [])]
    values = {
        "answers": {**draft.answers, **form_files.storable(answers)},
        "sections": sections,
        "version": draft.version + 1,
        "saved_at": tx.now,
        "saved_by": tx.actor.name,
        "expires_at": tx.now + LIFETIME,
    }
    tx.connection.execute(drafts.update().where(drafts.c.id == draft_id).values(**values))
    return read_draft(tx, draft_id)


def _known(tx: Transaction, draft: Draft) -> Mapping[str, object]:
    """What registers know of a draft's answers, by key."""
    return forms.known(form_files.form(tx, draft.deployment_id, draft.form_id), draft.facts) if draft.form_id else {}


def consent(tx: Transaction, draft_id: str, purpose: str, *, is_given: bool = True) -> Draft:
    """Records that the applicant agrees (or no longer agrees) to the use of data for one purpose (PIPL arts. 13–15)."""
    for_writing(tx, draft_id)
    record_consent(tx, purpose, draft_id=draft_id, is_given=is_given)
    return read_draft(tx, draft_id)


def record_consent(
    tx: Transaction, purpose: str, *, draft_id: str | None = None, case_no: str | None = None, is_given: bool = True
) -> None:
    """One consent row; never changed, a later one counts."""
    values = {"draft_id": draft_id, "case_no": case_no, "account_id": tx.actor.id, "purpose": purpose, "is_given": is_given}
    tx.connection.execute(consents.insert().values(id=new_id(), at=tx.now, **values))


def consents_of(tx: Transaction, limit: int = 50) -> tuple[Mapping[str, Any], ...]:
    """What the acting person said to each purpose, newest first: {purpose, is_given, at, case_no}."""
    columns = (consents.c.purpose, consents.c.is_given, consents.c.at, consents.c.case_no)
    mine = sa.select(*columns).where(consents.c.account_id == tx.actor.id)
    return tuple(tx.rows(mine.order_by(consents.c.at.desc(), consents.c.id.desc()).limit(limit)))


def discard(tx: Transaction, draft_id: str) -> None:
    """Deletes an open draft."""
    for_writing(tx, draft_id)
    tx.connection.execute(drafts.delete().where(drafts.c.id == draft_id))


def submitted(tx: Transaction, draft_id: str, case_no: str) -> None:
    """Marks a draft as submitted; its answers now live in the case."""
    values = {"state": "submitted", "case_no": case_no, "answers": {}, "facts": {}}
    tx.connection.execute(drafts.update().where(drafts.c.id == draft_id).values(**values))
    for kept in (consents, signatures):
        tx.connection.execute(kept.update().where(kept.c.draft_id == draft_id).values(case_no=case_no))


def expire(engine: Engine, limit: int = 500) -> int:
    """Empties and closes drafts past their date; returns how many. For the worker."""
    with engine.begin(SYSTEM) as tx:
        is_due = sa.and_(drafts.c.state == "open", drafts.c.expires_at <= tx.now)
        ids = tx.connection.execute(sa.select(drafts.c.id).where(is_due).limit(limit)).scalars().all()
        values = {"state": "expired", "answers": {}, "facts": {}}
        tx.connection.execute(drafts.update().where(drafts.c.id.in_(ids)).values(**values))
        return len(ids)
