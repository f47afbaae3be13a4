"""Forgetting: a draft never handed in and a visit long past leave nothing of a person behind, and not a day too early."""

from datetime import timedelta

from engine.casework import applications, appointments, drafts, forgetting
from engine.clock import VirtualClock
from engine.transaction import Engine
from tests.unit.casework.city import SHOP, STRANGER
from tests.unit.casework.test_retention import PLANTED, everything


def test_a_draft_never_handed_in_is_gone_a_year_after_it_expired(city: Engine, clock: VirtualClock) -> None:
    draft = drafts.open_draft(city, PLANTED, "SC-001")
    with city.begin(PLANTED) as tx:
        applications.consent(tx, draft.id, "SC-001")
    clock.advance(timedelta(days=200))
    applications.expire(city)

    clock.advance(timedelta(days=60))
    early = forgetting.forget(city)
    clock.advance(timedelta(days=365))
    late = forgetting.forget(city)

    left = everything(city)
    assert (early, late) == (0, 1)
    assert [said for said in (str(PLANTED.subject), PLANTED.id, draft.id) if said in left] == []


def test_a_draft_somebody_still_works_on_stays(city: Engine, clock: VirtualClock) -> None:
    drafts.open_draft(city, SHOP, "SC-001")
    clock.advance(timedelta(days=1))

    assert forgetting.forget(city) == 0


def test_a_visit_is_forgotten_a_year_later(city: Engine, clock: VirtualClock) -> None:
    with city.begin(STRANGER) as tx:
        slot = appointments.slots(tx, "SC-001", appointments.days(tx, "SC-001")[0])[0]
        appointments.book(tx, "SC-001", slot.starts_at)

    clock.advance(timedelta(days=300))
    early = forgetting.forget(city)
    clock.advance(timedelta(days=100))

    assert (early, forgetting.forget(city)) == (0, 1)
    assert STRANGER.name not in everything(city)
