"""A heap of timers that fell due together is drained without a pause, and what falls due meanwhile does not wait for its end."""

from datetime import timedelta

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.clock import VirtualClock
from engine.models.instances import instances
from engine.models.work import timers as rows
from engine.runtime import history, start, timers
from engine.transaction import Engine
from tests.unit.runtime.versions import flow, publish, timer, user
from worker.duties import BATCH, DUTIES

HOUR = timedelta(hours=1)
PAUSE = (
    '<startEvent id="s"/><intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
    '</timerEventDefinition></intermediateCatchEvent><endEvent id="e"/>'
) + flow("s", "t", "e")
TWO = (
    '<startEvent id="s"/><endEvent id="e"/><endEvent id="a"/><endEvent id="b"/>'
    + user("u")
    + timer("first", "u", "PT1H")
    + timer("second", "u", "PT2H")
    + flow("s", "u", "e")
    + flow("first", "a")
    + flow("second", "b")
)


def begun(engine: Engine, how_many: int, body: str = PAUSE) -> list[str]:
    with engine.begin(SYSTEM) as tx:
        publish(tx, body)
        return [start.start(tx, "P").id for _ in range(how_many)]


def ended(engine: Engine) -> set[str]:
    with engine.read(SYSTEM) as tx:
        return set(tx.connection.execute(sa.select(instances.c.id).where(instances.c.ended_at.is_not(None))).scalars())


def test_a_workers_beat_goes_on_while_timers_are_due(engine: Engine, clock: VirtualClock) -> None:
    begun(engine, BATCH + 5)
    clock.advance(HOUR)
    (duty,) = [duty for duty in DUTIES if duty.name == "timers"]

    worked = [duty.sweep(engine, "w", BATCH) for _ in range(3)]

    assert worked == [BATCH, 5, 0]


def test_what_falls_due_while_a_heap_is_drained_does_not_wait_for_its_end(engine: Engine, clock: VirtualClock) -> None:
    begun(engine, 4 * timers.SLICE)
    clock.advance(timedelta(minutes=10))
    later = begun(engine, 3)
    clock.advance(HOUR)

    timers.sweep(engine, timers.SLICE)

    assert ended(engine) > set(later)
    assert len(ended(engine)) == timers.SLICE


def test_an_instances_own_timers_fire_in_their_order_however_large_the_heap(engine: Engine, clock: VirtualClock) -> None:
    made = begun(engine, 2 * timers.SLICE, TWO)
    clock.advance(3 * HOUR)

    timers.sweep(engine, timers.SLICE)
    timers.sweep(engine, 4 * timers.SLICE)

    with engine.read(SYSTEM) as tx:
        assert tx.value(sa.select(sa.func.count()).select_from(rows)) == 0
        for instance_id in made:
            fired = [event.element_id for event in history.of(tx, instance_id) if event.element_id in ("first", "second")]
            assert list(dict.fromkeys(fired)) == ["first", "second"]
