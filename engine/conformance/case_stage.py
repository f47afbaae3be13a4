"""The stage of a case: a platform in memory, its clock, and which instance the case calls by which name."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import gettempdir

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.calendar.china import ChinaCalendar
from engine.clock import VirtualClock
from engine.conformance.case_operations import Operations
from engine.models.base import metadata
from engine.models.definitions import start_subscriptions
from engine.models.instances import instances
from engine.models.work import timers as timer_rows
from engine.runtime import deploy, messages, timers
from engine.runtime.database import connect
from engine.settings import Settings
from engine.transaction import Engine

BEGINNING = datetime(2026, 1, 5, 12, tzinfo=UTC)
_MOST_ROUNDS = 1_000


@dataclass(slots=True)
class Stage:
    """A platform with one case on it. names: of the root instances, by id."""

    engine: Engine
    clock: VirtualClock
    operations: Operations
    names: dict[str, str] = field(default_factory=dict)

    def deploy(self, files: Mapping[str, bytes]) -> None:
        """Deploys and publishes all files as one package. Raises Invalid."""
        with self.engine.begin(SYSTEM) as tx:
            deploy.publish(tx, deploy.deploy(tx, "case", files).id)

    def settle(self) -> None:
        """Delivers what instances sent to each other, until nothing more arrives."""
        for _ in range(_MOST_ROUNDS):
            if messages.sweep(self.engine) == 0:
                return

    def next_due(self) -> datetime | None:
        """When the next timer, of an instance or of a start event, fires; None when none waits."""
        with self.engine.read(SYSTEM) as tx:
            waiting = tx.value(sa.select(sa.func.min(timer_rows.c.due_at)))
            is_armed = start_subscriptions.c.is_active
            starting = tx.value(sa.select(sa.func.min(start_subscriptions.c.due_at)).where(is_armed))
        return min((moment for moment in (waiting, starting) if moment is not None), default=None)

    def fire_due(self) -> None:
        """Fires what is due by now, and lets follow what follows."""
        timers.sweep(self.engine)
        self.settle()

    def roots(self) -> Mapping[str, str]:
        """The names of all root instances by id, in the order they began; those begun by events get a name of their own."""
        with self.engine.read(SYSTEM) as tx:
            query = sa.select(instances.c.id, instances.c.process_id).where(instances.c.id == instances.c.root_id)
            rows = tx.rows(query.order_by(instances.c.id))
        for row in rows:
            self.names.setdefault(row["id"], f"{row['process_id']}#{len(self.names)}")
        return {row["id"]: self.names[row["id"]] for row in rows}


@contextmanager
def opened(operations: Operations) -> Iterator[Stage]:
    """An empty platform, gone afterwards."""
    database = connect("sqlite://")
    metadata.create_all(database)
    clock = VirtualClock(BEGINNING)
    settings = Settings("sqlite://", Path(gettempdir()))
    engine = Engine(settings, database, ChinaCalendar(), clock=clock, operations=operations.table())
    try:
        yield Stage(engine, clock, operations)
    finally:
        database.dispose()
