"""One transaction, who asked for it and at which moment.

A function taking `engine` opens exactly one of these; a function taking `tx` never commits."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from engine.actors import Actor
from engine.calendar.office import Office
from engine.clock import Clock, DatabaseClock
from engine.ports import AttributeSource, Connector, DocumentStore, NotificationChannel, WorkingCalendar
from engine.settings import Settings


@dataclass(slots=True)
class Transaction:
    """An open transaction: `connection` to read and write, one `now` for everything in it, and the engine's ports."""

    engine: "Engine"
    connection: sa.Connection
    actor: Actor
    now: datetime


Operation = Callable[[Transaction, Mapping[str, object], Mapping[str, object]], Mapping[str, object]]
"""An internal service task, run inside the step: (tx, context, input) → output variables.

context: `instance_id`, `root_id`, `business_key` (case number or None), `definition_id`, `element_id`, `actor_id`.
Pure database work. Raises ConnectorRefused for a BPMN error."""

Observer = Callable[[Transaction, Mapping[str, object], tuple[object, ...]], None]
"""(tx, instance row, kernel history of the step), called inside the step's transaction: the one upward seam."""


@dataclass(slots=True)
class Engine:
    """The wired platform: a database and the ports; built once by `processes.platform.build`.

    offices: an office's calendar and hours by its key."""

    settings: Settings
    database: sa.Engine
    calendar: WorkingCalendar
    clock: Clock = field(default_factory=DatabaseClock)
    operations: Mapping[str, Operation] = field(default_factory=dict)
    connectors: Mapping[str, Connector] = field(default_factory=dict)
    sources: Mapping[str, AttributeSource] = field(default_factory=dict)
    channels: Mapping[str, NotificationChannel] = field(default_factory=dict)
    documents: DocumentStore | None = None
    observers: tuple[Observer, ...] = ()
    offices: Callable[[str], Office] | None = None

    @contextmanager
    def begin(self, actor: Actor) -> Iterator[Transaction]:
        """Opens one transaction; commits on leaving, rolls back on an exception."""
        with self.database.begin() as connection:
            yield Transaction(self, connection, actor, self.clock.read(connection))
