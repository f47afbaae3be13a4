"""Whole cities of earlier versions are opened, migrated and go on: what ran then is finished, on the packages of then.

One file a city, written by the version whose newest schema step it is named after, and never again. Each holds the services
published then, cases at every stage, and instances at rest in a task, a timer, a job and a message."""

import lzma
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.casework import invariants
from engine.clock import VirtualClock
from engine.models import copying
from engine.models.cases import cases
from engine.models.instances import instances
from engine.models.migrations import upgrade
from engine.models.tasks import human_tasks
from engine.runtime import database, history, messages, tasks
from engine.settings import Settings
from engine.transaction import Engine
from processes import package, people, player, publish
from processes.platform import build
from processes.player import Play
from tests.chaos.ledger import POST
from tests.chaos.test_checker import Willing
from tests.databases import fresh
from worker.duties import DUTIES

pytestmark = pytest.mark.slow
CITIES = sorted((Path(__file__).parent / "cities").glob("*.sql.xz"))
SERVICES = Path(__file__).parents[2] / "processes"
SHOP, ALLOWANCE = "SJ-SPJY-001", "MZ-GLJT-001"
AFTERWARDS = datetime(2026, 11, 26, 2, tzinfo=UTC)
"""The next morning in Shenzhen."""
VISIT = {"visited_on": "2026-11-25", "companion": "陈静", "points": ["sewage", "separate", "disinfection"]}
ANSWERS: Mapping[tuple[str, str], Mapping[str, Any]] = {
    (SHOP, "hand_in"): {"hand_in": {"supplement_note": "已补齐"}},
    (SHOP, "intake"): {"by": "limin", "answers": {"action": "accept", "checked": ["identity", "premises", "staff", "rules"]}},
    (SHOP, "review"): {"by": "wangqiang", "answers": {"review_result": "pass", "review_note": "布局合理"}},
    (SHOP, "inspect"): {"by": "wangqiang", "answers": {**VISIT, "inspection_result": "pass"}},
    (SHOP, "sign"): {"by": "chenjing", "answers": {"agrees": "yes"}},
    (SHOP, "approve"): {"by": "zhaowen", "answers": {"outcome": "grant"}},
    (ALLOWANCE, "review"): {"by": "wuxiao", "answers": {"outcome": "grant", "birth": "1940-07-07", "way": "visit"}},
}
"""What people do with the tasks of these two services."""


@dataclass(frozen=True)
class Town:
    """A city of then, opened by the program of now."""

    engine: Engine
    clock: VirtualClock

    def settle(self) -> None:
        """Everything that is due happens."""
        for duty in DUTIES:
            duty.sweep(self.engine, "w", 500)
        player.settle(self._play(SHOP))

    def act(self, item_code: str, case_no: str, element_id: str) -> None:
        """Whoever may does the task at an element."""
        step = ANSWERS[item_code, element_id]
        given = step if "hand_in" in step else {"complete": element_id, "opinion": "同意", **step}
        player.step(self._play(item_code, case_no), given)

    def _play(self, item_code: str, case_no: str = "") -> Play:
        applicant = people.person("weiran").actor()
        if case_no:
            with self.engine.read(SYSTEM) as tx:
                (case,) = tx.rows(sa.select(cases.c.account_id).where(cases.c.case_no == case_no))
            applicant = people.person(case["account_id"]).actor()
        return Play(self.engine, self.clock, item_code, applicant, case_no)

    def open_tasks(self) -> list[dict[str, Any]]:
        """Of the services whose tasks we know how to do."""
        known = cases.c.item_code.in_({item for item, _ in ANSWERS})
        query = sa.select(cases.c.item_code, cases.c.case_no, human_tasks.c.element_id)
        query = query.join(human_tasks, human_tasks.c.root_id == cases.c.root_id).where(known, human_tasks.c.state == "open")
        with self.engine.read(SYSTEM) as tx:
            return tx.rows(query.order_by(cases.c.case_no))

    def violations(self) -> list[str]:
        with self.engine.read(SYSTEM) as tx:
            return [str(violation) for violation in invariants.check(tx)]

    def left(self, *process_ids: str) -> list[dict[str, Any]]:
        """Instances that have not ended."""
        with self.engine.read(SYSTEM) as tx:
            query = sa.select(instances.c.id, instances.c.process_id)
            return tx.rows(query.where(instances.c.process_id.in_(process_ids), instances.c.ended_at.is_(None)))


@pytest.fixture(params=CITIES, ids=[path.name.removesuffix(".sql.xz") for path in CITIES])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of the old city, migrated."""
    file = tmp_path / "city.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(lzma.decompress(request.param.read_bytes()).decode())
    upgrade(f"sqlite:///{file}")
    return f"sqlite:///{file}"


def moved(url: str) -> str:
    """The same city on PostgreSQL."""
    goal = fresh("old_city")
    upgrade(goal)
    ours, theirs = database.connect(url), database.connect(goal)
    with ours.connect() as source, theirs.begin() as target:
        copying.copy(source, target)
    ours.dispose()
    theirs.dispose()
    return goal


@contextmanager
def opened(url: str, folder: Path) -> Iterator[Town]:
    """By the program of now, the next morning."""
    clock = VirtualClock(AFTERWARDS)
    engine = replace(build(Settings(url, folder, demo=True)), clock=clock)
    engine.connectors = {**engine.connectors, POST: Willing()}
    yield Town(engine, clock)
    engine.database.dispose()


def test_what_ran_then_is_finished_now(url: str, tmp_path: Path) -> None:
    with opened(url, tmp_path) as town:
        finish(town)


@pytest.mark.postgres
@pytest.mark.parametrize("url", CITIES[:1], ids=["oldest"], indirect=True)
def test_what_ran_then_is_finished_now_after_a_move_to_postgresql(url: str, tmp_path: Path) -> None:
    with opened(moved(url), tmp_path) as town:
        finish(town)


def finish(town: Town) -> None:
    """New versions are published beside the old ones, then everything goes on to its end."""
    assert town.violations() == []

    for manifest in ("food-licence", "elder-allowance"):
        publish.store(town.engine, package.load(SERVICES / manifest))
    town.settle()
    while waiting := town.open_tasks():
        for task in waiting:
            town.act(task["item_code"], task["case_no"], task["element_id"])
    _finish_the_rest(town)
    town.clock.advance(timedelta(days=1))
    town.settle()

    assert town.left("food-licence", "elder-allowance", "HUMAN", "TIMER", "PERMIT", "errand", "waiter") == []
    assert town.violations() == []
    assert list(history.verify(town.engine)) == []


def _finish_the_rest(town: Town) -> None:
    """Instances without a case: their tasks are done, their letters come."""
    for _ in range(4):
        with town.engine.read(SYSTEM) as tx:
            without = sa.select(cases.c.root_id)
            open_ = sa.select(human_tasks.c.id).where(human_tasks.c.state == "open", human_tasks.c.root_id.not_in(without))
            found = list(tx.connection.execute(open_).scalars())
        for task_id in found:
            with town.engine.begin(SYSTEM) as tx:
                tasks.complete(tx, task_id)
        with town.engine.begin(SYSTEM) as tx:
            messages.publish(tx, "errand.never")
        town.clock.advance(timedelta(minutes=1))
        town.settle()
