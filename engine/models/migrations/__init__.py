"""The schema's history: Alembic without an ini file, run from the package.

Rules for the next step: schema and data apart, no import of the models, old and new code both run against each step."""

from pathlib import Path

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.models import address

HERE = Path(__file__).parent


def upgrade(url: str) -> None:
    """Migrates the database to the newest step; safe to repeat and safe with several processes at once on PostgreSQL."""
    engine = _open(url)
    try:
        with engine.begin() as connection:
            _lock(connection)
            apply(connection)
            _give_the_role_its_timeouts(connection)
    finally:
        engine.dispose()


def apply(connection: sa.Connection, target: str = "head") -> None:
    """Migrates within the caller's transaction."""
    script = _script()
    context = MigrationContext.configure(
        connection, opts={"fn": lambda now, _: script._upgrade_revs(target, now), "render_as_batch": True}
    )
    with Operations.context(context):
        context.run_migrations()


def pending(url: str) -> list[str]:
    """Steps that the database has not taken yet, oldest first. Raises OperationalError when it does not answer."""
    engine = _open(url)
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_heads()
    finally:
        engine.dispose()
    steps = [step.revision for step in _script().walk_revisions()][::-1]
    taken = {ancestor for head in current for ancestor in _ancestors(head)}
    return [step for step in steps if step not in taken]


def _ancestors(head: str) -> set[str]:
    return {step.revision for step in _script().iterate_revisions(head, "base")}


def _script() -> ScriptDirectory:
    return ScriptDirectory(str(HERE))


def _lock(connection: sa.Connection) -> None:
    """Two processes starting at once: the second waits and finds nothing left to do."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("select pg_advisory_xact_lock(7366140)"))


def _open(url: str) -> sa.Engine:
    """A plain connection of any address that the settings take."""
    return sa.create_engine(address.parse(url).difference_update_query(["pooler"]), poolclass=sa.NullPool)


def _give_the_role_its_timeouts(connection: sa.Connection) -> None:
    """Time-outs as a property of the role in this database: behind a PgBouncer a connection cannot ask for its own."""
    if connection.dialect.name != "postgresql":
        return
    base = connection.execute(sa.text("select quote_ident(current_database())")).scalar_one()
    for name, value in (("idle_in_transaction_session_timeout", "10s"), ("statement_timeout", "30s"), ("lock_timeout", "10s")):
        connection.execute(sa.text(f"alter role current_user in database {base} set {name} = '{value}'"))
