"""The ladder in working hours, its dry run, and cards that are held, confirmed, appealed and settled."""

from datetime import UTC, datetime

import pytest

from engine.actors import SYSTEM
from engine.calendar.china import ChinaCalendar
from engine.calendar.office import Office
from engine.casework import accounts, cards, cards_settling, catalogue, escalation, notices, sla
from engine.casework.accounts import Person
from engine.casework.sla.ladder import at_work
from engine.clock import VirtualClock
from engine.transaction import Engine
from tests.unit.casework.city import CITY, HEAD_OF_OFFICE, INTAKE, PERMIT, PERMIT_MANIFEST, REVIEWER, offer
from tests.unit.casework.test_clocks import at
from tests.unit.casework.test_people import accepted


@pytest.fixture
def people(city: Engine) -> Engine:
    with city.begin(SYSTEM) as tx:
        for actor in (INTAKE, REVIEWER, HEAD_OF_OFFICE, CITY):
            roles, groups = tuple(sorted(actor.roles)), tuple(sorted(actor.groups))
            accounts.register(
                tx, Person(actor.id, actor.id, actor.name, actor.kind, office=actor.office, roles=roles, groups=groups)
            )
    return city


def climbed(city: Engine) -> int:
    total = 0
    while looked := escalation.sweep(city):
        total += looked
    return total


def told(city: Engine, actor: object) -> list[str]:
    with city.read(actor) as tx:  # type: ignore[arg-type]
        return [n.template for n in notices.mine(tx).rows if n.template.startswith("escalation.")]


def test_the_dry_run_names_whom_every_rung_would_reach(people: Engine) -> None:
    case_no = accepted(people)

    with people.read(HEAD_OF_OFFICE) as tx:
        steps = escalation.dry_run(tx, case_no)

    assert [(s.name, s.names) for s in steps] == [
        ("holder", ("李敏", "王强")),
        ("colleagues", ("李敏", "王强")),
        ("head", ("周伟",)),
        ("city", ("林芳",)),
    ]
    # due on Wednesday at 18:00: the head is told after four working hours of Thursday, the bureau after fourteen, when it opens
    assert [f"{s.at:%m-%d %H:%M}" for s in steps if s.at] == ["11-30 01:00", "12-03 01:00", "12-03 07:00", "12-07 01:00"]


def test_rungs_are_climbed_in_working_hours_each_once(people: Engine, clock: VirtualClock) -> None:
    case_no = accepted(people)

    at(clock, "2026-12-02T18:00:01")  # over, but the office is closed
    climbed(people)
    assert told(people, HEAD_OF_OFFICE) == []

    at(clock, "2026-12-03T09:00:01")
    climbed(people)
    assert "escalation.colleagues" in told(people, REVIEWER)
    assert told(people, HEAD_OF_OFFICE) == []

    at(clock, "2026-12-03T15:00:01")
    climbed(people)
    assert told(people, HEAD_OF_OFFICE) == ["escalation.head"]

    at(clock, "2026-12-07T10:00:00")
    climbed(people)
    climbed(people)
    assert told(people, CITY) == ["escalation.city"]
    with people.read(HEAD_OF_OFFICE) as tx:
        assert all(step.is_done for step in escalation.dry_run(tx, case_no))


def test_a_stopped_clock_climbs_no_further(people: Engine, clock: VirtualClock) -> None:
    case_no = accepted(people)
    with people.begin(HEAD_OF_OFFICE) as tx:
        sla.stop(tx, case_no)

    at(clock, "2026-12-09T10:00:00")

    assert climbed(people) == 0


@pytest.mark.parametrize(
    ("moment", "working"),
    [
        ("2026-12-02T10:00:00", "2026-12-02T10:00:00"),
        ("2026-12-02T12:30:00", "2026-12-02T14:00:00"),
        ("2026-12-02T18:00:01", "2026-12-03T09:00:00"),
        ("2026-12-05T10:00:00", "2026-12-07T09:00:00"),
    ],
)
def test_a_moment_outside_office_hours_waits_for_the_next_working_one(moment: str, working: str) -> None:
    office = Office(ChinaCalendar())

    found = at_work(office, datetime.fromisoformat(f"{moment}+08:00").astimezone(UTC))

    assert office.local(found).replace(tzinfo=None).isoformat() == working


def yellow_card(city: Engine, clock: VirtualClock) -> tuple[str, str]:
    case_no = accepted(city)
    at(clock, "2026-12-02T18:00:01")
    sla.sweep(city)
    with city.read(HEAD_OF_OFFICE) as tx:
        card = next(c for c in cards.of_case(tx, case_no) if c["clock_kind"] == "committed")
    return case_no, str(card["id"])


def card_of(city: Engine, case_no: str) -> dict[str, object]:
    with city.read(HEAD_OF_OFFICE) as tx:
        return dict(next(c for c in cards.of_case(tx, case_no) if c["clock_kind"] == "committed"))


@pytest.fixture
def holding(city: Engine) -> Engine:
    """A city whose food licence holds yellow and red cards for confirmation."""
    offer(
        city,
        "food",
        PERMIT.replace('name="审查"', 'name="审查 "'),
        {**PERMIT_MANIFEST, "supervision": {"hold": ["yellow", "red"]}},
    )
    with city.read(SYSTEM) as tx:
        assert catalogue.item(tx, "SC-001").version == 2
    return city


def test_a_held_card_tells_nobody_until_it_is_confirmed(holding: Engine, clock: VirtualClock) -> None:
    case_no, card_id = yellow_card(holding, clock)
    assert card_of(holding, case_no)["status"] == "D"
    with holding.read(REVIEWER) as tx:
        assert "card.yellow" not in [n.template for n in notices.mine(tx).rows]

    with holding.begin(HEAD_OF_OFFICE) as tx:
        cards_settling.confirm(tx, card_id)

    assert card_of(holding, case_no)["status"] == "Y"
    with holding.read(REVIEWER) as tx:
        assert "card.yellow" in [n.template for n in notices.mine(tx).rows]
    with holding.begin(HEAD_OF_OFFICE) as tx, pytest.raises(cards_settling.CardNotHeld):
        cards_settling.confirm(tx, card_id)


def test_a_held_card_may_be_dropped_with_a_reason(holding: Engine, clock: VirtualClock) -> None:
    case_no, card_id = yellow_card(holding, clock)

    with holding.begin(HEAD_OF_OFFICE) as tx:
        cards_settling.drop(tx, card_id, "系统维护")

    assert (card_of(holding, case_no)["status"], card_of(holding, case_no)["cancel_reason"]) == ("C", "系统维护")


def test_an_upheld_appeal_cancels_the_card_and_its_maker_does_not_judge_it(city: Engine, clock: VirtualClock) -> None:
    case_no, card_id = yellow_card(city, clock)
    with city.begin(HEAD_OF_OFFICE) as tx:
        cards_settling.appeal(tx, card_id, "系统停机两天")
        with pytest.raises(cards_settling.OwnAppeal):
            cards_settling.settle(tx, card_id, "同意自己", is_upheld=True)
    with city.begin(INTAKE) as tx, pytest.raises(cards_settling.AppealedBefore):
        cards_settling.appeal(tx, card_id, "再申诉")

    with city.begin(CITY) as tx:
        cards_settling.settle(tx, card_id, "情况属实", is_upheld=True)

    card = card_of(city, case_no)
    assert (card["status"], card["cancel_reason"]) == ("Q", "情况属实")
    with city.begin(CITY) as tx, pytest.raises(cards_settling.NothingToSettle):
        cards_settling.settle(tx, card_id, "再判", is_upheld=False)


def test_a_refused_appeal_leaves_the_card(city: Engine, clock: VirtualClock) -> None:
    case_no, card_id = yellow_card(city, clock)
    with city.begin(INTAKE) as tx:
        cards_settling.appeal(tx, card_id, "不服")

    with city.begin(HEAD_OF_OFFICE) as tx:
        cards_settling.settle(tx, card_id, "时限计算无误", is_upheld=False)

    assert card_of(city, case_no)["status"] == "Y"
    with city.read(INTAKE) as tx:
        assert "card.settled" in [n.template for n in notices.mine(tx).rows]
