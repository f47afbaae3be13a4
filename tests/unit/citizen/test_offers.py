"""免申即享: the registers are compared, the person is asked, a yes is granted; nobody applies and nobody gets it twice."""

from datetime import timedelta

import pytest

from api.app import create_app
from engine.actors import SYSTEM
from engine.casework import entitlements, offers
from engine.casework.offers import NotProactive, OfferAnswered
from engine.clock import VirtualClock
from engine.errors import Forbidden, NotFound
from engine.transaction import Engine
from processes import people

GUIFANG, XUWEN, WUXIAO = (people.person(login).actor() for login in ("chenguifang", "xuwen", "wuxiao"))
ITEM = "MZ-GLJT-001"


def matched(town: Engine, batch: str = "2026-11") -> tuple[int, int]:
    return offers.match(town, WUXIAO, ITEM, batch, [str(GUIFANG.subject), str(XUWEN.subject)])


def test_whoever_fits_gets_an_offer_and_nobody_else(town: Engine) -> None:
    assert matched(town) == (2, 1)

    with town.read(GUIFANG) as tx:
        assert [offer.item_code for offer in offers.mine(tx)] == [ITEM]
    with town.read(XUWEN) as tx:
        assert offers.mine(tx) == ()


def test_a_yes_on_the_page_is_granted_and_paid_without_an_application(town: Engine) -> None:
    matched(town)
    with town.read(GUIFANG) as tx:
        [offer] = offers.mine(tx)

    given = offers.answer(town, GUIFANG, offer.id, is_wanted=True)
    entitlements.pay_due(town)

    with town.read(GUIFANG) as tx:
        [paid] = entitlements.mine(tx)
        assert [p.amount_fen for p in entitlements.payments(tx, paid.id)] == [30000]
    assert (given.state, paid.case_no) == ("accepted", given.case_no)


def test_a_yes_by_message_is_as_good(town: Engine) -> None:
    matched(town)
    with town.read(GUIFANG) as tx:
        [offer] = offers.mine(tx)

    assert offers.answer_by_message(town, SYSTEM, offer.reply_code.lower(), " 同意 ").case_no is not None


@pytest.mark.parametrize("text", ["不要", "", "同意吗"])
def test_anything_else_by_message_is_no(town: Engine, text: str) -> None:
    matched(town)
    with town.read(GUIFANG) as tx:
        [offer] = offers.mine(tx)

    given = offers.answer_by_message(town, SYSTEM, offer.reply_code, text)

    assert (given.state, given.case_no) == ("declined", None)


def test_an_offer_is_answered_once(town: Engine) -> None:
    matched(town)
    with town.read(GUIFANG) as tx:
        [offer] = offers.mine(tx)
    offers.answer(town, GUIFANG, offer.id, is_wanted=False)

    with pytest.raises(OfferAnswered):
        offers.answer(town, GUIFANG, offer.id, is_wanted=True)


def test_nobody_answers_for_somebody_else(town: Engine) -> None:
    matched(town)
    with town.read(GUIFANG) as tx:
        [offer] = offers.mine(tx)

    with pytest.raises(NotFound):
        offers.answer(town, XUWEN, offer.id, is_wanted=True)


def test_silence_is_no(town: Engine, clock: VirtualClock) -> None:
    matched(town)
    clock.advance(timedelta(days=15))

    assert offers.lapse(town) == 1
    with town.read(GUIFANG) as tx:
        assert offers.mine(tx) == ()


def test_nobody_is_offered_what_waits_or_what_is_received_already(town: Engine) -> None:
    matched(town)
    assert matched(town)[1] == 0
    assert matched(town, "2026-12")[1] == 0
    with town.read(GUIFANG) as tx:
        [offer] = offers.mine(tx)
    offers.answer(town, GUIFANG, offer.id, is_wanted=True)

    assert matched(town, "2027-01")[1] == 0


def test_a_register_that_is_down_leaves_its_person_for_the_next_batch(town: Engine) -> None:
    town.sources["population"].behaviour.is_down = True  # type: ignore[attr-defined]  # the simulated one

    assert matched(town) == (0, 0)


def test_only_officers_run_a_batch_and_only_of_a_service_that_says_so(town: Engine) -> None:
    with pytest.raises(Forbidden):
        offers.match(town, GUIFANG, ITEM, "x", [])
    with pytest.raises(NotProactive):
        offers.match(town, WUXIAO, "PJ-ZG-001", "x", [])


def test_the_page_shows_the_offer_only_to_its_person(town: Engine) -> None:
    matched(town)
    client = create_app(town).test_client()

    assert client.get("/my/offers").status_code in (302, 303, 401)
