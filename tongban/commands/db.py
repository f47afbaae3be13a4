"""`tongban db`: the database's schema."""

import click

from engine.models.migrations import upgrade as migrate
from engine.settings import from_environment


@click.group()
def db() -> None:
    """数据库 / the database."""


@db.command()
def upgrade() -> None:
    """升级到当前版本，可重复执行 / migrate to the current schema; safe to repeat."""
    settings = from_environment()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate(settings.database_url)
    click.echo("数据库已是最新 / the database is up to date")
