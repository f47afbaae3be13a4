"""秒报 on the page: prefilled, agreed to purpose by purpose, signed, submitted once; honest while it waits; measured."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from api.app import create_app
from engine.casework import (
    access,
    applications,
    cases,
    catalogue,
    drafts,
    esign,
    instant_board,
    licence_library,
    signatures,
    waiting,
)
from engine.clock import VirtualClock
from engine.models.applications import consents
from engine.transaction import Engine
from processes import people
from processes.library import generate, wallets
from tests.unit.api.pages import Person, sit
from tests.unit.citizen.conftest import wired

GUIFANG, XUWEN, LIULI = (people.person(login).actor() for login in ("chenguifang", "xuwen", "liuli"))
ITEM = "MZ-GLJT-001"


@pytest.fixture
def granny(town: Engine) -> Person:
    return sit(create_app(town), GUIFANG)


def opened(granny: Person) -> str:
    where = granny.post(f"/apply/{ITEM}").headers["Location"]
    return where.rsplit("/", 1)[1]


def test_a_form_is_agreed_to_signed_and_submitted_once(town: Engine, granny: Person) -> None:
    draft_id = opened(granny)

    first = granny.post(f"/apply/drafts/{draft_id}/submit", {"consent": "yes"}).headers["Location"]
    again = granny.post(f"/apply/drafts/{draft_id}/submit", {"consent": "yes"}).headers["Location"]

    case_no = first.rsplit("/", 1)[1]
    with town.read(GUIFANG) as tx:
        given = tx.connection.execute(sa.select(consents.c.purpose).where(consents.c.case_no == case_no)).scalars().all()
        [signed] = esign.of_case(tx, case_no)
    assert first == again
    assert {"prefill", "data-sharing"} <= set(given)
    assert signed.name == "陈桂芳"
    assert signed.digest[:16] in granny.get(f"/my/cases/{case_no}")


def test_without_consent_nothing_is_submitted(town: Engine, granny: Person) -> None:
    draft_id = opened(granny)

    answer = granny.post(f"/apply/drafts/{draft_id}/submit", status=422)

    assert "请勾选同意核验数据" in answer.text
    with town.read(GUIFANG) as tx:
        assert cases.mine(tx).rows == ()


def test_a_signature_service_that_is_down_loses_nothing(town: Engine, granny: Person) -> None:
    town.signer.behaviour.is_down = True  # type: ignore[union-attr]  # the simulated one
    draft_id = opened(granny)

    granny.post(f"/apply/drafts/{draft_id}/submit", {"consent": "yes"}, status=503)
    town.signer.behaviour.is_down = False  # type: ignore[union-attr]

    assert "/my/cases/" in granny.post(f"/apply/drafts/{draft_id}/submit", {"consent": "yes"}).headers["Location"]


def test_a_draft_saved_on_another_device_is_not_overwritten(town: Engine, granny: Person) -> None:
    draft_id = opened(granny)
    phone = {"phone": "13900000002", "step": "save"}
    seen = re.search(r'name="version" value="(\d+)"', granny.get(f"/apply/drafts/{draft_id}"))
    assert seen is not None
    granny.post(f"/apply/drafts/{draft_id}", {**phone, "version": seen[1]})

    late = granny.post(f"/apply/drafts/{draft_id}", {"phone": "13900000003", "step": "save", "version": seen[1]}, status=409)

    assert "另一设备" in late.text
    assert "13900000003" in late.text
    with town.read(GUIFANG) as tx:
        assert applications.read_draft(tx, draft_id).answers["phone"] == "13900000002"


def test_the_page_says_which_source_it_waits_for_and_comes_again(town: Engine) -> None:
    slow = replace(town, settings=replace(town.settings, drain_seconds=0.0))
    town.sources["subsidies"].behaviour.is_down = True  # type: ignore[attr-defined]
    granny = sit(create_app(slow), GUIFANG)
    done = applications.apply(slow, GUIFANG, ITEM, {"notify": "sms"}, idempotency_key="k")

    answer = granny.client.get(f"/my/cases/{done.case_no}")

    with town.read(GUIFANG) as tx:
        pending = waiting.of_case(tx, done.case_no)
    assert pending is not None
    assert "subsidies" in {asked.source for asked in pending.asked}
    assert answer.headers["Refresh"] == "2"
    assert "还在等以下数据源应答" in answer.text


def test_a_decided_case_waits_for_nothing(town: Engine, granny: Person) -> None:
    done = applications.apply(town, GUIFANG, ITEM, {}, idempotency_key="k")

    assert "Refresh" not in granny.client.get(f"/my/cases/{done.case_no}").headers


def test_the_department_sees_how_many_fields_were_prefilled(town: Engine) -> None:
    applications.apply(town, GUIFANG, ITEM, {}, idempotency_key="k")

    with town.read(LIULI) as tx:
        [service] = instant_board.services(tx)
    page = sit(create_app(town), LIULI).get("/supervise/instant")

    assert (service.submitted, service.fields, service.prefilled, service.automatic) == (1, 7, 6, 1)
    assert "86%" in page


def test_why_people_had_to_look_is_counted(town: Engine) -> None:
    with town.begin(LIULI) as tx:
        catalogue.set_automatic(tx, ITEM, is_on=False, reason="质检")
    applications.apply(town, GUIFANG, ITEM, {}, idempotency_key="k")

    with town.read(LIULI) as tx:
        [service] = instant_board.services(tx)
    assert (service.handed_over, service.reasons[0][1]) == (1, 1)


def test_a_refused_purpose_is_remembered_until_it_is_agreed_to(town: Engine, clock: VirtualClock, granny: Person) -> None:
    draft_id = opened(granny)

    with town.begin(GUIFANG) as tx:
        applications.consent(tx, draft_id, drafts.LICENCES, is_given=False)
        assert drafts.refused(tx, draft_id) == (drafts.LICENCES,)
    clock.advance(timedelta(seconds=1))
    with town.begin(GUIFANG) as tx:
        applications.consent(tx, draft_id, drafts.LICENCES)
        assert drafts.refused(tx, draft_id) == ()


def test_the_check_shows_which_licence_stands_for_which_material(town: Engine) -> None:
    generate.load(town, 0)
    wallets.fill(town)
    manifest = {"item": {"code": "X", "materials": [{"name": "身份证", "licence_type": "id-card"}, {"name": "其他"}]}}

    with town.read(GUIFANG) as tx:
        found = [licence and licence.type for _, licence in licence_library.materials_of(tx, GUIFANG.subject or "", manifest)]

    assert found == ["id-card", None]


def test_the_applicant_sees_who_has_not_signed_and_signs_there(engine: Engine, clock: VirtualClock) -> None:
    made = wired(engine, clock, "company-setup")
    tangyi, luorong = (people.person(login).actor() for login in ("tangyi", "luorong"))
    partners = [("唐毅", tangyi, 60, "director"), ("罗蓉", luorong, 40, "supervisor")]
    asked = [{"name": n, "id_number": who.subject, "share": share, "role": role} for n, who, share, role in partners]
    given = {
        "company_name": "深圳市云启未来科技有限公司",
        "address_code": "4403040010010001",
        "capital": 100,
        "scope": ["software"],
    }
    done = applications.apply(made, tangyi, "SJ-QYSL-001", {**given, "people": asked, "articles": True}, idempotency_key="k")
    page = sit(create_app(made), tangyi)

    before = page.get(f"/my/cases/{done.case_no}")
    page.post(f"/my/signatures/{done.case_no}")

    with made.read(tangyi) as tx:
        left = [unsigned.name for unsigned in signatures.missing(tx, done.case_no)]
    assert "等待 2 人签署" in before
    assert "我来签署" in before
    assert left == ["罗蓉"]
    assert "我来签署" not in page.get(f"/my/cases/{done.case_no}")


def test_a_person_sees_who_read_their_data_and_what_they_agreed_to(town: Engine, granny: Person) -> None:
    done = applications.apply(town, GUIFANG, ITEM, {}, idempotency_key="k", consents=["data-sharing"])
    with town.begin(LIULI) as tx:
        access.record_read(tx, "case", case_no=done.case_no, subject=GUIFANG.subject, purpose="质量抽查")

    page = granny.get("/my/profile")

    assert "质量抽查" in page
    assert "刘立" in page
    assert "向登记部门核验" in page


def test_how_to_be_told_is_saved_and_rubbish_is_refused(granny: Person) -> None:
    granny.post("/my/profile", {"phone": "123", "mode": "digest"}, status=422)
    granny.post("/my/profile", {"phone": "13800000009", "mode": "digest"})

    assert "13800000009" in granny.get("/my/profile")


def test_the_result_has_an_address_of_its_own(town: Engine, granny: Person) -> None:
    done = applications.apply(town, GUIFANG, ITEM, {}, idempotency_key="k")

    assert granny.client.get(f"/my/cases/{done.case_no}/result").headers["Location"] == f"/my/cases/{done.case_no}"
    assert granny.client.get("/my").headers["Location"] == "/my/cases"
