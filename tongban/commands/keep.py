"""`tongban backup | restore | move`: a city in one file, back again, and from the embedded database to PostgreSQL."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import sqlalchemy as sa

from engine.errors import Conflict
from engine.models import address, copying
from engine.models.migrations import upgrade
from engine.models.work import workers
from engine.runtime import database, keeping
from engine.settings import from_environment
from engine.transaction import READ_ONLY


class StillRunning(Conflict):
    """Expected the city to stand still while it moves, but {process} was seen a moment ago; stop it and repeat."""

    zh = "搬迁时须停机，但进程 {process} 刚刚还在运行；请先停止它再重试。"


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """在线备份到一个文件：全部数据与附件 / one consistent backup of everything, while the city runs."""
    settings = from_environment()
    counts = keeping.backup(database.connect(settings.database_url), settings.data_dir, file)
    click.echo(f"已备份 {sum(counts.values())} 行到 {file}，已逐行核对 / rows kept and compared")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """把备份恢复到空库（TONGBAN_DATABASE_URL）/ fills the empty database and folder of the settings from a backup."""
    settings = from_environment()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    upgrade(settings.database_url)
    counts = keeping.restore(file, database.connect(settings.database_url), settings.data_dir)
    click.echo(f"已恢复 {sum(counts.values())} 行，已逐行核对 / rows restored and compared")
    click.echo("请运行 tongban audit invariants 做全库重放核对 / run tongban audit invariants to replay every history")


@click.command()
@click.option("--to", "target", required=True, help="postgresql://user:password@host/database")
def move(target: str) -> None:
    """把内嵌城市搬到 PostgreSQL，逐行核对 / moves the embedded city to PostgreSQL, compared row by row; the old one is kept."""
    settings = from_environment()
    upgrade(settings.database_url)
    opened = database.connect(settings.database_url)
    _stands_still(opened)
    url = address.parse(target).render_as_string(hide_password=False)
    upgrade(url)
    goal = database.connect(url)
    try:
        with opened.connect().execution_options(**{READ_ONLY: True}) as rows, rows.begin(), goal.begin() as there:
            counts = copying.copy(rows, there)
            copying.verify(rows, there)
    finally:
        goal.dispose()
        opened.dispose()
    for name, count in counts.items():
        if count:
            click.echo(f"  {count:>9}  {name}")
    click.echo(f"已搬迁 {sum(counts.values())} 行，逐行一致 / rows moved, every one compared")
    click.echo(f"今后请设置 / from now on set TONGBAN_DATABASE_URL={target}")


def _stands_still(opened: sa.Engine) -> None:
    with opened.connect() as connection:
        recent = sa.select(workers.c.id).where(workers.c.seen_at > datetime.now(UTC) - timedelta(seconds=5)).limit(1)
        found = connection.execute(recent).scalar()
    if found is not None:
        opened.dispose()
        raise StillRunning(process=found)
