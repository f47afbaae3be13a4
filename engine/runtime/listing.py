"""Lists for designers and operators: versions, instances, and where an instance stands; never reading an instance's state."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.errors import NotFound
from engine.models.definitions import definitions, deployments
from engine.models.instances import instances
from engine.models.tasks import human_tasks
from engine.models.work import incidents, jobs, timers
from engine.runtime import history
from engine.transaction import Transaction

_COLUMNS = tuple(c for c in instances.c if c.name != "state")


def versions(tx: Transaction, key: str | None = None) -> Sequence[Mapping[str, Any]]:
    """Deployments by key, newest version first: {id, key, version, state, created_at, created_by, published_at, …}."""
    columns = [c for c in deployments.c if c.name != "manifest"]
    query = sa.select(*columns).order_by(deployments.c.key, deployments.c.version.desc())
    return tx.rows(query if key is None else query.where(deployments.c.key == key))


def resource_of(tx: Transaction, deployment_id: str, process_id: str) -> str | None:
    """The file that holds a process, None when the deployment has no such process."""
    is_it = sa.and_(definitions.c.deployment_id == deployment_id, definitions.c.process_id == process_id)
    found: str | None = tx.value(sa.select(definitions.c.resource).where(is_it))
    return found


def running(
    tx: Transaction, *, status: str = "", business_key: str = "", after: str | None = None, limit: int = 50
) -> Sequence[Mapping[str, Any]]:
    """Instances, newest first. business_key: from its start; after: id of the last one seen."""
    query = sa.select(*_COLUMNS).order_by(instances.c.id.desc()).limit(limit)
    query = query.where(instances.c.status == status) if status else query
    query = query.where(instances.c.business_key.startswith(business_key, autoescape=True)) if business_key else query
    return tx.rows(query.where(instances.c.id < after) if after else query)


def instance(tx: Transaction, instance_id: str) -> Mapping[str, Any]:
    """One instance with its deployment_id, without its state. Raises NotFound."""
    joined = sa.select(*_COLUMNS, definitions.c.deployment_id).join(definitions, instances.c.definition_id == definitions.c.id)
    row = tx.row(joined.where(instances.c.id == instance_id))
    if row is None:
        raise NotFound(thing=("实例", "the instance"), key=instance_id)
    return row


def definitions_of(tx: Transaction, process_id: str) -> list[dict[str, Any]]:
    """All versions of a process, newest first, each with how many instances run on it. Raises NotFound."""
    is_running = sa.and_(instances.c.definition_id == definitions.c.id, instances.c.status.in_(("active", "suspended")))
    count = sa.select(sa.func.count()).select_from(instances).where(is_running).scalar_subquery()
    query = sa.select(definitions, count.label("running")).where(definitions.c.process_id == process_id)
    rows = tx.rows(query.order_by(definitions.c.version.desc()))
    if not rows:
        raise NotFound(thing=("流程", "the process"), key=process_id)
    return rows


def root_of(tx: Transaction, key: str) -> str:
    """The root behind a business key (a case number) or an instance's id. Raises NotFound."""
    by_id = tx.value(sa.select(instances.c.root_id).where(instances.c.id == key))
    own = sa.and_(instances.c.business_key == key.upper(), instances.c.id == instances.c.root_id)
    found: str | None = by_id or tx.value(sa.select(instances.c.id).where(own).order_by(instances.c.id).limit(1))
    if found is None:
        raise NotFound(thing=("办件或实例", "the case or instance"), key=key)
    return found


def places(tx: Transaction, root_id: str) -> Mapping[str, str]:
    """Where a case stands: element id → `done` | `current` | `trouble`, the last one winning."""
    found = {line.element_id: "done" for line in history.of(tx, root_id) if line.element_id}
    for table, condition in ((human_tasks, human_tasks.c.state == "open"), (jobs, sa.true()), (timers, sa.true())):
        query = sa.select(table.c.element_id).where(table.c.root_id == root_id, condition)
        found |= {str(row["element_id"]): "current" for row in tx.rows(query)}
    wrong = sa.select(incidents.c.element_id).where(incidents.c.root_id == root_id, incidents.c.state == "open")
    return found | {str(row["element_id"]): "trouble" for row in tx.rows(wrong) if row["element_id"]}
