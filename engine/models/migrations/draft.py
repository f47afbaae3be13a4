"""Drafts the next step from what the models have and the steps lack: `python -m engine.models.migrations.draft NAME`.

A draft is read by a person before it is committed: a step only adds (a column with a server default, a table, an index), so that
the code of the release before goes on running against the new schema; taking away is a later release's step."""

import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext

import engine.models
from engine.models.base import metadata
from engine.models.migrations import apply

STEPS = Path(__file__).parent / "versions"
_HEAD = '''"""{title}."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{parent}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what the models have since step {parent}."""
{body}
'''


def all_tables() -> sa.MetaData:
    """The metadata with every family loaded."""
    for module in pkgutil.iter_modules(engine.models.__path__):
        if module.name != "migrations":
            import_module(f"engine.models.{module.name}")
    return metadata


def missing(connection: sa.Connection) -> MigrationScript:
    """What the models have and this database lacks, or has too much."""
    context = MigrationContext.configure(connection, opts={"render_item": _plain_type, "compare_type": False})
    return produce_migrations(context, all_tables())


def draft(name: str) -> Path | None:
    """Writes the next step; None when the steps already lead to the models."""
    with sa.create_engine("sqlite://").begin() as connection:
        apply(connection)
        script = missing(connection)
    if script.upgrade_ops is None or script.upgrade_ops.is_empty():
        return None
    last = max(path.stem for path in STEPS.glob("[0-9]*.py"))
    parent, revision = last[:4], f"{int(last[:4]) + 1:04d}"
    lines = render_python_code(script.upgrade_ops, render_item=_plain_type).splitlines()
    body = "\n".join(line for line in lines if not line.strip().startswith("#"))
    path = STEPS / f"{revision}_{name}.py"
    title = name.replace("_", " ").capitalize()
    path.write_text(_HEAD.format(title=title, revision=revision, parent=parent, body=body), "utf-8")
    return path


def _plain_type(kind: str, item: object, context: object) -> str | Literal[False]:
    """Our own column types by what they are stored as, so that no migration imports the models."""
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


if __name__ == "__main__":
    written = draft(sys.argv[1])
    if written is not None:
        subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(written)], check=True)  # noqa: S603  our own file
    sys.stdout.write(f"{written or 'the steps already lead to the models'}\n")
