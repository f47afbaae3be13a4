"""Opening a database: one code path, two engines, each with the settings that make it durable and honest."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from engine.models import address
from engine.transaction import KNOWN, READ_ONLY

_POSTGRES: Mapping[str, object] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 8000,
    "options": "-c idle_in_transaction_session_timeout=10000 -c statement_timeout=30000 -c lock_timeout=10000 -c timezone=UTC",
}


def connect(url: str) -> sa.Engine:
    """An engine for `sqlite:///file`, `sqlite://` (memory, for scenarios) or `postgresql+psycopg://…`.

    `?pooler=transaction` at the end says that a PgBouncer stands before the server: then nothing is asked that lives longer than
    a transaction (start-up options, prepared statements); `tongban db upgrade` gives the role its time-outs instead.

    SQLite: write-ahead log, full synchronisation, `BEGIN IMMEDIATE` for writers. PostgreSQL: time-outs everywhere, so that the
    locks of a worker that was cut off are gone within seconds."""
    parsed = address.parse(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    given = dict(_POSTGRES)
    if address.is_pooled(url):
        given.pop("options")
        given["prepare_threshold"] = None
    parsed = parsed.difference_update_query(["pooler"])
    engine = sa.create_engine(parsed, pool_size=10, max_overflow=20, pool_pre_ping=True, connect_args=given)
    sa.event.listen(engine, "before_execute", _forget_what_is_written)
    return engine


def image(engine: sa.Engine) -> bytes:
    """Everything in a SQLite database in memory, to begin others with."""
    with engine.connect() as connection:
        return bytes(_driver(connection).serialize())


def from_image(content: bytes) -> sa.Engine:
    """A SQLite database in memory that begins as the one an image was taken of."""
    engine = connect("sqlite://")
    with engine.connect() as connection:
        _driver(connection).deserialize(content)
    return engine


def _driver(connection: sa.Connection) -> Any:
    return connection.connection.driver_connection


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database in (None, "", ":memory:"):
        engine = sa.create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(url, pool_size=20, max_overflow=20, connect_args={"check_same_thread": False, "timeout": 30})
    sa.event.listen(engine, "connect", _on_connect)
    sa.event.listen(engine, "begin", _on_begin)
    sa.event.listen(engine, "before_execute", _forget_what_is_written)
    return engine


def _forget_what_is_written(connection: sa.Connection, statement: object, *_: object) -> None:
    """What a transaction keeps of a table is no longer true when it writes the table."""
    if isinstance(statement, sa.UpdateBase) and (known := connection.info.get(KNOWN)):
        known.pop(getattr(statement.table, "name", ""), None)


def _on_connect(connection: object, _: ConnectionPoolEntry) -> None:
    """The driver's own transaction handling is switched off: it would begin too late and upgrade read locks."""
    connection.isolation_level = None  # type: ignore[attr-defined]  # sqlite3.Connection
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON", "cache_size=-32000"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


def _on_begin(connection: sa.Connection) -> None:
    is_read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if is_read_only else "BEGIN IMMEDIATE")
