"""Delivers what the outbox holds for webhooks: at least once, signed, again and again with growing pauses, then given up aloud.

A receiver that hangs or fails holds up nobody else: each has a thread of its own, a few events at a time, and rests after
failures in a row. Nothing is sent within a transaction."""

import os
import random
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.models.instances import instances
from engine.models.outside import deliveries, webhooks
from engine.ports import ConnectorUnavailable
from engine.runtime import webhooks as subscribed
from engine.transaction import Engine, Transaction, again

TYPE_PREFIX = "dev.tongban."
TIMEOUT, LEASE, PATIENCE = 10.0, timedelta(seconds=90), 1.0
SHARE = 5
"""Events that one receiver gets in one turn."""
FIRST_PAUSE, LONGEST_PAUSE, MOST_ATTEMPTS = 5.0, 3600.0, 14
"""The last attempt comes about eight hours after the first."""
RESTS_AFTER, LONGEST_REST = 3, 300.0
KEPT = timedelta(days=30)
_LOGGED = 10
_GONE = 410
Row = Mapping[str, Any]
_busy: set[str] = set()
_lock = threading.Lock()
_pools: dict[int, ThreadPoolExecutor] = {}


def send_due(engine: Engine, limit: int = 100) -> int:
    """Gives each webhook with due deliveries its turn; returns how many deliveries were begun. For the worker.

    Waits a second for the answers; slower ones settle themselves, and their receivers get nothing new meanwhile."""
    turns = _lease(engine, limit) if engine.poster is not None and _is_anything_due(engine) else []
    running = [_pool().submit(_turn, engine, hook, rows) for hook, rows in turns]
    wait(running, timeout=PATIENCE)
    for done in running:
        if done.done():
            done.result()
    return sum(len(rows) for _, rows in turns)


def forget(engine: Engine, limit: int = 5000) -> int:
    """Deletes old deliveries that were sent; returns how many. For the worker."""
    with engine.begin(SYSTEM) as tx:
        old = sa.select(deliveries.c.id).where(deliveries.c.state == "sent", deliveries.c.sent_at < tx.now - KEPT).limit(limit)
        return int(tx.connection.execute(deliveries.delete().where(deliveries.c.id.in_(old))).rowcount)


def _pool() -> ThreadPoolExecutor:
    """Of this process: a forked child inherits no threads."""
    with _lock:
        if os.getpid() not in _pools:
            _pools.clear()
            _busy.clear()
            _pools[os.getpid()] = ThreadPoolExecutor(8, thread_name_prefix="webhook")
        return _pools[os.getpid()]


def _is_anything_due(engine: Engine) -> bool:
    with engine.read(SYSTEM) as tx:
        return tx.value(sa.select(deliveries.c.id).where(*_due(tx)).limit(1)) is not None


def _due(tx: Transaction) -> tuple[sa.ColumnElement[bool], ...]:
    active = sa.select(webhooks.c.id).where(webhooks.c.is_active.is_(True), _is_awake(tx))
    return (deliveries.c.state == "waiting", deliveries.c.webhook_id.in_(active), deliveries.c.next_at <= tx.now)


def _is_awake(tx: Transaction) -> sa.ColumnElement[bool]:
    return sa.or_(webhooks.c.rests_until.is_(None), webhooks.c.rests_until <= tx.now)


def _lease(engine: Engine, limit: int) -> list[tuple[Row, Sequence[Row]]]:
    turns: list[tuple[Row, Sequence[Row]]] = []
    with engine.begin(SYSTEM) as tx:
        awake = sa.select(webhooks).where(webhooks.c.is_active.is_(True), _is_awake(tx), webhooks.c.id.not_in(_busy))
        for hook in tx.rows(awake):
            mine = sa.select(deliveries).where(deliveries.c.webhook_id == hook["id"], *_due(tx)).order_by(deliveries.c.next_at)
            rows = tx.rows(mine.limit(min(SHARE, limit)).with_for_update(skip_locked=True))
            if rows:
                turns.append((hook, [_taken(tx, row) for row in rows]))
    return turns


def _taken(tx: Transaction, row: Row) -> Row:
    values = {"attempts": row["attempts"] + 1, "next_at": tx.now + LEASE}
    tx.connection.execute(deliveries.update().where(deliveries.c.id == row["id"]).values(values))
    key = tx.row(sa.select(instances.c.business_key, instances.c.process_id).where(instances.c.id == row["instance_id"]))
    return {**row, **values, **(key or {"business_key": None, "process_id": None}), "now": tx.now}


def _turn(engine: Engine, hook: Row, rows: Sequence[Row]) -> None:
    """Sends to one receiver, one after the other; after a failure the others wait for its next turn."""
    with _lock:
        _busy.add(hook["id"])
    try:
        for nth, row in enumerate(rows):
            entry = _send(engine, hook, row)
            again(lambda row=row, entry=entry: _settle(engine, row, entry))  # type: ignore[misc]
            if entry["error"]:
                again(lambda rest=rows[nth + 1 :]: _put_back(engine, rest))  # type: ignore[misc]
                return
    finally:
        with _lock:
            _busy.discard(hook["id"])


def _send(engine: Engine, hook: Row, row: Row) -> dict[str, Any]:
    """What came of one attempt, as the delivery log keeps it."""
    began, status, error = time.monotonic(), None, ""
    try:
        if hook["key_mark"] != subscribed.key_mark(engine):
            raise ConnectorUnavailable("this process has another TONGBAN_SECRET_KEY than the one the secret was made with")
        body = event(engine, row)
        if engine.poster is None:
            raise ConnectorUnavailable("nothing is wired to send with")
        status = engine.poster.post(hook["url"], body, _headers(engine, hook, row, body), timeout_seconds=TIMEOUT)
        error = "" if 200 <= status < 300 else f"HTTP {status}"
    except ConnectorUnavailable as failure:
        error = str(failure)
    except Exception as broken:  # an adapter's own fault must not take the worker with it
        error = f"{type(broken).__name__}: {broken}"
    return {"at": row["now"].isoformat(), "status": status, "error": error, "ms": round((time.monotonic() - began) * 1000)}


def event(engine: Engine, row: Row) -> bytes:
    """The delivery as a CloudEvent 1.0 in JSON, the same bytes at every attempt; no personal data, only keys to ask with."""
    names = ("root_id", "instance_id", "element_id", "process_id", "business_key")
    envelope = {
        "specversion": "1.0",
        "id": row["event_id"],
        "source": engine.settings.base_url,
        "type": TYPE_PREFIX + row["type"],
        "subject": row["business_key"] or row["instance_id"] or row["webhook_id"],
        "time": row["at"].isoformat(),
        "datacontenttype": "application/json",
        "data": {**{name: row[name] for name in names}, **row["facts"]},
    }
    return orjson.dumps(envelope)


def _headers(engine: Engine, hook: Row, row: Row, body: bytes) -> Mapping[str, str]:
    timestamp = int(row["now"].timestamp())
    versions = [hook["secret_version"]]
    if hook["renewed_at"] is not None and row["now"] - hook["renewed_at"] < subscribed.BOTH_FOR:
        versions.append(hook["secret_version"] - 1)
    keys = [subscribed.secret(engine, hook["id"], version) for version in versions]
    return {
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        "User-Agent": "tongban",
        "Idempotency-Key": row["event_id"],
        "webhook-id": row["event_id"],
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(subscribed.signature(key, row["event_id"], timestamp, body) for key in keys),
    }


def _settle(engine: Engine, row: Row, entry: Mapping[str, Any]) -> None:
    """Writes what came of an attempt, unless somebody else has tried since."""
    with engine.begin(SYSTEM) as tx:
        mine = sa.and_(deliveries.c.id == row["id"], deliveries.c.attempts == row["attempts"], deliveries.c.state == "waiting")
        values: dict[str, Any] = {"log": [*row["log"], entry][-_LOGGED:]}
        if not entry["error"]:
            values |= {"state": "sent", "sent_at": tx.now}
        elif row["attempts"] >= MOST_ATTEMPTS or entry["status"] == _GONE:
            values |= {"state": "failed"}
        else:
            values |= {"next_at": tx.now + _pause(row["attempts"])}
        if tx.connection.execute(deliveries.update().where(mine).values(values)).rowcount:
            _judge(tx, row["webhook_id"], entry)


def _pause(attempts: int) -> timedelta:
    return timedelta(seconds=min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE) * random.uniform(0.8, 1.2))  # noqa: S311  jitter


def _judge(tx: Transaction, webhook_id: str, entry: Mapping[str, Any]) -> None:
    """A receiver that fails in a row rests for a while; one that is gone for good is asked no more."""
    mine = webhooks.c.id == webhook_id
    failures = 0 if not entry["error"] else int(tx.value(sa.select(webhooks.c.failures).where(mine)) or 0) + 1
    rest = min(2.0**failures, LONGEST_REST) if failures >= RESTS_AFTER else None
    values: dict[str, Any] = {"failures": failures, "rests_until": None if rest is None else tx.now + timedelta(seconds=rest)}
    values |= {"last_error": entry["error"]} if entry["error"] else {}
    if entry["status"] == _GONE:
        values["is_active"], tx.engine.hooks = False, None
    has_failed = sa.or_(webhooks.c.failures > 0, sa.literal(bool(entry["error"])))
    tx.connection.execute(webhooks.update().where(mine, has_failed).values(values))


def _put_back(engine: Engine, rows: Sequence[Row]) -> None:
    """What was leased and not tried is due at the receiver's next turn, with its attempt."""
    with engine.begin(SYSTEM) as tx:
        for row in rows:
            mine = sa.and_(deliveries.c.id == row["id"], deliveries.c.attempts == row["attempts"])
            values = {"attempts": row["attempts"] - 1, "next_at": tx.now}
            tx.connection.execute(deliveries.update().where(mine).values(values))
