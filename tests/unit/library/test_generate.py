"""The catalogue of the article's size: as many services, units and licence types as it names, each a whole record."""

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.casework import catalogue, guides, library, portal, search, situations
from engine.models.catalogue import offices, service_items
from engine.models.library import licence_types
from engine.transaction import Engine
from forms.formats import is_uscc
from processes.library import generate, vocabulary


@pytest.fixture
def whole(sqlite_engine: Engine) -> Engine:
    generate.load(sqlite_engine)
    return sqlite_engine


def test_a_city_has_7683_services_of_fifty_units_and_29_licence_types(whole: Engine) -> None:
    with whole.read(SYSTEM) as tx:
        levels = tx.rows(sa.select(offices.c.level, sa.func.count().label("n")).group_by(offices.c.level))
        types = tx.value(sa.select(sa.func.count()).select_from(licence_types))
        total = portal.size(tx)[0]

    assert total == 7683
    assert {row["level"]: row["n"] for row in levels} == {"state": 1, "city": 39, "county": 10}
    assert types == 29


def test_every_unit_offers_something(whole: Engine) -> None:
    with whole.read(SYSTEM) as tx:
        used = set(tx.connection.execute(sa.select(service_items.c.office).distinct()).scalars())

    assert used == {unit.key for unit in vocabulary.units()}


def test_generating_twice_adds_nothing(whole: Engine) -> None:
    assert generate.load(whole) == 0


def test_a_smaller_city_has_as_many_services_as_asked_for(engine: Engine) -> None:
    generate.load(engine, 120)

    with engine.read(SYSTEM) as tx:
        assert portal.size(tx) == (120, 0)


def test_a_guide_is_whole_and_says_that_it_is_not_on_line(whole: Engine) -> None:
    with whole.read(SYSTEM) as tx:
        found = search.find(tx, "排污许可核发", search.Filters(region="440305"))
        guide = guides.guide(tx, found.codes[0])

    assert not guide.item.is_online
    assert all((guide.conditions, guide.materials, guide.steps, guide.places, guide.basis))
    assert guide.committed["zh"] == "7 个工作日"


def test_the_situation_decides_the_list_of_materials(whole: Engine) -> None:
    with whole.read(SYSTEM) as tx:
        item = catalogue.item(tx, search.find(tx, "排污许可核发", search.Filters()).codes[0])
        own, sent = (situations.of(tx, item, {"who": who}).materials for who in ("self", "agent"))

    assert len(sent) == len(own) + 1


def test_units_have_credit_codes_with_a_right_check_symbol() -> None:
    assert all(is_uscc(unit.credit_code) for unit in vocabulary.units())


def test_codes_are_kept_apart_from_those_of_services_with_a_process(whole: Engine) -> None:
    with whole.read(SYSTEM) as tx:
        assert len(library.codes(tx)) == 7683
        assert not any(item.is_online for item in catalogue.listing(tx, limit=5).rows)
