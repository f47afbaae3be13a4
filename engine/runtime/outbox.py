"""The outbox of webhooks: whoever wants to hear of a line of history has a delivery of it, written with that line.

Which webhooks there are is known to each process and looked up again at each sign of life, so that a step costs no statement
where nobody listens; another process hears of a new webhook within a second."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.models.base import new_id
from engine.models.outside import deliveries, webhooks
from engine.transaction import Engine, Transaction

KINDS = ("instance.started", "instance.ended", "instance.suspended", "instance.resumed", "incident.raised", "incident.resolved")
"""What the runtime itself tells, beside the lines that casework writes."""
_UNSAID = ("event.", "element.")
"""Too much for anybody who asks for everything: `element.*` must be asked for by name, what events carry is never told."""
_FACTS = ("status", "code", "result", "number", "kind", "light")
"""What of a line leaves the house; the rest is read by whoever may, with the case's number in hand."""


@dataclass(frozen=True, slots=True)
class Hook:
    """What one webhook wants to hear. families: beginnings of kinds, such as `case.`."""

    id: str
    kinds: frozenset[str]
    families: tuple[str, ...]

    def wants(self, kind: str) -> bool:
        """Whether it is told of a line of this kind."""
        if kind in self.kinds:
            return True
        is_unsaid = kind.startswith(_UNSAID) and not kind.startswith(tuple(f for f in self.families if f))
        return kind.startswith(self.families) and not is_unsaid


def take(tx: Transaction, root_id: str, instance_id: str, seq: int, entries: Sequence[tuple[Any, ...]]) -> None:
    """Puts the lines of one step of history into the outbox, for whoever wants them."""
    if tx.engine.hooks is None:
        look(tx)
    for hook in tx.engine.hooks or ():
        for line, (kind, element_id, data) in enumerate(entries):
            if hook.wants(kind):  # type: ignore[attr-defined]  # a Hook; the transaction's room knows no tables
                of = {"root_id": root_id, "instance_id": instance_id, "element_id": element_id}
                put(tx, hook.id, f"{root_id}-{seq}-{line}", kind, {**of, "facts": _facts(kind, data or {})})  # type: ignore[attr-defined]


def put(tx: Transaction, webhook_id: str, event_id: str, kind: str, told: Mapping[str, object]) -> str:
    """One delivery, due at once; its id."""
    row = {"root_id": None, "instance_id": None, "element_id": None, "facts": {}, **told}
    row |= {"id": new_id(), "webhook_id": webhook_id, "event_id": event_id, "type": kind, "at": tx.now}
    tx.later(deliveries, {**row, "state": "waiting", "attempts": 0, "next_at": tx.now, "sent_at": None, "log": []})
    return str(row["id"])


def look(tx: Transaction) -> None:
    """Looks up who listens."""
    rows = tx.rows(sa.select(webhooks.c.id, webhooks.c.types).where(webhooks.c.is_active.is_(True)))
    tx.engine.hooks = [_hook(row["id"], row["types"]) for row in rows]


def warm(engine: Engine) -> None:
    """Looks up who listens before the first step asks; a database that is not there yet is asked later."""
    with suppress(sa.exc.DBAPIError), engine.read(SYSTEM) as tx:
        look(tx)


def _hook(webhook_id: str, types: Sequence[str]) -> Hook:
    families = tuple(kind.removesuffix("*") for kind in types if kind.endswith("*"))
    return Hook(webhook_id, frozenset(kind for kind in types if not kind.endswith("*")), families)


def _facts(kind: str, data: Mapping[str, object]) -> dict[str, object]:
    names = (*_FACTS, "from", "to") if kind.endswith("_changed") else _FACTS
    return {name: data[name] for name in names if isinstance(data.get(name), str | int | float | bool)}
