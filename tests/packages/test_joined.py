"""Joined cases: a parent, its children, and what an applicant may do with them, on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.casework import cases, joined, signatures
from engine.casework.states import CaseState
from engine.clock import VirtualClock
from engine.errors import NotFound
from engine.transaction import Engine
from processes import needs, people, platform, player, publish, scenarios
from processes.package import load
from processes.player import Play
from processes.simulators.registers import registers

SERVICES = Path(__file__).resolve().parents[2] / "processes"
LICENCE, SEALS, INVOICES = "SJ-QYSL-001", "GA-KZBA-001", "SW-FPSL-001"


@pytest.fixture
def city(engine: Engine, clock: VirtualClock) -> Engine:
    """The city's people and the joined service with all it joins."""
    clock.now = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    settings = replace(engine.settings, drain_seconds=1.0)
    wired = platform.wire(settings, engine.database, clock, registers(lambda: clock.now))
    scenarios.settle_in(wired)
    package = load(SERVICES / "company-opening")
    for each in (*needs.of(package), package):
        publish.store(wired, each)
    return wired


def opened(city: Engine, clock: VirtualClock, *chosen: str) -> Play:
    """A joined case whose licence waits for signatures."""
    play = Play(city, clock, "ZW-KBQY-001", people.person("tangyi").actor())
    partner = people.person("luorong")
    founders = [
        {"name": play.applicant.name, "id_number": play.applicant.subject, "share": 60, "role": "director"},
        {"name": partner.name, "id_number": partner.subject, "share": 40, "role": "supervisor"},
    ]
    firm = {"company_name": "深圳市云启未来科技有限公司", "address_code": "4403040010010001", "capital": 100}
    rest = {"scope": ["software"], "articles": True, "children": list(chosen), "seals": 9, "quota": 25}
    player.apply(play, {**firm, **rest, "people": founders}, "joined")
    worked(play)
    return play


def worked(play: Play) -> None:
    """All that is due has happened, and what a slow machine made fail was tried again."""
    play.clock.advance(timedelta(seconds=30))
    player.settle(play)


def child(city: Engine, play: Play, code: str) -> cases.Case:
    with city.read(play.applicant) as tx:
        return next(c for c in joined.children(tx, play.case_no) if c.item_code == code)


def signed_by_all(city: Engine, play: Play) -> None:
    licence = child(city, play, LICENCE)
    for login in ("tangyi", "luorong"):
        signatures.sign(city, people.person(login).actor(), licence.case_no)
    worked(play)


def test_the_parent_is_as_far_as_its_worst_child(city: Engine, clock: VirtualClock) -> None:
    play = opened(city, clock, SEALS, INVOICES)

    signed_by_all(city, play)

    with city.read(play.applicant) as tx:
        family = joined.family(tx, play.case_no)
    assert {c.item_code: c.outcome for c in family.children} == {LICENCE: "grant", SEALS: None, INVOICES: "grant"}
    assert (family.state, family.light, family.waiting) == (CaseState.ACCEPTED, "green", ())


def test_what_has_not_begun_is_shown_and_may_be_dropped(city: Engine, clock: VirtualClock) -> None:
    play = opened(city, clock, SEALS, INVOICES)

    joined.drop(city, play.applicant, play.case_no, SEALS)

    with city.read(play.applicant) as tx:
        family = joined.family(tx, play.case_no)
    assert [code for code, _, _ in family.waiting] == [INVOICES]
    with pytest.raises(joined.AlreadyBegun):
        joined.drop(city, play.applicant, play.case_no, LICENCE)


def test_nobody_else_may_drop_a_child(city: Engine, clock: VirtualClock) -> None:
    play = opened(city, clock, SEALS)

    with pytest.raises(NotFound):
        joined.drop(city, people.person("qiansan").actor(), play.case_no, SEALS)


def test_withdrawing_the_parent_withdraws_children_that_still_may_be(city: Engine, clock: VirtualClock) -> None:
    play = opened(city, clock, SEALS)

    cases.withdraw(city, play.applicant, play.case_no, "不办了")
    player.settle(play)

    assert child(city, play, LICENCE).state is CaseState.WITHDRAWN


def test_a_child_opened_twice_is_one_child(city: Engine, clock: VirtualClock) -> None:
    play = opened(city, clock)
    connector = city.connectors["case.open"]
    actor = play.applicant
    applicant = {"id": actor.id, "name": actor.name, "kind": str(actor.kind), "subject": actor.subject}
    given = {"company_name": "深圳市云启未来科技有限公司", "licence_no": "BL-1", "seals": 2}
    payload = {"item": SEALS, "parent": play.case_no, "applicant": applicant, "form": given}

    first = connector.call(payload, idempotency_key="a", timeout_seconds=3)
    second = connector.call(payload, idempotency_key="b", timeout_seconds=3)

    assert first == second


def test_a_child_is_a_case_of_its_own_for_everybody_else(city: Engine, clock: VirtualClock) -> None:
    play = opened(city, clock)

    own = child(city, play, LICENCE)

    with city.read(play.applicant) as tx:
        mine = [c.case_no for c in cases.mine(tx).rows]
    assert {own.case_no, play.case_no} <= set(mine)
