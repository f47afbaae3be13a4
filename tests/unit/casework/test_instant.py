"""秒批: one submission, one decision; never a silent refusal, never done twice."""

import pytest

from engine.actors import SYSTEM
from engine.casework import applications, cases, catalogue, entitlements, licences
from engine.casework.applications import KeyReused
from engine.casework.states import CaseState
from engine.errors import NotFound
from engine.transaction import Engine
from tests.unit.casework.city import GRANNY, STRANGER


def test_an_instant_service_is_granted_in_the_request_that_submits_it(city: Engine) -> None:
    submitted = applications.apply(city, GRANNY, "MZ-001", {"age": 81}, idempotency_key="k1")

    assert submitted.decision == "grant"
    assert submitted.state is CaseState.CLOSED
    assert [r["zh"] for r in submitted.reasons] == ["年满 80 周岁"]
    assert submitted.licence_no is not None


def test_the_same_key_gives_the_same_case_again(city: Engine) -> None:
    first = applications.apply(city, GRANNY, "MZ-001", {"age": 81}, idempotency_key="k1")

    again = applications.apply(city, GRANNY, "MZ-001", {"age": 81}, idempotency_key="k1")

    assert (again.case_no, again.is_new) == (first.case_no, False)


def test_a_key_that_was_used_for_other_answers_is_refused(city: Engine) -> None:
    applications.apply(city, GRANNY, "MZ-001", {"age": 81}, idempotency_key="k1")

    with pytest.raises(KeyReused):
        applications.apply(city, GRANNY, "MZ-001", {"age": 82}, idempotency_key="k1")


def test_what_the_rules_cannot_tell_goes_to_a_person_and_is_never_refused(city: Engine) -> None:
    submitted = applications.apply(city, GRANNY, "MZ-001", {"age": None}, idempotency_key="k1")

    assert submitted.decision is None
    assert submitted.state is CaseState.ACCEPTED
    assert submitted.hand_over_reasons == ("人口库未返回出生日期",)
    assert submitted.promised_at is not None


def test_the_kill_switch_sends_every_case_to_a_person(city: Engine) -> None:
    with city.begin(SYSTEM) as tx:
        catalogue.set_automatic(tx, "MZ-001", False, "规则复核")

    submitted = applications.apply(city, GRANNY, "MZ-001", {"age": 81}, idempotency_key="k1")

    assert submitted.decision is None


def test_the_licence_is_in_the_wallet_and_verifies_without_the_holders_name(city: Engine) -> None:
    submitted = applications.apply(city, GRANNY, "MZ-001", {"age": 81}, idempotency_key="k1")

    with city.read(GRANNY) as tx:
        (held,) = licences.wallet(tx)
        shown = licences.verify(tx, held.code)

    assert held.number == submitted.licence_no
    assert (shown.status, shown.holder) == ("valid", "陈**")


def test_a_second_grant_of_the_same_entitlement_is_refused_by_the_database(city: Engine) -> None:
    applications.apply(city, GRANNY, "MZ-001", {"age": 81}, idempotency_key="k1")

    second = applications.apply(city, GRANNY, "MZ-001", {"age": 81}, idempotency_key="k2")

    with city.read(GRANNY) as tx:
        assert len(entitlements.mine(tx)) == 1
    assert second.state is not CaseState.CLOSED


def test_nobody_else_finds_the_case(city: Engine) -> None:
    submitted = applications.apply(city, GRANNY, "MZ-001", {"age": 81}, idempotency_key="k1")

    with city.read(STRANGER) as tx:
        assert cases.mine(tx).rows == ()
        with pytest.raises(NotFound):
            cases.progress(tx, submitted.case_no)
