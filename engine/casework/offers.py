"""免申即享: the city finds who is entitled, asks whether they want it, and grants; nobody applies (DOMAIN 1.3, 1.7).

A batch compares people with the registers outside any transaction and writes an offer for each who fits; the answer comes by page
or by message with a code; a yes opens the case with the facts already known, silence is no."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.actors import SYSTEM, Actor
from engine.casework import access, applications, catalogue, manifest, notices
from engine.errors import Conflict, NotFound
from engine.feel import compile_expression, moments, to_plain
from engine.models.base import new_id
from engine.models.identity import accounts
from engine.models.licences import entitlements, offers
from engine.ports import ConnectorUnavailable
from engine.transaction import Engine, Transaction

OPEN_FOR = timedelta(days=14)
"""Ten working days, as calendar days: silence after that is “no”, and the person may still apply (DOMAIN P9)."""


class OfferAnswered(Conflict):
    """Expected an offer that waits for an answer, but this one is “{state}”; you can still apply yourself."""

    zh = "该事项意愿已确认或已过期（{state}）；您仍可自行申请。"


class NotProactive(Conflict):
    """Expected a service that is offered without application, but {name} says nothing of it in its manifest ([proactive])."""

    zh = "事项“{name}”的清单没有免申即享设置（[proactive]）。"


@dataclass(frozen=True, slots=True)
class Offer:
    """reply_code: answers without sign-in, by message. state: offered | accepted | declined | lapsed."""

    id: str
    item_code: str
    item_name: Mapping[str, str]
    name: str
    facts: Mapping[str, object]
    reply_code: str
    state: str
    offered_at: datetime
    expires_at: datetime
    case_no: str | None


def match(engine: Engine, actor: Actor, code: str, batch: str, subjects: Iterable[str]) -> tuple[int, int]:
    """(compared, offered): asks the registers about each subject and offers the item to whoever fits.

    The item's `[proactive]` names what to ask (`ask = ["population.birth_date", …]`) and when it fits (`when`, FEEL over the
    attributes). A register that does not answer leaves its person for the next batch. Raises NotProactive, NotYours."""
    with engine.read(actor) as tx:
        access.require(tx, "offer.match")
        item = catalogue.item(tx, code)
    table = manifest.table(item.manifest, "proactive")
    asked, condition = manifest.texts(table.get("ask")), manifest.text(table, "when")
    if not asked or not condition:
        raise NotProactive(name=(item.name["zh"], item.name["en"]))
    answers = [(subject, _ask(engine, subject, asked, f"{code} {batch}")) for subject in subjects]
    known = [(subject, facts) for subject, facts in answers if facts is not None]
    with engine.begin(actor) as tx, moments.at(tx.now, tx.engine.settings.zone):
        fitting = [(subject, facts) for subject, facts in known if _fits(condition, facts)]
        return len(known), sum(_offer(tx, item, batch, subject, facts) for subject, facts in fitting)


def _fits(condition: str, known: Mapping[str, object]) -> bool:
    """Whether the condition is true of the attributes; anything that cannot be told is not."""
    expression = compile_expression(condition.removeprefix("="), names=known)
    return expression.evaluate(known) is True


def _ask(engine: Engine, subject: str, asked: tuple[str, ...], purpose: str) -> dict[str, object] | None:
    found: dict[str, object] = {}
    for source in dict.fromkeys(name.partition(".")[0] for name in asked):
        names = [name.partition(".")[2] for name in asked if name.startswith(f"{source}.")]
        try:
            facts = engine.sources[source].fetch(subject, names, purpose=purpose, timeout_seconds=2.0)
        except ConnectorUnavailable:
            return None
        found |= {fact.name: fact.value for fact in facts}
    return found


def _offer(tx: Transaction, item: catalogue.Item, batch: str, subject: str, known: Mapping[str, object]) -> bool:
    """Whether an offer was written: one for each person and batch, none to whoever receives it or has one open."""
    kind = manifest.text(manifest.table(item.manifest, "proactive"), "entitlement")
    holds = sa.and_(entitlements.c.subject == subject, entitlements.c.kind == kind, entitlements.c.status == "active")
    is_same = sa.and_(offers.c.item_code == item.code, offers.c.subject == subject)
    has = sa.and_(is_same, sa.or_(offers.c.batch == batch, offers.c.state == "offered"))
    if tx.value(sa.select(offers.c.id).where(has)) or tx.value(sa.select(entitlements.c.id).where(holds)):
        return False
    account = tx.row(sa.select(accounts.c.id, accounts.c.name).where(accounts.c.subject == subject).limit(1))
    row = {
        "id": new_id(),
        "item_code": item.code,
        "subject": subject,
        "name": str(known.get("name") or (account["name"] if account else "")),
        "batch": batch,
        "facts": to_plain(dict(known)),
        "reply_code": secrets.token_hex(5).upper(),
        "state": "offered",
        "offered_at": tx.now,
        "expires_at": tx.now + OPEN_FOR,
        "way": "",
    }
    tx.connection.execute(offers.insert().values(**row))
    if account is not None:
        told = {"item": item.name["zh"], "item_en": item.name["en"], "code": row["reply_code"]}
        notices.write(tx, account["id"], "offer.made", told)
    return True


def mine(tx: Transaction) -> tuple[Offer, ...]:
    """The offers that wait for the acting person's word, newest first."""
    is_open = sa.and_(offers.c.subject == tx.actor.subject, offers.c.state == "offered", offers.c.expires_at > tx.now)
    return tuple(_shown(tx, row) for row in tx.rows(sa.select(offers).where(is_open).order_by(offers.c.id.desc())))


def _shown(tx: Transaction, row: Mapping[str, Any]) -> Offer:
    kept = {name: row[name] for name in Offer.__dataclass_fields__ if name in row}
    return Offer(**{**kept, "item_name": catalogue.item(tx, row["item_code"]).name})


def answer(engine: Engine, actor: Actor, offer_id: str, *, is_wanted: bool) -> Offer:
    """意愿确认 on the page. A yes opens and, where the rules allow, grants the case at once. Raises NotFound, OfferAnswered."""
    with engine.begin(actor) as tx:
        row = tx.row(sa.select(offers).where(offers.c.id == offer_id, offers.c.subject == actor.subject).with_for_update())
        row = _answered(tx, row, offer_id, is_wanted=is_wanted, way="page")
    return _granted(engine, actor, row) if is_wanted else _read(engine, actor, row["id"])


def answer_by_message(engine: Engine, gateway: Actor, reply_code: str, text: str) -> Offer:
    """意愿确认 by text message, handed in by the message gateway: 同意 (or yes) accepts, anything else declines.

    Raises NotFound, OfferAnswered, NotYours."""
    is_wanted = text.strip().lower() in ("同意", "是", "yes", "y", "1")
    with engine.begin(gateway) as tx:
        access.require(tx, "offer.reply")
        row = tx.row(sa.select(offers).where(offers.c.reply_code == reply_code.strip().upper()).with_for_update())
        row = _answered(tx, row, reply_code, is_wanted=is_wanted, way="message")
        person = tx.row(sa.select(accounts).where(accounts.c.subject == row["subject"]).limit(1))
    if not is_wanted or person is None:
        return _read(engine, SYSTEM, row["id"])
    return _granted(engine, Actor(person["id"], person["name"], person["kind"], subject=row["subject"]), row)


def _answered(tx: Transaction, row: dict[str, Any] | None, key: str, *, is_wanted: bool, way: str) -> dict[str, Any]:
    if row is None:
        raise NotFound(thing=("免申即享意愿", "the offer"), key=key)
    if row["state"] != "offered" or row["expires_at"] <= tx.now:
        words = {"accepted": ("已同意", "accepted"), "declined": ("已放弃", "declined")}
        raise OfferAnswered(state=words.get(row["state"], ("已过期", "lapsed")))
    changes = {"state": "accepted" if is_wanted else "declined", "answered_at": tx.now, "way": way}
    tx.connection.execute(offers.update().where(offers.c.id == row["id"]).values(**changes))
    return {**row, **changes}


def _granted(engine: Engine, actor: Actor, row: Mapping[str, Any]) -> Offer:
    """The case of an accepted offer, opened once by its key; the process verifies again and grants or hands over."""
    key = f"offer:{row['id']}"
    done = applications.apply(engine, actor, row["item_code"], {}, idempotency_key=key, consents=["proactive", "data-sharing"])
    with engine.begin(actor) as tx:
        tx.connection.execute(offers.update().where(offers.c.id == row["id"]).values(case_no=done.case_no))
    return _read(engine, actor, row["id"])


def _read(engine: Engine, actor: Actor, offer_id: str) -> Offer:
    with engine.read(actor) as tx:
        row = tx.row(sa.select(offers).where(offers.c.id == offer_id))
        assert row is not None
        return _shown(tx, row)


def lapse(engine: Engine, limit: int = 500) -> int:
    """Closes offers nobody answered; silence is “no”. For the worker."""
    with engine.begin(SYSTEM) as tx:
        due = sa.select(offers.c.id).where(offers.c.state == "offered", offers.c.expires_at <= tx.now).limit(limit)
        ids = tx.connection.execute(due).scalars().all()
        tx.connection.execute(offers.update().where(offers.c.id.in_(ids)).values(state="lapsed"))
        return len(ids)
