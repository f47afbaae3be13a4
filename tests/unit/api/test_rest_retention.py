"""Retention over REST: two machines' people decide, the register and the package come out."""

from collections.abc import Callable

import pytest
from flask import Flask

from engine.actors import Actor
from engine.casework import retention, sealed
from engine.clock import VirtualClock
from tests.unit.api.conftest import OPERATOR, Machine
from tests.unit.casework.city import AUDITOR, HEAD_OF_OFFICE, INTAKE
from tests.unit.casework.test_retention import YEARS, closed

As = Callable[[Actor | None], Machine]


@pytest.fixture
def case_no(lone_app: Flask, clock: VirtualClock) -> str:
    """A case past its period, proposed."""
    engine = lone_app.extensions["tongban"]
    made = closed(engine, attaches=False)
    clock.advance(YEARS)
    retention.propose(engine)
    return made


def test_the_whole_way_from_the_proposal_to_the_register(alone: As, case_no: str) -> None:
    listed = alone(AUDITOR)("GET", "/retention?state=proposed").get_json()["items"]
    approved = alone(HEAD_OF_OFFICE)("POST", f"/retention/{case_no.lower()}/approval", json={"reason": "期满"})
    package = alone(OPERATOR)("GET", f"/cases/{case_no}/package.zip")
    destroyed = alone(OPERATOR)("POST", f"/retention/{case_no}/destruction")

    assert [row["case_no"] for row in listed] == [case_no]
    assert (approved.status_code, approved.get_json()["state"], approved.get_json()["judged_name"]) == (200, "approved", "周伟")
    assert sealed.verify(package.data, None).faults == ()
    assert (destroyed.status_code, destroyed.get_json()["number"]) == (200, 1)
    register = alone(AUDITOR)("GET", "/retention/records").get_json()
    assert [(row["case_no"], row["destroyed_name"]) for row in register["items"]] == [(case_no, "何维")]
    assert alone(OPERATOR)("GET", f"/cases/{case_no}").status_code == 404
    assert alone(OPERATOR)("POST", f"/retention/{case_no}/destruction").status_code == 404


def test_the_same_person_may_not_do_both(alone: As, case_no: str) -> None:
    alone(OPERATOR)("POST", f"/retention/{case_no}/approval", json={"reason": "期满"})

    answer = alone(OPERATOR)("POST", f"/retention/{case_no}/destruction")

    assert answer.status_code == 409
    assert "须由另一人销毁" in answer.get_json()["detail"]


def test_keeping_for_longer_says_until_when(alone: As, case_no: str) -> None:
    answer = alone(HEAD_OF_OFFICE)("POST", f"/retention/{case_no}/extension", json={"reason": "有诉讼", "years": 5})

    assert (answer.get_json()["state"], answer.get_json()["again_at"][:4]) == ("kept", "2042")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("approval", {}, 422),
        ("approval", {"reason": ""}, 422),
        ("extension", {"reason": "r", "years": 0}, 422),
        ("destruction", None, 409),
    ],
)
def test_what_does_not_fit_is_refused(alone: As, case_no: str, path: str, body: object, status: int) -> None:
    assert alone(OPERATOR)("POST", f"/retention/{case_no}/{path}", json=body).status_code == status


def test_a_caseworker_may_none_of_it(alone: As, case_no: str) -> None:
    ask = alone(INTAKE)

    answers = [ask("GET", "/retention"), ask("GET", "/retention/records"), ask("GET", f"/cases/{case_no}/package.zip")]
    answers += [ask("POST", f"/retention/{case_no}/approval", json={"reason": "r"})]
    answers += [ask("POST", f"/retention/{case_no}/destruction")]

    assert [answer.status_code for answer in answers] == [403] * 5
