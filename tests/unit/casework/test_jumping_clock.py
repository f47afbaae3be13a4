"""Every duty of a worker may be done again after the clock jumped ahead and back; nothing is written a second time."""

from collections.abc import Mapping
from datetime import timedelta

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.clock import VirtualClock
from engine.models.clocks import cards, escalations, sla_clocks
from engine.models.instances import history
from engine.models.notices import notices
from engine.models.work import jobs, timers
from engine.transaction import Engine
from tests.unit.casework.test_people import accepted
from worker.duties import BATCH, DUTIES

TABLES = (cards, escalations, history, notices, jobs, timers)


def worked(engine: Engine) -> Mapping[str, int]:
    """All duties until the whole ladder of escalation is climbed, a step each time; what is written then."""
    for _ in range(6):
        for duty in DUTIES:
            duty.sweep(engine, "w", BATCH)
    with engine.read(SYSTEM) as tx:
        return {table.name: tx.value(sa.select(sa.func.count()).select_from(table)) for table in TABLES}


def lights(engine: Engine) -> list[str]:
    with engine.read(SYSTEM) as tx:
        return list(tx.connection.execute(sa.select(sla_clocks.c.colour).where(sla_clocks.c.stopped_at.is_(None))).scalars())


def test_what_duties_wrote_in_a_jump_they_do_not_write_again(city: Engine, clock: VirtualClock) -> None:
    accepted(city)
    clock.advance(timedelta(days=30))  # long past every limit

    ahead = worked(city)
    clock.advance(-timedelta(days=1))
    back = worked(city)
    clock.advance(timedelta(days=1))
    again = worked(city)

    assert ahead["cards"] > 0
    assert ahead == back == again
    assert set(lights(city)) == {"red"}


def test_a_clock_set_back_before_its_yellow_card_gives_it_once_in_the_end(city: Engine, clock: VirtualClock) -> None:
    accepted(city)
    before = worked(city)
    clock.advance(timedelta(hours=1))
    early = worked(city)
    clock.advance(-timedelta(days=1))
    back = worked(city)
    clock.advance(timedelta(days=31))
    late = worked(city)

    assert before["cards"] == early["cards"] == back["cards"] == 0
    assert late["cards"] > 0
    assert worked(city) == late
