"""A clock that jumps an hour ahead and a day back: nothing fires twice, nothing is lost, and the leases of the dead end."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.bpmn.terms import Status
from engine.clock import VirtualClock
from engine.models.instances import instances
from engine.models.work import jobs as rows
from engine.runtime import calls, jobs, start, timers, workers
from engine.transaction import Engine
from tests.unit.runtime.test_lying_connectors import Answering, begun, status
from tests.unit.runtime.test_timers import PAUSE
from tests.unit.runtime.versions import flow, publish, user

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVERY_TEN = "<timerEventDefinition><timeCycle>R3/PT10M</timeCycle></timerEventDefinition>"
REMINDED = (
    '<startEvent id="s"/>'
    + user("u")
    + f'<boundaryEvent id="t" attachedToRef="u" cancelActivity="false">{EVERY_TEN}</boundaryEvent>'
    + '<userTask id="reminder"/><endEvent id="e"/><endEvent id="f"/>'
    + flow("s", "u", "e")
    + flow("t", "reminder", "f")
)
HOURLY = (
    '<startEvent id="s"><timerEventDefinition><timeCycle>R/PT1H</timeCycle></timerEventDefinition></startEvent>'
    + user("u")
    + '<endEvent id="e"/>'
    + flow("s", "u", "e")
)


def swept(engine: Engine) -> int:
    """Timers fired until none is due."""
    return sum(iter(lambda: timers.sweep(engine), 0))


def count(engine: Engine, query: sa.Select[tuple[int]]) -> int:
    with engine.read(SYSTEM) as tx:
        return int(tx.value(query))


def test_a_timer_fires_once_however_the_clock_jumps(engine: Engine, clock: VirtualClock) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, PAUSE)
        made = start.start(tx, "P").id

    fired = []
    for jump in (HOUR, -DAY, DAY, HOUR):
        clock.advance(jump)
        fired.append(swept(engine))

    assert fired == [1, 0, 0, 0]
    assert status(engine, made) is Status.COMPLETED


def test_a_timer_of_before_the_jump_back_still_fires_at_its_moment(engine: Engine, clock: VirtualClock) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, PAUSE)
        made = start.start(tx, "P").id

    clock.advance(-DAY)
    early = swept(engine)
    clock.advance(DAY + HOUR)

    assert (early, swept(engine)) == (0, 1)
    assert status(engine, made) is Status.COMPLETED


def test_reminders_that_fell_due_in_a_jump_come_together_as_one_and_not_again(engine: Engine, clock: VirtualClock) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, REMINDED)
        start.start(tx, "P")

    fired = []
    for jump in (HOUR, -DAY, DAY, DAY):
        clock.advance(jump)
        fired.append(swept(engine))

    assert fired == [1, 0, 0, 0]


def test_a_start_timer_starts_no_second_instance_for_an_hour_that_comes_twice(engine: Engine, clock: VirtualClock) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, HOURLY)
    begun_before = sa.select(sa.func.count()).select_from(instances)

    clock.advance(HOUR)
    swept(engine)
    first = count(engine, begun_before)
    clock.advance(-DAY)
    swept(engine)
    clock.advance(DAY)
    swept(engine)

    assert (first, count(engine, begun_before)) == (1, 1)


def test_a_job_that_is_out_while_the_clock_jumps_is_answered_once(engine: Engine, clock: VirtualClock) -> None:
    engine, made, _ = begun(engine, dict)
    (job,) = jobs.lease(engine, "w", 8)

    clock.advance(HOUR)
    (taken,) = jobs.lease(engine, "w2", 8)
    clock.advance(-DAY)
    again = jobs.lease(engine, "w3", 8)
    jobs.work(engine, taken)
    jobs.work(engine, job)

    assert again == []
    assert status(engine, made) is Status.COMPLETED
    assert count(engine, sa.select(sa.func.count()).select_from(rows)) == 0


@pytest.mark.parametrize("jump", [HOUR, -DAY])
def test_the_leases_of_a_dead_process_end_though_the_clock_jumped(engine: Engine, clock: VirtualClock, jump: timedelta) -> None:
    dead = replace(engine, worker_id="dead", connectors={"outside.ask": Answering(dict)})
    alive, made, _ = begun(engine, dict)
    workers.beat(dead, "worker")
    jobs.lease(dead, "dead", 8)

    clock.advance(jump)
    workers.beat(alive, "worker")
    clock.advance(DAY)  # its retry is due by the new clock
    jobs.sweep(alive, "alive")

    assert status(alive, made) is Status.COMPLETED


def test_a_breaker_that_opened_before_the_clock_was_set_back_is_not_open_for_a_day(clock: VirtualClock) -> None:
    known = calls.Breaker(None)
    for _ in range(calls.FAILURES):
        known.took("no route", clock.now)

    is_open = not known.admits(clock.now)
    clock.advance(-DAY)

    assert is_open
    assert known.admits(clock.now)
    assert not known.admits(clock.now)
