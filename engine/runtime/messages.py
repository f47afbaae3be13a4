"""Messages and signals between instances: an inbox row each, taken once, kept until its time is over.

What is thrown becomes a row in the thrower's transaction and is delivered in one of its own: no transaction moves two roots."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.actors import SYSTEM
from engine.bpmn.kernel.arming import text_of
from engine.bpmn.terms import Deliver, Status
from engine.errors import Conflict, TongbanError
from engine.feel import from_json
from engine.models.base import new_id
from engine.models.definitions import start_subscriptions
from engine.models.instances import instances
from engine.models.work import messages, subscriptions
from engine.runtime import plans, start
from engine.runtime.post import KEEP
from engine.runtime.post import row as posted
from engine.runtime.step import lock, step
from engine.runtime.troubles import MESSAGE_FAILED, raise_for_wait
from engine.transaction import Engine, Transaction

log = logging.getLogger("tongban.messages")
Row = Mapping[str, Any]
MOST_ATTEMPTS = 5


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
    singleton: bool = False,
) -> str:
    """Hands in a message and gives its id; it is taken at once when somebody waits, else it waits itself.

    message_id: the same id again changes nothing. ttl: how long it may wait; zero means now or never (NobodyWaits).
    singleton: it starts nothing while an instance of the same process and key runs; it waits until that one has ended."""
    key = message_id or new_id()
    row = posted(tx, "message", name, correlation_key, variables or {}, key, KEEP if ttl is None else ttl)
    if not _keep(tx, {**row, "is_singleton": singleton}):
        return key
    if not _deliver(tx, {**row, "is_singleton": singleton}) and ttl == timedelta():
        raise NobodyWaits(name=name, key=correlation_key or "-")
    return key


def is_awaited(tx: Transaction, name: str, correlation_key: str) -> bool:
    """Whether an instance waits for exactly this message."""
    query = sa.select(subscriptions.c.wait_id).where(subscriptions.c.kind == "message", subscriptions.c.name == name)
    return tx.value(query.where(subscriptions.c.correlation_key == correlation_key).limit(1)) is not None


def _keep(tx: Transaction, row: Mapping[str, Any]) -> bool:
    """Stores a message once, however often and from however many sides at a time it is handed in; whether it is new."""
    dialect = postgresql if tx.connection.dialect.name == "postgresql" else sqlite
    stored = dialect.insert(messages).values(row).on_conflict_do_nothing(index_elements=["id"]).returning(messages.c.id)
    return tx.value(stored) is not None


def broadcast(tx: Transaction, name: str, variables: Mapping[str, object] | None = None) -> int:
    """Tells a signal to every catcher and start event; returns how many there were."""
    row = posted(tx, "signal", name, None, variables or {}, new_id(), KEEP)
    tx.connection.execute(messages.insert(), row)
    return _spread(tx, row)


def release(tx: Transaction, instance_id: str) -> None:
    """Signals that were held for a suspended instance go on their way, now that it has been resumed."""
    mine = sa.and_(messages.c.state == "held", messages.c.receiver == instance_id)
    tx.connection.execute(messages.update().where(mine).values(state="waiting", expires_at=tx.now + KEEP))


def sweep(engine: Engine, limit: int = 50, *, from_root_id: str | None = None) -> int:
    """Delivers waiting messages, each in a transaction of its own; returns how many found a receiver or ran out.

    Only those somebody waits for are looked at, so that a heap of messages for nobody delays no other."""
    with engine.read(SYSTEM) as tx:
        query = sa.select(messages.c.id).where(messages.c.state == "waiting", _can_settle(tx))
        query = query.order_by(messages.c.attempts, messages.c.created_at, messages.c.id)
        if from_root_id is not None:
            query = query.where(messages.c.from_root_id == from_root_id)
        waiting = tx.connection.execute(query.limit(limit)).scalars().all()
    return sum(_settle(engine, message_id) for message_id in waiting)


def _can_settle(tx: Transaction) -> sa.ColumnElement[bool]:
    key = sa.or_(
        messages.c.correlation_key.is_(None),
        subscriptions.c.correlation_key.is_(None),
        subscriptions.c.correlation_key == messages.c.correlation_key,
    )
    caught = sa.exists().where(subscriptions.c.kind == "message", subscriptions.c.name == messages.c.name, key)
    table = start_subscriptions
    starts = sa.exists().where(table.c.kind == "message", table.c.name == messages.c.name, table.c.is_active)
    return sa.or_(messages.c.kind == "signal", messages.c.expires_at <= tx.now, caught, starts)


def _settle(engine: Engine, message_id: str) -> bool:
    try:
        with engine.begin(SYSTEM) as tx:
            query = sa.select(messages).where(messages.c.id == message_id, messages.c.state == "waiting")
            row = tx.row(query.with_for_update(skip_locked=True))
            if row is None:
                return False
            return _settled(tx, row)
    except TongbanError as refused:
        log.warning("message.refused", extra={"message_id": message_id, "reason": refused.code})
        _refused(engine, message_id, refused)
        return False


def _refused(engine: Engine, message_id: str, why: TongbanError) -> None:
    """Tried again after all others; at last put aside, with an incident at the element that should have taken it."""
    with engine.begin(SYSTEM) as tx:
        query = sa.select(messages).where(messages.c.id == message_id, messages.c.state == "waiting")
        row = tx.row(query.with_for_update())
        if row is None:
            return
        attempts, state = row["attempts"] + 1, "waiting"
        if attempts >= MOST_ATTEMPTS and not isinstance(why, Conflict):
            state, catcher = "refused", _catcher(tx, row, _partner(tx, row))
            if catcher is not None:
                raise_for_wait(tx, {**catcher, "name": row["name"], "message_id": message_id}, MESSAGE_FAILED, why, attempts)
        tx.connection.execute(messages.update().where(messages.c.id == message_id).values(state=state, attempts=attempts))


def again_now(tx: Transaction, message_id: str) -> None:
    """A message that was put aside is handed in once more."""
    mine = sa.and_(messages.c.id == message_id, messages.c.state == "refused")
    tx.connection.execute(messages.update().where(mine).values(state="waiting", attempts=0, expires_at=tx.now + KEEP))
    tx.has_more = True


def _settled(tx: Transaction, row: Row) -> bool:
    if row["expires_at"] <= tx.now:
        _mark(tx, row, "expired", None)
        return True
    if row["kind"] == "signal":
        _spread(tx, row)
        return True
    if _deliver(tx, row):
        return True
    again = messages.update().where(messages.c.id == row["id"])
    tx.connection.execute(again.values(attempts=messages.c.attempts + 1))
    return False


def _deliver(tx: Transaction, row: Row) -> bool:
    """To exactly one: the instance that has waited longest, else the newest definition that starts with it."""
    row, partner = _keyed(tx, row), _partner(tx, row)
    catcher = _catcher(tx, row, partner)
    if catcher is not None:
        lock(tx, catcher["instance_id"])
        if _catcher(tx, row, partner) is None:
            return False
        _mark(tx, row, "delivered", catcher["instance_id"])
        step(tx, catcher["instance_id"], Deliver(catcher["wait_id"], _variables(row)))
        return True
    starter = tx.row(_starters("message", row["name"]).limit(1).with_for_update())
    if starter is None or _is_taken(tx, starter, row):
        return False
    made = _start(tx, starter, row, row["correlation_key"] or partner)
    _mark(tx, row, "delivered", made)
    return True


def _keyed(tx: Transaction, row: Row) -> Row:
    """A message handed in without a key has the one that the diagram of its catchers finds in what it carries."""
    if row["correlation_key"] is not None:
        return row
    query = sa.select(instances.c.definition_id).join(subscriptions, subscriptions.c.instance_id == instances.c.id)
    mine = (subscriptions.c.kind == "message", subscriptions.c.name == row["name"], subscriptions.c.correlation_key.is_not(None))
    definition_id = tx.value(query.where(*mine).limit(1))
    formula = plans.plan_of(tx, definition_id).message_keys.get(row["name"]) if definition_id is not None else None
    return row if formula is None else {**row, "correlation_key": text_of(formula.evaluate(_variables(row)))}


def _partner(tx: Transaction, row: Row) -> str | None:
    """What two instances that talk to each other have in common: the sender's business key, else its own id."""
    sender = row["from_root_id"]
    if sender is None:
        return None
    key: str | None = tx.value(sa.select(instances.c.business_key).where(instances.c.id == sender))
    return key or str(sender)


def _is_taken(tx: Transaction, starter: Row, row: Row) -> bool:
    """Whether a singleton of this process, or of this process and key, is running already.

    The caller holds the subscription's row, so that two messages at once do not both see none."""
    if not (starter["singleton"] or row.get("is_singleton")):
        return False
    running = sa.select(instances.c.id).where(
        instances.c.process_id == starter["process_id"],
        instances.c.parent_id.is_(None),
        instances.c.status.in_((Status.ACTIVE, Status.SUSPENDED)),
    )
    if starter["singleton"] != "process":
        running = running.where(instances.c.business_key.is_not_distinct_from(row["correlation_key"]))
    return tx.value(running.limit(1)) is not None


def _catcher(tx: Transaction, row: Row, partner: str | None) -> Row | None:
    """The wait that takes a message: of its key, then of the instance that talks with the sender, then the longest."""
    query = sa.select(subscriptions).where(
        subscriptions.c.kind == "message", subscriptions.c.name == row["name"], ~_stands_still()
    )
    order: list[sa.ColumnElement[Any]] = []
    key = row["correlation_key"]
    if key is not None:
        query = query.where(sa.or_(subscriptions.c.correlation_key == key, subscriptions.c.correlation_key.is_(None)))
        order.append(subscriptions.c.correlation_key.is_(None))
    if partner is not None:
        is_partner = sa.or_(subscriptions.c.business_key == partner, subscriptions.c.root_id == partner)
        order.append(sa.case((is_partner, 0), else_=1))
    order += [subscriptions.c.created_at, subscriptions.c.instance_id, subscriptions.c.wait_id]
    return tx.row(query.order_by(*order).limit(1))


def _stands_still() -> sa.ColumnElement[bool]:
    """The catcher's instance is suspended: it hears nothing until it is resumed."""
    return sa.exists().where(instances.c.id == subscriptions.c.instance_id, instances.c.status == Status.SUSPENDED)


def _spread(tx: Transaction, row: Row) -> int:
    query = sa.select(subscriptions).where(subscriptions.c.kind == "signal", subscriptions.c.name == row["name"])
    if row["from_root_id"] is not None:
        query = query.where(subscriptions.c.root_id != row["from_root_id"])
    if row.get("receiver") is not None:
        query = query.where(subscriptions.c.instance_id == row["receiver"])
    query = query.order_by(subscriptions.c.root_id, subscriptions.c.wait_id)
    still = tx.rows(query.where(_stands_still()))
    told = sum(_tell(tx, catcher, row) for catcher in tx.rows(query.where(~_stands_still())))
    for instance_id in dict.fromkeys(catcher["instance_id"] for catcher in still):
        _hold(tx, row, instance_id)
    if row.get("receiver") is None:
        for starter in tx.rows(_starters("signal", row["name"])):
            if not _is_taken(tx, starter, row):
                _start(tx, starter, row, None)
                told += 1
    _mark(tx, row, "delivered", row.get("receiver"))
    return told


def _hold(tx: Transaction, row: Row, instance_id: str) -> None:
    """A signal is kept for an instance that stands still now."""
    kept = {**row, "id": new_id(), "state": "held", "receiver": instance_id, "delivered_at": None}
    tx.connection.execute(messages.insert(), kept)


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


def _start(tx: Transaction, starter: Row, row: Row, business_key: str | None) -> str:
    made = start.start(
        tx,
        starter["process_id"],
        _variables(row),
        business_key=business_key,
        definition_id=starter["definition_id"],
        element_id=starter["element_id"],
        index=starter["number"],
    )
    return made.id


def _variables(row: Row) -> Mapping[str, object]:
    values = from_json(orjson.loads(row["variables"]))
    return values if isinstance(values, Mapping) else {}


def _mark(tx: Transaction, row: Row, state: str, receiver: str | None) -> None:
    values = {"state": state, "receiver": receiver, "delivered_at": tx.now}
    tx.connection.execute(messages.update().where(messages.c.id == row["id"]).values(values))
