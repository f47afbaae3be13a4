"""One transaction, who asked for it and at which moment.

A function taking `engine` opens exactly one of these; a function taking `tx` never commits."""

import os
import random
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from engine import replicas, statements
from engine.actors import Actor
from engine.calendar.office import Office
from engine.clock import Clock, DatabaseClock
from engine.ports import AttributeSource, Connector, Courier, DocumentStore, NotificationChannel, Poster, Signer, WorkingCalendar
from engine.replicas import Replica
from engine.settings import Settings

READ_ONLY = "tongban_read_only"
_TRIES = 4
_UNDONE = frozenset({"40001", "40P01", "53100", "53300", "55P03", "57P01", "57P02", "57P03"})
"""SQLSTATEs after which a transaction was certainly undone: serialization, deadlock, full disk, too many connections,
lock time-out, the server going down."""
Result = TypeVar("Result")


def is_passing(error: BaseException) -> bool:
    """Whether the database gave up a transaction for a reason that passes, or cannot be reached at the moment."""
    if isinstance(error, sa.exc.TimeoutError):
        return True  # every connection of the pool is in use
    if not isinstance(error, sa.exc.DBAPIError):
        return False
    state = str(getattr(error.orig, "sqlstate", None) or "")
    is_busy = any(said in str(error.orig) for said in ("database is locked", "disk is full"))
    if error.statement is None and isinstance(error, sa.exc.OperationalError):
        return True  # no statement: it could not even be reached
    return is_busy or error.connection_invalidated or state in _UNDONE or state.startswith("08")


def again(work: Callable[[], Result]) -> Result:
    """Does some work that opens one transaction, and does it again, after a short pause with jitter, when the database undid it.

    Only for work that is safe to repeat: what an unknown commit may have done already, it must find and leave alone."""
    for attempt in range(1, _TRIES):
        try:
            return work()
        except sa.exc.DBAPIError as error:
            if not is_passing(error):
                raise
        time.sleep(random.uniform(0.5, 1.5) * 0.05 * 2**attempt)  # noqa: S311  jitter
    return work()


KNOWN = "tongban_known"
"""Where a connection holds what its transaction has read, so that whoever writes a table is noticed."""


@dataclass(slots=True)
class Transaction:
    """An open transaction: `connection` to read and write, one `now` for everything in it, and the engine's ports.

    open_roots: what the runtime keeps of the instances this transaction is moving, by root id. notes: what casework has read
    once for the whole transaction. as_of: moment of what is read here, a little before `now` on a replica; see `Engine.look`."""

    engine: "Engine"
    connection: sa.Connection
    actor: Actor
    now: datetime
    open_roots: dict[str, object] = field(default_factory=dict)
    keeps_jobs: bool = False
    kept: list[Mapping[str, Any]] = field(default_factory=list)
    has_more: bool = False
    notes: dict[str, object] = field(default_factory=dict)
    as_of: datetime | None = None
    _known: dict[str, dict[object, Any]] = field(default_factory=dict)
    _later: dict[sa.Table, list[dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection.info[KNOWN] = self._known

    def once(self, table: sa.Table, key: object, load: Callable[[], Any]) -> Any:
        """What `load` reads of a table, read once while a root is locked here, until the table is written again.

        A step reads its case a dozen times; nobody else can change it meanwhile, because they need the same lock."""
        if not self.open_roots:
            return load()
        known = self._known.setdefault(table.name, {})
        if key not in known:
            known[key] = load()
        return known[key]

    def remember(self, table: sa.Table, key: object, value: Any) -> None:
        """What a table now holds under a key, for whoever has just written it."""
        if self.open_roots:
            self._known.setdefault(table.name, {})[key] = value

    def later(self, table: sa.Table, row: dict[str, Any]) -> None:
        """Inserts a row at the commit, together with its like: for tables that nobody reads in the transaction that writes."""
        self._later.setdefault(table, []).append(row)

    def flush(self) -> None:
        """Inserts what was put off."""
        for table, rows in self._later.items():
            self.insert(table, rows)
        self._later.clear()

    def find(self, table: sa.Table, *columns: str, locks: bool = False, **key: object) -> dict[str, Any] | None:
        """The only row with these keys, or some of its columns; None when there is none. locks: until the transaction ends."""
        names, given = _named(key)
        result = self.connection.execute(statements.select(table, names, columns, locks=locks), given).one_or_none()
        return None if result is None else dict(result._mapping)

    def find_all(self, table: sa.Table, *columns: str, order: tuple[str, ...] = (), **key: object) -> list[dict[str, Any]]:
        """All rows with these keys, or some of their columns; a list as a key means any of them."""
        names, given = _named(key)
        result = self.connection.execute(statements.select(table, names, columns, order), given)
        return [dict(row) for row in result.mappings()]

    def count(self, table: sa.Table, **key: object) -> int:
        """How many rows have these keys; only where there are few."""
        names, given = _named(key)
        return self.connection.execute(statements.count(table, names), given).scalar_one()

    def insert(self, table: sa.Table, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
        """New rows, all with the same columns."""
        self.connection.execute(statements.insert(table), rows)

    def update(self, table: sa.Table, key: Mapping[str, object], **values: Any) -> int:
        """Changes columns of the rows with these keys; how many there were."""
        names, given = _named(key)
        return self.connection.execute(statements.update(table, names), {**values, **given}).rowcount

    def delete(self, table: sa.Table, **key: object) -> int:
        """Removes the rows with these keys; how many there were."""
        names, given = _named(key)
        return self.connection.execute(statements.delete(table, names), given).rowcount

    def row(self, query: sa.Executable, **given: object) -> dict[str, Any] | None:
        """The only row of a query by column name, None when there is none. given: values of its parameters."""
        result = self.connection.execute(query, given)
        names, found = tuple(result.keys()), result.one_or_none()
        return None if found is None else dict(zip(names, found, strict=True))

    def rows(self, query: sa.Executable) -> list[dict[str, Any]]:
        """All rows of a query by column name."""
        result = self.connection.execute(query)
        names = tuple(result.keys())
        return [dict(zip(names, row, strict=True)) for row in result]

    def value(self, query: sa.Executable) -> Any:
        """The first column of the first row, None when there is none."""
        return self.connection.execute(query).scalar()


def _named(key: Mapping[str, object]) -> tuple[tuple[str, ...], dict[str, object]]:
    """Keys as statements name them, and their values."""
    names = {name + "[]" if isinstance(value, list | tuple) else name: value for name, value in key.items()}
    return tuple(names), {"_" + name: value for name, value in names.items()}


Operation = Callable[[Transaction, Mapping[str, object], Mapping[str, object]], Mapping[str, object]]
"""An internal service task, run inside the step: (tx, context, input) → output variables.

context: `instance_id`, `root_id`, `business_key` (case number or None), `definition_id`, `element_id`, `actor_id`.
Pure database work. Raises ConnectorRefused for a BPMN error."""

Observer = Callable[[Transaction, Mapping[str, object], tuple[object, ...]], None]
"""(tx, instance row, kernel history of the step), called inside the step's transaction: the one upward seam."""


@dataclass(slots=True)
class Engine:
    """The wired platform: a database and the ports; built once by `processes.platform.build`.

    hooks: what the webhooks want to hear, as this process knows it; None before anybody looked.
    offices: an office's calendar and hours by its key. worker_id: the name under which this process leases work.
    replica: a copy of the database that may lag, for those who only look; None when there is none.
    left_work: called after a commit that left work for others; None when nobody listens."""

    settings: Settings
    database: sa.Engine
    calendar: WorkingCalendar
    clock: Clock = field(default_factory=DatabaseClock)
    operations: Mapping[str, Operation] = field(default_factory=dict)
    connectors: Mapping[str, Connector] = field(default_factory=dict)
    sources: Mapping[str, AttributeSource] = field(default_factory=dict)
    channels: Mapping[str, NotificationChannel] = field(default_factory=dict)
    documents: DocumentStore | None = None
    courier: Courier | None = None
    signer: Signer | None = None
    poster: Poster | None = None
    observers: tuple[Observer, ...] = ()
    offices: Callable[[str], Office] | None = None
    replica: Replica | None = None
    hooks: Sequence[object] | None = field(default=None, repr=False)
    left_work: Callable[[], None] | None = field(default=None, repr=False)
    worker_id: str = field(default_factory=lambda: f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}")
    _writer: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @contextmanager
    def begin(self, actor: Actor, *, keeps_jobs: bool = False) -> Iterator[Transaction]:
        """Opens one transaction; commits on leaving, rolls back on an exception.

        keeps_jobs: the caller does what comes of it itself, by `jobs.follow`, unless the settings leave no time for that.

        Writers of the embedded database queue here, in the process: SQLite's own busy handler is unfair and made the unluckiest
        of eight writers wait for seconds."""
        with self._turn(), self.database.begin() as connection:
            tx = Transaction(self, connection, actor, self.clock.read(connection).astimezone(UTC))
            tx.keeps_jobs = keeps_jobs and self.settings.drain_seconds > 0
            yield tx
            tx.flush()
        if tx.has_more and self.left_work is not None:
            self.left_work()

    @contextmanager
    def read(self, actor: Actor) -> Iterator[Transaction]:
        """Opens one transaction that only reads: it waits for no writer and is rolled back at the end."""
        turn = self._turn() if self._is_memory else nullcontext()
        with turn, self.database.connect().execution_options(**{READ_ONLY: True}) as connection, connection.begin() as own:
            yield Transaction(self, connection, actor, self.clock.read(connection).astimezone(UTC))
            own.rollback()

    @contextmanager
    def look(self, actor: Actor) -> Iterator[Transaction]:
        """Opens a transaction for boards: as `read`, but on the replica where there is one that answers.

        What it shows may be some seconds old; `as_of` says of which moment it is."""
        connection = self.replica.connection() if self.replica is not None else None
        if connection is None:
            with self.read(actor) as tx:
                yield tx
            return
        with connection, connection.begin() as own:
            now, as_of = replicas.moments(connection)
            yield Transaction(self, connection, actor, now, as_of=as_of)
            own.rollback()

    @property
    def _is_memory(self) -> bool:
        return self.database.dialect.name == "sqlite" and self.database.url.database in (None, "", ":memory:")

    def _turn(self) -> AbstractContextManager[object]:
        return self._writer if self.database.dialect.name == "sqlite" else nullcontext()
