"""The step: the only mover. Lock the root, apply one event, run to rest, project, write history, save; the caller commits."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from engine import tracing
from engine.bpmn.terms import Event, SetVariables
from engine.errors import NotFound
from engine.models.instances import instances
from engine.runtime import project
from engine.runtime.run import Run
from engine.transaction import Transaction

_OWN = sa.select(instances.c.root_id).where(instances.c.id == sa.bindparam("instance_id")).scalar_subquery()
_ROOT = sa.select(instances).where(instances.c.id == _OWN).with_for_update()
_FREE_ROOT = sa.select(instances.c.id).where(instances.c.id == _OWN).with_for_update(skip_locked=True)


def step(tx: Transaction, instance_id: str, event: Event) -> Mapping[str, Any]:
    """Applies one event to an instance and gives its row afterwards.

    Raises NotFound for an unknown instance, Conflict when the event names a wait that is no longer there."""
    return move(tx, instance_id, lambda run: run.apply(instance_id, event))


def move(tx: Transaction, instance_id: str, work: Callable[[Run], None]) -> Mapping[str, Any]:
    """Does some work on an instance's root as one step; a step within a step (an operation that moves its own root) joins it."""
    root = _locked(tx, instance_id)
    root_id = str(root["id"])
    outer = tx.open_roots.get(root_id)
    if isinstance(outer, Run):
        work(outer)
        return outer.load(instance_id).row
    run = Run(tx, root_id)
    run.hold(root)
    tx.open_roots[root_id] = run
    try:
        with tracing.span("step", root_id=root_id, process_id=root["process_id"]):
            work(run)
            project.save(run)
    finally:
        del tx.open_roots[root_id]
    return run.load(instance_id).row


def lock(tx: Transaction, instance_id: str) -> str:
    """Locks the root of an instance, until the transaction ends, and gives its id. Raises NotFound."""
    return tx.notes.get(_held(instance_id)) or str(_locked(tx, instance_id)["id"])  # type: ignore[return-value]  # an id


def is_locked(tx: Transaction, instance_id: str) -> bool:
    """Whether this transaction has locked the root of an instance already, so that nobody else changes anything of it."""
    return _held(instance_id) in tx.notes


def _held(instance_id: str) -> str:
    return f"locked:{instance_id}"


def _locked(tx: Transaction, instance_id: str) -> dict[str, Any]:
    root = tx.connection.execute(_ROOT, {"instance_id": instance_id}).mappings().one_or_none()
    if root is None:
        raise NotFound(thing=("流程实例", "instance"), key=instance_id)
    tx.notes[_held(instance_id)] = root["id"]
    return dict(root)


def try_lock(tx: Transaction, instance_id: str) -> bool:
    """Locks the root of an instance unless somebody else holds it or it is gone; whether it did. For sweeps."""
    return tx.connection.execute(_FREE_ROOT, {"instance_id": instance_id}).scalar() is not None


def set_variables(tx: Transaction, instance_id: str, values: Mapping[str, object]) -> None:
    """Changes variables of the process scope; conditional events are looked at again."""
    step(tx, instance_id, SetVariables(values))
