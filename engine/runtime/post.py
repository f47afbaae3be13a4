"""What steps throw, put into the post: a row each, written in the thrower's transaction and delivered in one of its own."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import orjson

from engine.bpmn.terms import BroadcastSignal, SendMessage
from engine.models.base import new_id
from engine.models.work import messages
from engine.runtime.run import typed
from engine.transaction import Transaction

KEEP = timedelta(hours=24)
"""How long a message waits for somebody who expects it, if its sender does not say."""


def send(tx: Transaction, root_id: str, thrown: Iterable[SendMessage | BroadcastSignal]) -> None:
    """Keeps what a step threw, for the sweep that follows the commit."""
    rows = []
    for effect in thrown:
        is_message = isinstance(effect, SendMessage)
        key = effect.correlation_key if isinstance(effect, SendMessage) else None
        sent = row(tx, "message" if is_message else "signal", effect.name, key, effect.variables, new_id(), KEEP)
        rows.append({**sent, "from_root_id": root_id})
    if rows:
        tx.connection.execute(messages.insert(), rows)


def row(
    tx: Transaction, kind: str, name: str, key: str | None, variables: Mapping[str, object], message_id: str, ttl: timedelta
) -> dict[str, Any]:
    """A message (or signal) that waits to be delivered."""
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
        "receiver": None,
        "is_singleton": False,
    }
