"""Webhooks: other systems that are told of events; registered, renewed, stopped, and what was delivered to them.

A secret is computed from the city's key, the webhook's id and a version: the database holds none,
and a copy of it signs nothing."""

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from engine.errors import Conflict, Finding, Invalid, NotFound, Severity
from engine.models.base import new_id
from engine.models.outside import deliveries, webhooks
from engine.ports import ConnectorUnavailable
from engine.runtime import outbox
from engine.settings import secret_of
from engine.transaction import Engine, Transaction

BOTH_FOR = timedelta(days=1)
"""So long both secrets sign after a renewal."""
_KIND = re.compile(r"\*|[a-z_]+\.(\*|[a-z_]+)")
Row = Mapping[str, Any]


class StillWaiting(Conflict):
    """Expected a delivery that has been tried, but {key} still waits for its turn; it goes out by itself."""

    zh = "投递 {key} 仍在排队，将自动发出，无需重投。"


def inspect(engine: Engine, url: str, types: Sequence[str], known: Sequence[str]) -> None:
    """Refuses an address that nothing may be sent to and kinds that never happen. Asks the network, so before any transaction.

    known: the kinds there are. Raises Invalid."""
    findings = [*_of_url(engine, url), *(_of_kind(kind, known) for kind in types if not _is_known(kind, known))]
    if not types:
        findings.append(
            Finding(Severity.ERROR, "webhook.types", "/types", "Name at least one kind of event.", "至少填写一种事件。")
        )
    if findings:
        raise Invalid(findings=findings)


def _of_url(engine: Engine, url: str) -> Sequence[Finding]:
    try:
        at = urlsplit(url)
        is_address = at.scheme in ("http", "https") and bool(at.hostname) and at.username is None and (at.port or 1) > 0
    except ValueError:
        is_address = False
    if not is_address:
        said = (
            "Expected an address such as https://example.org/hook, without a user.",
            "须为 https://example.org/hook 这样的地址，且不含用户名。",
        )
        return [Finding(Severity.ERROR, "webhook.url", "/url", *said)]
    try:
        if engine.poster is not None:
            engine.poster.admit(url)
    except ConnectorUnavailable as refused:
        said = (
            f"Nothing may be sent to this address: {refused}.",
            f"不能向“{at.hostname}”投递：须为可解析的公网 https 地址；内网地址须由运维在 TONGBAN_WEBHOOK_NETWORKS 中列出。",
        )
        return [Finding(Severity.ERROR, "webhook.unsafe", "/url", *said)]
    return []


def _is_known(kind: str, known: Sequence[str]) -> bool:
    if not _KIND.fullmatch(kind) or kind.startswith("event."):
        return False
    return kind in known or kind.startswith("element.") or (kind.endswith("*") and any(k.startswith(kind[:-1]) for k in known))


def _of_kind(kind: str, known: Sequence[str]) -> Finding:
    some = ", ".join(sorted(known)[:4])
    said = (f"There are no events “{kind}”; there are {some}, case.*, …", f"没有“{kind}”这种事件；可用的如 {some}、case.* 等。")
    return Finding(Severity.ERROR, "webhook.type", "/types", *said)


def create(tx: Transaction, name: str, url: str, types: Sequence[str]) -> Row:
    """A webhook, active at once; `secret` is in this answer and in no other."""
    row: dict[str, Any] = {"id": new_id(), "name": name, "url": url, "types": sorted(set(types)), "secret_version": 1}
    row |= {
        "renewed_at": None,
        "key_mark": key_mark(tx.engine),
        "is_active": True,
        "created_by": tx.actor.id,
        "created_at": tx.now,
    }
    row |= {"failures": 0, "rests_until": None, "last_error": ""}
    tx.connection.execute(webhooks.insert(), row)
    tx.engine.hooks = None
    return {**row, "secret": secret(tx.engine, row["id"], 1)}


def get(tx: Transaction, webhook_id: str) -> Row:
    """A webhook by id. Raises NotFound."""
    row = tx.row(sa.select(webhooks).where(webhooks.c.id == webhook_id))
    if row is None:
        raise NotFound(thing=("事件订阅", "webhook"), key=webhook_id)
    return row


def listing(tx: Transaction) -> Sequence[Row]:
    """All of them, by name; there are few."""
    return tx.rows(sa.select(webhooks).order_by(webhooks.c.name, webhooks.c.id).limit(500))


def switch(tx: Transaction, webhook_id: str, *, is_active: bool) -> Row:
    """Stops it or lets it go on; what happens while it is stopped is not told. Raises NotFound."""
    get(tx, webhook_id)
    values = {"is_active": is_active, "failures": 0, "rests_until": None}
    tx.connection.execute(webhooks.update().where(webhooks.c.id == webhook_id).values(values))
    tx.engine.hooks = None
    return get(tx, webhook_id)


def remove(tx: Transaction, webhook_id: str) -> None:
    """Forgets it and its deliveries. Raises NotFound."""
    get(tx, webhook_id)
    tx.connection.execute(deliveries.delete().where(deliveries.c.webhook_id == webhook_id))
    tx.connection.execute(webhooks.delete().where(webhooks.c.id == webhook_id))
    tx.engine.hooks = None


def renew(tx: Transaction, webhook_id: str) -> Row:
    """A new secret, in this answer only; for a day both sign. Raises NotFound."""
    row = get(tx, webhook_id)
    values = {"secret_version": row["secret_version"] + 1, "renewed_at": tx.now, "key_mark": key_mark(tx.engine)}
    tx.connection.execute(webhooks.update().where(webhooks.c.id == webhook_id).values(values))
    return {**row, **values, "secret": secret(tx.engine, webhook_id, values["secret_version"])}


def try_out(tx: Transaction, webhook_id: str) -> str:
    """Sends it an event of the kind `webhook.test`; the delivery's id. Raises NotFound."""
    get(tx, webhook_id)
    return outbox.put(tx, webhook_id, f"test-{new_id()}", "webhook.test", {})


def delivered(tx: Transaction, webhook_id: str, *, state: str = "", after: str | None = None, limit: int = 50) -> Sequence[Row]:
    """Its deliveries, newest first. state: waiting | sent | failed."""
    query = sa.select(deliveries).where(deliveries.c.webhook_id == webhook_id).order_by(deliveries.c.id.desc()).limit(limit)
    query = query.where(deliveries.c.state == state) if state else query
    return tx.rows(query.where(deliveries.c.id < after) if after else query)


def redeliver(tx: Transaction, delivery_id: str) -> Row:
    """Sends again, under the same event id, what was sent or given up. Raises NotFound, StillWaiting."""
    row = tx.row(sa.select(deliveries).where(deliveries.c.id == delivery_id).with_for_update())
    if row is None:
        raise NotFound(thing=("投递", "delivery"), key=delivery_id)
    if row["state"] == "waiting" and row["attempts"] == 0:
        raise StillWaiting(key=delivery_id)
    _again(tx, row["webhook_id"], deliveries.c.id == delivery_id)
    return {**row, "state": "waiting", "next_at": tx.now}


def redeliver_failed(tx: Transaction, webhook_id: str) -> int:
    """Sends again all that was given up; how many. Raises NotFound."""
    get(tx, webhook_id)
    return _again(tx, webhook_id, sa.and_(deliveries.c.webhook_id == webhook_id, deliveries.c.state == "failed"))


def _again(tx: Transaction, webhook_id: str, which: sa.ColumnElement[bool]) -> int:
    """Due at once, and the receiver is not left to rest."""
    awake = webhooks.update().where(webhooks.c.id == webhook_id, webhooks.c.rests_until.is_not(None))
    tx.connection.execute(awake.values(rests_until=None))
    values = {"state": "waiting", "attempts": 0, "next_at": tx.now, "sent_at": None}
    return int(tx.connection.execute(deliveries.update().where(which).values(values)).rowcount)


def secret(engine: Engine, webhook_id: str, version: int) -> str:
    """What the receiver verifies signatures with: `whsec_` and 32 bytes in base64."""
    key = hmac.new(secret_of(engine.settings), f"webhook:{webhook_id}:{version}".encode(), sha256).digest()
    return "whsec_" + base64.b64encode(key).decode()


def key_mark(engine: Engine) -> str:
    """Two processes with the same key have the same mark."""
    return hmac.new(secret_of(engine.settings), b"webhook key", sha256).hexdigest()[:12]


def signature(key: str, event_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 over `id.timestamp.body`, as standardwebhooks.com has it."""
    raw = base64.b64decode(key.removeprefix("whsec_"))
    signed = hmac.new(raw, f"{event_id}.{timestamp}.".encode() + body, sha256).digest()
    return "v1," + base64.b64encode(signed).decode()
