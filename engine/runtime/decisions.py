"""Decisions that instances made: found in their history, proved again, explained, and tried against another version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine import dmn
from engine.dmn import Decided, Decision
from engine.errors import NotFound
from engine.models.definitions import definitions, deployments, resources
from engine.models.instances import history, instances
from engine.runtime.history import Event, events
from engine.runtime.plans import decisions_of, files_of
from engine.transaction import Transaction

KIND = "decision.made"


@dataclass(frozen=True, slots=True)
class Made:
    """One decision of the past. deployment_id: of its instance today. data: the compact record, as `Decided.to_json` gave it."""

    root_id: str
    at: datetime
    element_id: str
    deployment_id: str
    data: Mapping[str, object]

    @property
    def name(self) -> str:
        """The decision's name."""
        return str(self.data.get("decision", ""))


def of_root(tx: Transaction, root_id: str) -> tuple[Made, ...]:
    """The decisions of an instance and of all that it called, oldest first."""
    return of_roots(tx, [root_id])


def of_roots(tx: Transaction, root_ids: Sequence[str]) -> tuple[Made, ...]:
    """The decisions of several instances, instance by instance, oldest first."""
    query = sa.select(history).where(history.c.root_id.in_(root_ids), history.c.entries.contains(f'"{KIND}"', autoescape=True))
    rows = tx.rows(query.order_by(history.c.root_id, history.c.seq))
    lines = [(str(row["root_id"]), event) for row in rows for event in events(row) if event.kind == KIND]
    places = _places(tx, {event.instance_id for _, event in lines})
    return tuple(_made(root_id, event, places[event.instance_id]) for root_id, event in lines if event.instance_id in places)


def _made(root_id: str, event: Event, deployment_id: str) -> Made:
    return Made(root_id, event.at, event.element_id or "", deployment_id, event.data)


def _places(tx: Transaction, instance_ids: set[str]) -> dict[str, str]:
    """The deployment of each instance, as it is now."""
    joined = sa.select(instances.c.id, definitions.c.deployment_id).join(
        definitions, instances.c.definition_id == definitions.c.id
    )
    return {row.id: row.deployment_id for row in tx.connection.execute(joined.where(instances.c.id.in_(instance_ids)))}


def source_of(tx: Transaction, made: Made) -> tuple[str, int, Decision]:
    """Deployment, its version, and the decision with the very table that decided, also after the instance was migrated.

    Raises NotFound."""
    for deployment_id, version in _candidates(tx, made):
        found = decisions_of(files_of(tx, deployment_id)).get(made.name)
        if found is not None and found.digest == made.data.get("model", found.digest):
            return deployment_id, version, found
    raise NotFound(thing=("决策表", "the decision"), key=made.name)


def _candidates(tx: Transaction, made: Made) -> list[tuple[str, int]]:
    """The instance's own deployment first, then every other that holds the file, the newest first."""
    query = sa.select(deployments.c.id, deployments.c.version)
    own = tx.connection.execute(query.where(deployments.c.id == made.deployment_id)).all()
    holds = sa.select(resources.c.deployment_id).where(resources.c.digest.startswith(str(made.data.get("model", "-"))))
    others = tx.connection.execute(query.where(deployments.c.id.in_(holds)).order_by(deployments.c.version.desc())).all()
    return [(row.id, row.version) for row in (*own, *others)]


def is_proved(tx: Transaction, made: Made) -> bool:
    """Whether deciding again on the recorded facts gives the record back, bit for bit. Raises NotFound."""
    return dmn.replay(source_of(tx, made)[2], made.data)


def explain(tx: Transaction, made: Made) -> Decided:
    """The decision with every row looked at. Raises NotFound."""
    return dmn.explain(source_of(tx, made)[2], made.data)
