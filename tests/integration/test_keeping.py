"""Backup while the city runs, restore into either database, move to PostgreSQL: rows compared, histories played again."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from engine.actors import SYSTEM
from engine.casework import invariants
from engine.models import copying
from engine.models.cases import cases
from engine.models.migrations import upgrade
from engine.runtime import database, keeping
from engine.settings import Settings
from engine.transaction import Engine
from processes import demo
from processes.platform import build
from tests.databases import fresh
from tongban.main import cli

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The demo city on SQLite, with one document beside it."""
    folder = tmp_path_factory.mktemp("town")
    url = f"sqlite:///{folder / 'tongban.db'}"
    upgrade(url)
    engine = build(Settings(url, folder))
    demo.load(engine)
    assert engine.documents is not None
    engine.documents.put(b"%PDF a drawing", "application/pdf")
    yield engine
    engine.database.dispose()


def differing(one: sa.Engine, other: sa.Engine) -> list[str]:
    with one.connect() as here, other.connect() as there:
        return [table.name for table in copying.tables() if copying.digest(table, here) != copying.digest(table, there)]


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_backup_restores_into_either_database_with_every_row_file_and_history(town: Engine, kind: str, tmp_path: Path) -> None:
    keeping.backup(town.database, town.settings.data_dir, tmp_path / "city.tar.gz")
    folder = tmp_path / "restored"
    url = f"sqlite:///{tmp_path / 'restored.db'}" if kind == "sqlite" else fresh("restored")
    upgrade(url)
    restored = build(Settings(url, folder))

    keeping.restore(tmp_path / "city.tar.gz", restored.database, folder)

    assert differing(town.database, restored.database) == []
    with restored.read(SYSTEM) as tx:
        assert [str(violation) for violation in invariants.check(tx)] == []
    restored.database.dispose()
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert b"%PDF a drawing" in files


def test_what_is_written_during_a_backup_is_wholly_in_it_or_not_at_all(
    town: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with town.database.connect() as connection:
        first = copying.digest(cases, connection)
    plain = copying._copy

    def meddling(table: sa.Table, source: sa.Connection, target: sa.Connection) -> int:
        """Somebody changes every case while the second table is copied."""
        if table is copying.tables()[1]:
            with town.begin(SYSTEM) as tx:
                tx.connection.execute(cases.update().values(version=cases.c.version + 1))
        return plain(table, source, target)

    monkeypatch.setattr(copying, "_copy", meddling)
    keeping.backup(town.database, town.settings.data_dir, tmp_path / "city.tar.gz")

    with tarfile.open(tmp_path / "city.tar.gz") as archive:
        archive.extract("city.db", tmp_path, filter="data")
    with database.connect(f"sqlite:///{tmp_path / 'city.db'}").connect() as kept, town.database.connect() as now:
        assert copying.digest(cases, kept) == first
        assert copying.digest(cases, now) != first


def test_a_broken_backup_is_refused_and_nothing_is_restored(town: Engine, tmp_path: Path) -> None:
    file = tmp_path / "city.tar.gz"
    keeping.backup(town.database, town.settings.data_dir, file)
    file.write_bytes(file.read_bytes()[:-2000])
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    upgrade(url)
    opened = database.connect(url)

    with pytest.raises(keeping.BackupBroken):
        keeping.restore(file, opened, tmp_path / "files")

    with opened.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(cases)).scalar_one() == 0
    opened.dispose()


@pytest.mark.postgres
def test_the_embedded_city_moves_to_postgresql_and_a_second_move_is_refused(
    town: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGBAN_DATABASE_URL", town.settings.database_url)
    monkeypatch.setenv("TONGBAN_DATA", str(town.settings.data_dir))
    goal = fresh("moved")

    moved = CliRunner().invoke(cli, ["move", "--to", goal])
    again = CliRunner().invoke(cli, ["move", "--to", goal])

    assert moved.exit_code == 0, moved.output
    there = database.connect(goal)
    assert differing(town.database, there) == []
    there.dispose()
    assert isinstance(again.exception, copying.NotEmpty)


@pytest.mark.postgres
def test_behind_a_pooler_nothing_is_asked_that_outlives_a_transaction() -> None:
    url = fresh("pooled")
    upgrade(url)
    opened = database.connect(f"{url}{'&' if '?' in url else '?'}pooler=transaction")

    with opened.connect() as connection:
        line = connection.connection.driver_connection
        timeout = connection.exec_driver_sql("show statement_timeout").scalar_one()
        idle = connection.exec_driver_sql("show idle_in_transaction_session_timeout").scalar_one()

    assert line is not None
    assert line.prepare_threshold is None
    assert (timeout, idle) == ("30s", "10s")
    opened.dispose()
