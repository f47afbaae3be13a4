"""待遇: paid and looked at each month; a birthday changes the tier, a death or a move stops it, overpayment is recovered."""

from datetime import timedelta

import pytest

from engine.actors import SYSTEM
from engine.casework import applications, entitlement_review, entitlements
from engine.clock import VirtualClock
from engine.errors import NotFound
from engine.transaction import Engine
from processes import people

GUIFANG, XUWEN = (people.person(login).actor() for login in ("chenguifang", "xuwen"))


@pytest.fixture
def granted(town: Engine) -> str:
    applications.apply(town, GUIFANG, "MZ-GLJT-001", {}, idempotency_key="k")
    with town.read(GUIFANG) as tx:
        return entitlements.mine(tx)[0].id


def registered(town: Engine, **changes: object) -> None:
    register = town.sources["population"]
    rows = register._rows  # type: ignore[attr-defined]  # the simulated one
    register._rows = {**rows, GUIFANG.subject: {**rows[GUIFANG.subject], **changes}}  # type: ignore[attr-defined]


def kinds(town: Engine, granted: str) -> list[str]:
    with town.read(GUIFANG) as tx:
        return [event["kind"] for event in entitlement_review.events(tx, granted)]


def test_what_still_holds_is_looked_at_once_a_month_and_left_alone(town: Engine, clock: VirtualClock, granted: str) -> None:
    assert entitlement_review.review_due(town) == 1
    assert entitlement_review.review_due(town) == 0
    clock.advance(timedelta(days=31))
    assert entitlement_review.review_due(town) == 1

    assert kinds(town, granted) == []


def test_a_ninetieth_birthday_changes_the_tier_and_the_next_payment(town: Engine, granted: str) -> None:
    registered(town, birth_date="1936-11-01")

    entitlement_review.review_due(town)
    entitlements.pay_due(town)

    with town.read(GUIFANG) as tx:
        assert [paid.amount_fen for paid in entitlements.payments(tx, granted)] == [50000]
    assert kinds(town, granted) == ["tier"]


@pytest.mark.parametrize("changes", [{"is_alive": False}, {"hukou": "湖南省长沙市"}])
def test_a_death_or_a_move_stops_it(town: Engine, clock: VirtualClock, granted: str, changes: dict[str, object]) -> None:
    entitlement_review.review_due(town)
    entitlements.pay_due(town)
    clock.advance(timedelta(days=31))
    registered(town, **changes)

    entitlement_review.review_due(town)
    entitlements.pay_due(town)

    with town.read(GUIFANG) as tx:
        assert entitlements.mine(tx)[0].status == "stopped"
        assert len(entitlements.payments(tx, granted)) == 1
    assert kinds(town, granted) == ["stopped"]


def test_what_was_paid_already_is_recovered_by_a_person(town: Engine, granted: str) -> None:
    entitlements.pay_due(town)
    registered(town, is_alive=False)

    entitlement_review.review_due(town)

    with town.read(GUIFANG) as tx:
        *_, last = entitlement_review.events(tx, granted)
    assert (last["kind"], last["data"]["amount_fen"]) == ("recover", 30000)


def test_a_register_that_is_down_changes_nothing_and_is_asked_again(town: Engine, granted: str) -> None:
    town.sources["population"].behaviour.is_down = True  # type: ignore[attr-defined]
    assert entitlement_review.review_due(town) == 0
    town.sources["population"].behaviour.is_down = False  # type: ignore[attr-defined]

    assert entitlement_review.review_due(town) == 1
    assert kinds(town, granted) == []


def test_nobody_else_sees_it(town: Engine, granted: str) -> None:
    with town.read(XUWEN) as tx, pytest.raises(NotFound):
        entitlement_review.events(tx, granted)
    with town.read(SYSTEM) as tx:
        assert entitlement_review.events(tx, granted) == ()
