"""Two workers at one row at the same moment: one wins, the other hears it, and the instance moves once."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import TypeVar

import pytest

from engine.actors import SYSTEM
from engine.bpmn.terms import Complete, Status
from engine.calendar.china import ChinaCalendar
from engine.clock import VirtualClock
from engine.errors import NotFound, TongbanError
from engine.models.migrations.draft import all_tables
from engine.runtime import external, history, jobs, start, tasks, timers, variables
from engine.runtime.database import connect
from engine.settings import Settings
from engine.transaction import Engine
from tests.databases import empty, shared
from tests.unit.runtime.test_lying_connectors import ASKING, begun, leased, status
from tests.unit.runtime.test_timers import PAUSE
from tests.unit.runtime.versions import flow, publish, user

ROUNDS = 4
READING = '<startEvent id="s"/>' + user("read") + '<endEvent id="e"/>' + flow("s", "read", "e")
Result = TypeVar("Result")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, clock: VirtualClock, tmp_path: Path) -> Iterator[Engine]:
    """A database with a connection for each thread: SQLite in a file, and PostgreSQL."""
    is_file = request.param == "sqlite"
    database = connect(f"sqlite:///{tmp_path / 'two.db'}") if is_file else shared("postgres")
    if is_file:
        all_tables().create_all(database)
    else:
        empty(database)
    yield Engine(Settings(str(database.url), tmp_path), database, ChinaCalendar(), clock=clock)
    if is_file:
        database.dispose()


def at_once(*works: Callable[[], Result]) -> list[Result | TongbanError]:
    """What each of them gives or is refused with, all begun at the same moment."""
    line = Barrier(len(works))

    def one(work: Callable[[], Result]) -> Result | TongbanError:
        line.wait(10)
        try:
            return work()
        except TongbanError as refused:
            return refused

    with ThreadPoolExecutor(len(works)) as pool:
        return [each.result(20) for each in [pool.submit(one, work) for work in works]]


def made(engine: Engine, body: str) -> str:
    with engine.begin(SYSTEM) as tx:
        publish(tx, body)
        return start.start(tx, "P").id


def known(engine: Engine, instance_id: str) -> Mapping[str, object]:
    with engine.read(SYSTEM) as tx:
        return variables.of(tx, instance_id)


def completing(engine: Engine, task_id: str, who: str) -> Callable[[], str]:
    def work() -> str:
        with engine.begin(SYSTEM) as tx:
            tasks.complete(tx, task_id, {"who": who})
        return who

    return work


def answering(engine: Engine, job: Mapping[str, object], who: str) -> Callable[[], str]:
    def work() -> str:
        with engine.begin(SYSTEM) as tx:
            external.complete(tx, str(job["id"]), int(str(job["fence"])), {"who": who})
        return who

    return work


def applying(engine: Engine, job: Mapping[str, object], who: str) -> Callable[[], None]:
    return lambda: jobs._apply(engine, job, Complete(str(job["wait_id"]), {"who": who}))


def test_of_two_who_complete_a_task_one_is_told_that_it_is_done(engine: Engine) -> None:
    for _ in range(ROUNDS):
        instance_id = made(engine, READING)
        with engine.read(SYSTEM) as tx:
            task_id = tasks.list_open(tx, instance_id)[0]["id"]

        came = at_once(completing(engine, task_id, "a"), completing(engine, task_id, "b"))

        (winner,) = [each for each in came if isinstance(each, str)]
        (refused,) = [each for each in came if not isinstance(each, str)]
        assert isinstance(refused, tasks.TaskClosed)
        assert refused.sentence("zh") != refused.sentence("en")
        assert known(engine, instance_id) == {"who": winner}


def test_a_timer_that_two_workers_see_fires_once(engine: Engine, clock: VirtualClock) -> None:
    for _ in range(ROUNDS):
        instance_id = made(engine, PAUSE)
        clock.advance(timedelta(hours=1))

        came = at_once(lambda: timers.sweep(engine), lambda: timers.sweep(engine))

        assert not [each for each in came if isinstance(each, TongbanError)]
        assert status(engine, instance_id) is Status.COMPLETED
        with engine.read(SYSTEM) as tx:
            ends = [event for event in history.of(tx, instance_id) if event.element_id == "e"]
        assert len({event.kind for event in ends}) == len(ends)


def test_the_answer_of_a_job_that_two_threads_apply_is_taken_once(engine: Engine) -> None:
    for _ in range(ROUNDS):
        wired, instance_id, _ = begun(engine, dict)
        job = leased(wired)

        at_once(applying(wired, job, "a"), applying(wired, job, "b"))

        assert known(wired, instance_id)["who"] in ("a", "b")
        assert status(wired, instance_id) is Status.COMPLETED


def test_of_two_external_answers_one_is_told_that_the_job_is_not_theirs_or_gone(engine: Engine) -> None:
    for _ in range(ROUNDS):
        instance_id = made(engine, ASKING)
        given = {"limit": 1, "lease": timedelta(minutes=1), "wait_seconds": 0.0}
        (job,) = external.fetch(engine, SYSTEM, "outside.ask", "van", **given, pause=lambda _: False)  # type: ignore[arg-type]

        came = at_once(answering(engine, job, "a"), answering(engine, job, "b"))

        (winner,) = [each for each in came if isinstance(each, str)]
        (refused,) = [each for each in came if not isinstance(each, str)]
        assert isinstance(refused, external.LeaseLost | NotFound)
        assert known(engine, instance_id) == {"who": winner}


def test_a_job_that_two_workers_want_is_leased_by_one(engine: Engine) -> None:
    for _ in range(ROUNDS):
        wired, *_ = begun(engine, dict)

        taken = at_once(lambda e=wired: jobs.lease(e, "a", 1), lambda e=wired: jobs.lease(e, "b", 1))  # type: ignore[misc]

        (job,) = [job for each in taken if not isinstance(each, TongbanError) for job in each]
        jobs.work(wired, job)
