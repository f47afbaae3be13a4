"""Messages and signals between instances: an inbox row each, taken once, kept until its time is over.

What is thrown becomes a row in the thrower's transaction and is delivered in one of its own: no transaction moves two roots."""

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.bpmn.terms import BroadcastSignal, Deliver, SendMessage
from engine.errors import Conflict, TongbanError
from engine.feel import from_json
from engine.models.base import new_id
from engine.models.definitions import start_subscriptions
from engine.models.work import messages, subscriptions
from engine.runtime import start
from engine.runtime.run import typed
from engine.runtime.step import lock, step
from engine.transaction import Engine, Transaction

log = logging.getLogger("tongban.messages")
KEEP = timedelta(hours=24)
"""How long a message waits for somebody who expects it, if its sender does not say."""
Row = Mapping[str, Any]


class NobodyWaits(Conflict):
    """Expected an instance or a start event that waits for message {name} with key {key}, but there is none; check both."""

    zh = "没有实例或开始事件在等待消息“{name}”（关联键 {key}）；请核对名称与关联键。"


def publish(
    tx: Transaction,
    name: str,
    correlation_key: str | None = None,
    variables: Mapping[str, object] | None = None,
    *,
    message_id: str | None = None,
    ttl: timedelta | None = None,
) -> str:
    """Hands in a message and gives its id; it is taken at once when somebody waits, else it waits itself.

    message_id: the same id again changes nothing. ttl: how long it may wait; zero means now or never (NobodyWaits)."""
    key = message_id or new_id()
    if tx.value(sa.select(messages.c.id).where(messages.c.id == key)) is not None:
        return key
    row = _row(tx, "message", name, correlation_key, variables or {}, key, KEEP if ttl is None else ttl)
    tx.connection.execute(messages.insert(), row)
    if not _deliver(tx, row) and ttl == timedelta():
        raise NobodyWaits(name=name, key=correlation_key or "-")
    return key


def is_awaited(tx: Transaction, name: str, correlation_key: str) -> bool:
    """Whether an instance waits for exactly this message."""
    query = sa.select(subscriptions.c.wait_id).where(subscriptions.c.kind == "message", subscriptions.c.name == name)
    return tx.value(query.where(subscriptions.c.correlation_key == correlation_key).limit(1)) is not None


def broadcast(tx: Transaction, name: str, variables: Mapping[str, object] | None = None) -> int:
    """Tells a signal to every catcher and start event; returns how many there were."""
    row = _row(tx, "signal", name, None, variables or {}, new_id(), KEEP)
    tx.connection.execute(messages.insert(), row)
    return _spread(tx, row)


def send(tx: Transaction, root_id: str, thrown: Iterable[SendMessage | BroadcastSignal]) -> None:
    """Keeps what a step threw, for the sweep that follows the commit."""
    rows = []
    for effect in thrown:
        is_message = isinstance(effect, SendMessage)
        key = effect.correlation_key if isinstance(effect, SendMessage) else None
        row = _row(tx, "message" if is_message else "signal", effect.name, key, effect.variables, new_id(), KEEP)
        rows.append({**row, "from_root_id": root_id})
    if rows:
        tx.connection.execute(messages.insert(), rows)


def sweep(engine: Engine, limit: int = 50, *, from_root_id: str | None = None) -> int:
    """Delivers waiting messages, each in a transaction of its own; returns how many found a receiver or ran out."""
    with engine.read(SYSTEM) as tx:
        query = sa.select(messages.c.id).where(messages.c.state == "waiting").order_by(messages.c.created_at, messages.c.id)
        if from_root_id is not None:
            query = query.where(messages.c.from_root_id == from_root_id)
        waiting = tx.connection.execute(query.limit(limit)).scalars().all()
    return sum(_settle(engine, message_id) for message_id in waiting)


def _settle(engine: Engine, message_id: str) -> bool:
    try:
        with engine.begin(SYSTEM) as tx:
            query = sa.select(messages).where(messages.c.id == message_id, messages.c.state == "waiting")
            row = tx.row(query.with_for_update(skip_locked=True))
            if row is None:
                return False
            if row["kind"] == "signal":
                _spread(tx, row)
                return True
            if _deliver(tx, row):
                return True
            if row["expires_at"] <= tx.now:
                _mark(tx, row, "expired", None)
                return True
            return False
    except TongbanError as refused:
        log.warning("message.refused", extra={"message_id": message_id, "reason": refused.code})
        return False


def _deliver(tx: Transaction, row: Row) -> bool:
    """To exactly one: the instance that has waited longest, else the newest definition that starts with it."""
    catcher = _catcher(tx, row)
    if catcher is not None:
        lock(tx, catcher["instance_id"])
        if _catcher(tx, row) is None:
            return False
        _mark(tx, row, "delivered", catcher["instance_id"])
        step(tx, catcher["instance_id"], Deliver(catcher["wait_id"], _variables(row)))
        return True
    starter = tx.row(_starters("message", row["name"]).limit(1))
    if starter is None:
        return False
    made = _start(tx, starter, row)
    _mark(tx, row, "delivered", made)
    return True


def _catcher(tx: Transaction, row: Row) -> Row | None:
    query = sa.select(subscriptions).where(subscriptions.c.kind == "message", subscriptions.c.name == row["name"])
    key = row["correlation_key"]
    if key is not None:
        same = sa.or_(subscriptions.c.correlation_key == key, subscriptions.c.correlation_key.is_(None))
        query = query.where(same)
        query = query.order_by(subscriptions.c.correlation_key.is_(None))
    query = query.order_by(subscriptions.c.created_at, subscriptions.c.instance_id, subscriptions.c.wait_id)
    return tx.row(query.limit(1))


def _spread(tx: Transaction, row: Row) -> int:
    query = sa.select(subscriptions).where(subscriptions.c.kind == "signal", subscriptions.c.name == row["name"])
    if row["from_root_id"] is not None:
        query = query.where(subscriptions.c.root_id != row["from_root_id"])
    catchers = tx.rows(query.order_by(subscriptions.c.root_id, subscriptions.c.wait_id))
    told = sum(_tell(tx, catcher, row) for catcher in catchers)
    for starter in tx.rows(_starters("signal", row["name"])):
        _start(tx, starter, row)
        told += 1
    _mark(tx, row, "delivered", None)
    return told


def _tell(tx: Transaction, catcher: Row, row: Row) -> bool:
    """One catcher; an earlier one may have taken it away."""
    lock(tx, catcher["instance_id"])
    mine = sa.and_(subscriptions.c.instance_id == catcher["instance_id"], subscriptions.c.wait_id == catcher["wait_id"])
    if tx.value(sa.select(subscriptions.c.wait_id).where(mine)) is None:
        return False
    step(tx, catcher["instance_id"], Deliver(catcher["wait_id"], _variables(row)))
    return True


def _starters(kind: str, name: str) -> sa.Select[Any]:
    table = start_subscriptions
    return (
        sa.select(table)
        .where(table.c.kind == kind, table.c.name == name, table.c.is_active)
        .order_by(table.c.definition_id.desc())
    )


def _start(tx: Transaction, starter: Row, row: Row) -> str:
    made = start.start(
        tx, starter["process_id"], _variables(row), definition_id=starter["definition_id"], element_id=starter["element_id"]
    )
    return made.id


def _variables(row: Row) -> Mapping[str, object]:
    values = from_json(orjson.loads(row["variables"]))
    return values if isinstance(values, Mapping) else {}


def _mark(tx: Transaction, row: Row, state: str, receiver: str | None) -> None:
    values = {"state": state, "receiver": receiver, "delivered_at": tx.now}
    tx.connection.execute(messages.update().where(messages.c.id == row["id"]).values(values))


def _row(
    tx: Transaction, kind: str, name: str, key: str | None, variables: Mapping[str, object], message_id: str, ttl: timedelta
) -> dict[str, Any]:
    return {
        "id": message_id,
        "kind": kind,
        "name": name,
        "correlation_key": key,
        "variables": orjson.dumps(typed(variables)).decode(),
        "from_root_id": None,
        "state": "waiting",
        "created_at": tx.now,
        "expires_at": tx.now + ttl,
        "attempts": 0,
    }
