"""`tongban demo`: the seeded city."""

import time
from dataclasses import replace

import click
import sqlalchemy as sa

from engine.errors import Conflict
from engine.models.migrations import upgrade
from engine.settings import Settings, from_environment


@click.command()
@click.option("--reset", is_flag=True, help="先清空现有数据 / throw the present data away first.")
@click.option(
    "--items", default=7683, show_default=True, help="事项总数 / services in all, most of them guides without a process."
)
def demo(reset: bool, items: int) -> None:
    """装入示范城市；已有数据时保留 / load the seeded city; what is there is kept."""
    from processes.demo import load
    from processes.platform import build

    began = time.monotonic()
    settings = replace(from_environment(), demo=True)
    if reset:
        _empty(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    upgrade(settings.database_url)
    load(build(settings), items=items)
    click.echo(f"示范城市已就绪 / the seeded city is ready ({time.monotonic() - began:.1f} s)")


class OnlyEmbedded(Conflict):
    """Expected the embedded SQLite database, but it is {found}; drop and create that database by its own tools."""

    zh = "只能清空内嵌 SQLite 数据库，当前是 {found}；请用该数据库自己的工具重建。"


def _empty(settings: Settings) -> None:
    url = sa.make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise OnlyEmbedded(found=url.get_backend_name())
    for suffix in ("", "-wal", "-shm"):
        (settings.data_dir / f"{settings.data_dir.joinpath(url.database).name}{suffix}").unlink(missing_ok=True)
