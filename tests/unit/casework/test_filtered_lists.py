"""Lists filtered by what the case says: the pool reads one index, which is written whenever the case's light or clock moves."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.casework import applications, inbox, sla, urgency
from engine.casework.inbox import Filters
from engine.clock import VirtualClock
from engine.models.tasks import human_tasks, task_candidates
from engine.transaction import Engine
from tests.unit.casework.city import INTAKE, SHOP


def apply(city: Engine) -> str:
    return applications.apply(city, SHOP, "SC-001", {"name": "好味"}, idempotency_key="k1").case_no


def found(city: Engine, **filters: str) -> list[str | None]:
    with city.read(INTAKE) as tx:
        return [row.case_no for row in inbox.pool(tx, Filters(**filters)).rows]


@pytest.mark.parametrize("name", ["item_code", "office", "light", "element_id"])
def test_a_new_task_is_found_by_what_it_shows(city: Engine, name: str) -> None:
    case_no = apply(city)
    with city.read(INTAKE) as tx:
        (row,) = inbox.pool(tx).rows

    assert found(city, **{name: getattr(row, name)}) == [case_no]
    assert found(city, **{name: "other"}) == []


def test_a_task_is_found_by_the_beginning_of_its_case_number(city: Engine) -> None:
    case_no = apply(city)

    assert found(city, query=case_no[:-3].lower()) == [case_no]
    assert found(city, query="%" + case_no[-3:]) == []


def test_a_task_is_found_under_the_light_its_case_has_come_to(city: Engine, clock: VirtualClock) -> None:
    case_no = apply(city)
    clock.advance(timedelta(days=30))
    sla.sweep(city)

    assert found(city, light="green") == []
    assert found(city, light="red") == [case_no]


def test_what_an_older_program_left_out_is_filled_in(city: Engine) -> None:
    case_no = apply(city)
    with city.begin(SYSTEM) as tx:
        for table in (human_tasks, task_candidates):
            tx.connection.execute(sa.update(table).values(item_code=None, office=None, light=None))

    filled = urgency.fill(city)

    assert filled == 1
    assert found(city, item_code="SC-001") == [case_no]
    assert urgency.fill(city) == 0
