"""Replay: every moment of a case rebuilt from its recorded events, and the proof that today's state follows from them.

Nothing is read but history and the diagrams: if the rebuilt state is not the stored one, one of them was changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from engine.bpmn.kernel import migrate as kernel_migrate
from engine.bpmn.kernel import step as kernel
from engine.bpmn.kernel.recorded import decode_event
from engine.bpmn.plan import Plan
from engine.bpmn.terms import Wait
from engine.errors import NotFound, TongbanError
from engine.models.instances import history, instances
from engine.runtime.plans import plan_of
from engine.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Moment:
    """One instance after one recorded event. seq, line: the entry in the root's history. what: `event.received` or
    `instance.migrated`; event: the event's name; recorded: all of it. waits: what it waited for then."""

    seq: int
    line: int
    at: datetime
    actor_name: str
    instance_id: str
    process_id: str
    what: str
    event: str
    status: str
    standing: tuple[str, ...]
    waits: tuple[Wait, ...]
    variables: Mapping[str, object]
    recorded: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Proof:
    """What replaying a root showed. events: how many were done again. differences: sentences, empty when all follows."""

    root_id: str
    events: int
    instances: int
    differences: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether today's states follow from the recorded events."""
        return not self.differences


@dataclass(slots=True)
class _Film:
    """The instances of a root while they are being rebuilt."""

    tx: Transaction
    plans: dict[str, Plan] = field(default_factory=dict)
    states: dict[str, kernel.State] = field(default_factory=dict)
    events: int = 0


def moments(tx: Transaction, instance_id: str) -> Iterator[Moment]:
    """Every moment of the root that an instance belongs to, oldest first. Raises NotFound, and what replaying meets."""
    root_id = _root(tx, instance_id)
    yield from _play(_begin(tx, root_id), root_id)


def at(tx: Transaction, instance_id: str, *, seq: int | None = None, moment: datetime | None = None) -> tuple[Moment, ...]:
    """The last moment of each instance of a root up to a place in history or a point in time; without either, now."""
    last: dict[str, Moment] = {}
    for each in moments(tx, instance_id):
        if (seq is not None and each.seq > seq) or (moment is not None and each.at > moment):
            break
        last[each.instance_id] = each
    return tuple(last.values())


def prove(tx: Transaction, instance_id: str) -> Proof:
    """Rebuilds all states of a root and compares them with those stored, byte for byte. Raises NotFound."""
    root_id = _root(tx, instance_id)
    film = _begin(tx, root_id)
    try:
        for _ in _play(film, root_id):
            pass
    except (TongbanError, KeyError, ValueError) as broken:
        said = broken.sentence("en") if isinstance(broken, TongbanError) else repr(broken)
        return Proof(root_id, film.events, len(film.states), (f"event {film.events + 1} cannot be done again: {said}",))
    stored = tx.rows(sa.select(instances.c.id, instances.c.state).where(instances.c.root_id == root_id))
    differences = [
        f"{row['id']}: the stored state does not follow from the recorded events"
        for row in stored
        if row["id"] not in film.states or kernel.encode(film.states[row["id"]]) != row["state"]
    ]
    return Proof(root_id, film.events, len(stored), tuple(differences))


def _root(tx: Transaction, instance_id: str) -> str:
    root_id: str | None = tx.value(sa.select(instances.c.root_id).where(instances.c.id == instance_id))
    if root_id is None:
        raise NotFound(thing=("流程实例", "instance"), key=instance_id)
    return root_id


def _begin(tx: Transaction, root_id: str) -> _Film:
    """The plan each instance began with: that of its first migration, else the one it has."""
    film = _Film(tx)
    began = {row["id"]: row["definition_id"] for row in tx.rows(sa.select(instances).where(instances.c.root_id == root_id))}
    seen: set[str] = set()
    for row in _rows(tx, root_id):
        for kind, _, data in row["entries"]:
            if kind == "instance.migrated" and row["instance_id"] not in seen:
                seen.add(row["instance_id"])
                began[row["instance_id"]] = data["from"]
    film.plans = {instance_id: plan_of(tx, definition_id) for instance_id, definition_id in began.items()}
    return film


def _rows(tx: Transaction, root_id: str) -> Iterator[dict[str, Any]]:
    for row in tx.rows(sa.select(history).where(history.c.root_id == root_id).order_by(history.c.seq)):
        yield {**row, "entries": orjson.loads(row["entries"])}


def _play(film: _Film, root_id: str) -> Iterator[Moment]:
    for row in _rows(film.tx, root_id):
        for line, (kind, _, data) in enumerate(row["entries"]):
            if kind in ("event.received", "instance.migrated"):
                _do(film, row["instance_id"], kind, data, row["at"])
                film.events += 1
                yield _moment(film, row, line, kind, data)


def _do(film: _Film, instance_id: str, kind: str, data: Mapping[str, Any], now: datetime) -> None:
    plan, state = film.plans[instance_id], film.states.get(instance_id)
    if kind == "event.received":
        film.states[instance_id] = kernel.step(plan, state, decode_event(data), now).state
        return
    new = plan_of(film.tx, data["to"])
    mapping = {**kernel_migrate.proposal(plan, new), **data["mapping"]}
    moved = kernel_migrate.migrate(plan, new, film.states[instance_id], mapping, now)
    if isinstance(moved, tuple):
        raise ValueError(f"{instance_id} could not be moved to {data['to']}")
    film.plans[instance_id], film.states[instance_id] = new, moved


def _moment(film: _Film, row: Mapping[str, Any], line: int, kind: str, data: Mapping[str, Any]) -> Moment:
    plan, state = film.plans[row["instance_id"]], film.states[row["instance_id"]]
    return Moment(
        seq=row["seq"],
        line=line,
        at=row["at"],
        actor_name=row["actor_name"],
        instance_id=row["instance_id"],
        process_id=plan.process_id,
        what=kind,
        event=str(data.get("event") or "Migrate"),
        status=state.status.value,
        standing=kernel.standing(state),
        waits=kernel.waits(plan, state),
        variables=kernel.variables(state),
        recorded=data,
    )
