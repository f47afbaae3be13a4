"""A database is upgraded while processes of the previous version serve: what they write goes on being taken, nothing is lost.

The old version's writes are made from the tables as they were before the step: they name no column that came later."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.models.migrations import apply
from engine.models.migrations.draft import STEPS
from engine.runtime.database import connect
from engine.transaction import READ_ONLY
from tests.databases import fresh

pytestmark = pytest.mark.slow
HOT = (
    "cases",
    "drafts",
    "human_tasks",
    "task_candidates",
    "jobs",
    "timers",
    "subscriptions",
    "messages",
    "notices",
    "sla_clocks",
)
REVISIONS = [path.name[:4] for path in sorted(STEPS.glob("[0-9]*.py"))]
PAIRS = list(pairwise(REVISIONS))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    opened = connect(f"sqlite:///{tmp_path / 'old.db'}" if request.param == "sqlite" else fresh("upgrade_load"))
    yield opened
    opened.dispose()


@dataclass
class OldCode:
    """Writes and reads the hot tables as the version before the step does, until it is told to stop."""

    database: sa.Engine
    tables: list[sa.Table]
    name: str
    written: Counter[str] = field(default_factory=Counter)
    failed: list[BaseException] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        nth = 0
        while not self.over.is_set():
            try:
                self._once(f"{self.name}-{nth}")
            except sa.exc.SQLAlchemyError as refused:
                self.failed.append(refused)
                return
            nth += 1

    def _once(self, key: str) -> None:
        with self.database.begin() as connection:
            for table in self.tables:
                connection.execute(table.insert(), _row(table, key))
        self.written.update(table.name for table in self.tables)
        with self.database.connect().execution_options(**{READ_ONLY: True}) as connection:
            for table in self.tables:
                assert connection.execute(sa.select(table).limit(1)).first() is not None


def _row(table: sa.Table, key: str) -> dict[str, Any]:
    """A value for every column that must have one; ids are of this writer."""
    return {column.name: _value(column, key) for column in table.columns if not column.nullable or column.primary_key}


def _value(column: sa.Column[Any], key: str) -> object:
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return True
    if isinstance(kind, (sa.Integer, sa.Numeric)):
        return 1
    if isinstance(kind, (sa.DateTime, sa.Date)):
        return datetime(2026, 11, 23, tzinfo=UTC)
    return key


@pytest.mark.parametrize(("before", "after"), PAIRS, ids=[f"{old}-{new}" for old, new in PAIRS])
def test_the_version_before_a_step_goes_on_while_the_step_is_taken_and_after_it(
    database: sa.Engine, before: str, after: str
) -> None:
    with database.begin() as connection:
        apply(connection, before)
    known = sa.MetaData()
    known.reflect(database)
    tables = [table for table in known.sorted_tables if table.name in HOT]
    writers = [OldCode(database, tables, name) for name in ("one", "two")]
    threads = [threading.Thread(target=writer.work) for writer in writers]
    for thread in threads:
        thread.start()

    with database.begin() as connection:
        apply(connection, after)
    at_the_step = sum(writer.written["cases"] for writer in writers)
    _until_more(writers, at_the_step + 10)
    for writer in writers:
        writer.over.set()
    for thread in threads:
        thread.join()

    assert [writer.failed for writer in writers] == [[], []]
    with database.connect() as connection:
        for table in tables:
            count = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            assert count == sum(writer.written[table.name] for writer in writers)


def _until_more(writers: list[OldCode], wanted: int) -> None:
    """The old version has written after the step as well, or has failed."""
    tick = threading.Event()
    for _ in range(2000):
        if any(writer.failed for writer in writers) or sum(writer.written["cases"] for writer in writers) >= wanted:
            return
        tick.wait(0.01)
