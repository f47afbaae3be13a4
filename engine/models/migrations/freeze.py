"""Writes the first migration from the metadata, for as long as nothing is released: `python -m engine.models.migrations.freeze`.

After the first release this file goes, and steps are written by hand."""

import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext

import engine.models
from engine.models.base import metadata

FIRST = Path(__file__).parent / "versions" / "0001_first.py"
_HEAD = '''"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


'''


def all_tables() -> sa.MetaData:
    """The metadata with every family loaded."""
    for module in pkgutil.iter_modules(engine.models.__path__):
        if module.name != "migrations":
            import_module(f"engine.models.{module.name}")
    return metadata


def source() -> str:
    """The text of the first migration."""
    with sa.create_engine("sqlite://").connect() as connection:
        context = MigrationContext.configure(connection, opts={"render_item": _plain_type})
        script = produce_migrations(context, all_tables())
    if script.upgrade_ops is None:
        raise RuntimeError("the metadata holds no table")
    lines = render_python_code(script.upgrade_ops, render_item=_plain_type).splitlines()
    body = "\n".join(line for line in lines if not line.strip().startswith("#"))
    return f'{_HEAD}def upgrade() -> None:\n    """Creates every table."""\n{body}\n'


def _plain_type(kind: str, item: object, context: object) -> str | Literal[False]:
    """Our own column types by what they are stored as, so that no migration imports the models."""
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


if __name__ == "__main__":
    FIRST.parent.mkdir(exist_ok=True)
    FIRST.write_text(source(), "utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(FIRST)], check=True)  # noqa: S603  our own file
