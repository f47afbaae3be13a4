"""History: what happened, one row a step, hash-chained per root so that one changed byte is found.

A row holds all entries of one step in order: kernel events and what casework adds with `append`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import orjson
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.models.instances import history, instances
from engine.runtime import outbox
from engine.transaction import Engine, Transaction


@dataclass(frozen=True, slots=True)
class Event:
    """One line of history as people read it. seq: (step, line) position. data: small JSON."""

    seq: int
    line: int
    at: datetime
    actor_id: str
    actor_name: str
    on_behalf_of: str | None
    instance_id: str
    kind: str
    element_id: str | None
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that does not match its hash, or a chain that ends too early."""

    root_id: str
    seq: int
    found: str

    def __str__(self) -> str:
        return f"{self.root_id} #{self.seq}: {self.found}"


def append(tx: Transaction, root_id: str, kind: str, data: Mapping[str, object], *, element_id: str | None = None) -> None:
    """Adds one line. Inside a step it joins the step's row; elsewhere it is a row of its own."""
    entry = (kind, element_id, dict(data))
    run = tx.open_roots.get(root_id)
    if run is not None:
        run.entries.append((root_id, entry))  # type: ignore[attr-defined]  # engine.runtime.run.Run, which stands above this file
        return
    head = lock_head(tx, root_id)
    if head is not None:
        write(tx, root_id, root_id, [entry], head)


def lock_head(tx: Transaction, root_id: str) -> tuple[int, str] | None:
    """Locks the root's row and gives its chain's length and head; None when there is no such root."""
    row = tx.find(instances, "chain_length", "chain_head", locks=True, id=root_id)
    return (row["chain_length"], row["chain_head"]) if row else None


def write(tx: Transaction, root_id: str, instance_id: str, entries: Sequence[tuple[object, ...]], head: tuple[int, str]) -> None:
    """Writes one row and moves the chain's head."""
    row = link(tx, root_id, instance_id, entries, head)
    tx.insert(history, row)
    tx.update(instances, {"id": root_id}, chain_length=row["seq"], chain_head=row["hash"])


def link(
    tx: Transaction, root_id: str, instance_id: str, entries: Sequence[tuple[object, ...]], head: tuple[int, str]
) -> dict[str, object]:
    """The next row of a chain, with its hash."""
    row: dict[str, object] = {
        "root_id": root_id,
        "seq": head[0] + 1,
        "instance_id": instance_id,
        "at": tx.now,
        "actor_id": tx.actor.id,
        "actor_name": tx.actor.name,
        "on_behalf_of": tx.actor.on_behalf_of,
        "office": tx.actor.office,
        "entries": orjson.dumps(entries, default=str).decode(),
    }
    row["hash"] = _hash(head[1], row)
    outbox.take(tx, root_id, instance_id, head[0] + 1, entries)
    return row


def _hash(previous: str, row: Mapping[str, object]) -> str:
    at = row["at"]
    moment = at.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(at, datetime) else str(at)
    facts = [previous, *(row[k] for k in ("root_id", "seq", "instance_id")), moment]
    facts += [row[k] for k in ("actor_id", "actor_name", "on_behalf_of", "office", "entries")]
    return sha256(orjson.dumps(facts)).hexdigest()


def of(tx: Transaction, root_id: str) -> tuple[Event, ...]:
    """All lines of a root, oldest first."""
    rows = tx.rows(sa.select(history).where(history.c.root_id == root_id).order_by(history.c.seq))
    return tuple(event for row in rows for event in events(row))


def events(row: Mapping[str, object]) -> Iterator[Event]:
    """The lines of one row."""
    for line, (kind, element_id, data) in enumerate(orjson.loads(str(row["entries"]))):
        fixed = {k: row[k] for k in ("seq", "at", "actor_id", "actor_name", "on_behalf_of", "instance_id")}
        yield Event(line=line, kind=kind, element_id=element_id, data=data or {}, **fixed)  # type: ignore[arg-type]  # a row of `history`


def verify(engine: Engine, root_id: str | None = None) -> Iterator[Broken]:
    """Every row that was changed, added or taken away since it was written; nothing when the history is whole."""
    with engine.read(SYSTEM) as tx:
        yield from verify_in(tx, root_id)


def verify_in(tx: Transaction, root_id: str | None = None) -> Iterator[Broken]:
    """The same within a transaction."""
    query = sa.select(instances.c.id, instances.c.chain_length, instances.c.chain_head).where(
        instances.c.id == instances.c.root_id
    )
    if root_id is not None:
        query = query.where(instances.c.id == root_id)
    for root in tx.connection.execute(query):
        yield from _verify_chain(tx, root.id, root.chain_length, root.chain_head)


def _verify_chain(tx: Transaction, root_id: str, length: int, head: str) -> Iterator[Broken]:
    previous, expected = "", 0
    for row in tx.rows(sa.select(history).where(history.c.root_id == root_id).order_by(history.c.seq)):
        expected += 1
        if row["seq"] != expected:
            yield Broken(root_id, expected, "a row is missing")
            return
        if _hash(previous, row) != row["hash"]:
            yield Broken(root_id, expected, "the row does not match its hash")
            return
        previous = row["hash"]
    if (expected, previous) != (length, head):
        yield Broken(root_id, expected, "the chain ends before its head")
