"""The pages of retention: one person appraises, another destroys, the register says what is gone."""

from datetime import timedelta

import pytest
from flask import Flask

from engine.casework import retention, sealed
from engine.clock import VirtualClock
from tests.unit.api.conftest import OPERATOR
from tests.unit.api.pages import sit
from tests.unit.casework.city import HEAD_OF_OFFICE, INTAKE
from tests.unit.casework.test_retention import YEARS, closed


@pytest.fixture
def case_no(lone_app: Flask, clock: VirtualClock) -> str:
    """A case past its period, proposed."""
    engine = lone_app.extensions["tongban"]
    made = closed(engine, attaches=False)
    clock.advance(YEARS)
    retention.propose(engine)
    return made


def test_one_person_approves_another_destroys_and_the_register_tells(lone_app: Flask, case_no: str) -> None:
    head, operator = sit(lone_app, HEAD_OF_OFFICE), sit(lone_app, OPERATOR)
    assert case_no in head.get("/retention/")

    head.post("/retention/approve?state=proposed", {"case_no": case_no, "reason": "期满，无保存价值"})
    assert "销毁，不可恢复" in operator.get("/retention/?state=approved")
    operator.post("/retention/destroy?state=approved", {"case_no": case_no})

    told = operator.get("/retention/register")
    assert all(said in told for said in (case_no, "周伟", "何维", "期满，无保存价值"))
    assert case_no not in operator.get("/retention/")


@pytest.mark.parametrize(
    ("verb", "given", "said"),
    [
        ("approve", {"reason": "期满"}, "请至少选择一件办件"),
        ("approve", {"case_no": "?", "reason": " "}, "请填写理由"),
        ("keep", {"case_no": "?", "reason": "有诉讼", "years": "-1"}, "1 到 100 年"),
        ("destroy", {"case_no": "?"}, "不在待鉴定之列"),
    ],
)
def test_what_cannot_be_done_is_said_on_the_page(
    lone_app: Flask, case_no: str, verb: str, given: dict[str, object], said: str
) -> None:
    data = {name: case_no if value == "?" else value for name, value in given.items()}

    answer = sit(lone_app, OPERATOR).post(f"/retention/{verb}?state=proposed", data, status=422)

    assert said in answer.text
    assert case_no in answer.text


def test_who_approved_is_told_that_somebody_else_must_destroy(lone_app: Flask, case_no: str) -> None:
    operator = sit(lone_app, OPERATOR)
    operator.post("/retention/approve", {"case_no": case_no, "reason": "期满"})

    answer = operator.post("/retention/destroy?state=approved", {"case_no": case_no}, status=422)

    assert "须由另一人销毁" in answer.text


def test_a_case_kept_for_longer_says_until_when(lone_app: Flask, case_no: str, clock: VirtualClock) -> None:
    head = sit(lone_app, HEAD_OF_OFFICE)

    head.post("/retention/keep", {"case_no": case_no, "reason": "有诉讼", "years": "3"})

    assert f"{clock.now + timedelta(days=3 * 365):%Y}" in head.get("/retention/?state=kept")


def test_a_caseworker_has_no_business_here(lone_app: Flask) -> None:
    sit(lone_app, INTAKE).get("/retention/", status=403)
    sit(lone_app, INTAKE).post("/retention/approve", {"case_no": "X", "reason": "r"}, status=403)


def test_the_package_is_downloaded_before_the_case_goes(lone_app: Flask, case_no: str) -> None:
    operator = sit(lone_app, OPERATOR)
    assert f"/retention/{case_no}.zip" in operator.get("/retention/")

    answer = operator.client.get(f"/retention/{case_no}.zip")

    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    verdict = sealed.verify(answer.data, None)
    assert (verdict.faults, verdict.facts["case_no"], verdict.facts["exported_by"]) == ((), case_no, OPERATOR.name)
    sit(lone_app, INTAKE).get(f"/retention/{case_no}.zip", status=403)
