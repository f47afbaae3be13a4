"""授权代办 on pages: given, accepted, used at “为谁办理”, revoked; an enterprise's 经办人; and the paper at the window."""

import re

import pytest
from flask import Flask

from api.app import create_app
from engine.actors import Actor
from engine.casework import authorisations
from engine.clock import VirtualClock
from engine.transaction import Engine
from processes import people
from tests.unit.api.pages import Person, sit
from tests.unit.citizen.conftest import wired

GUIFANG, XUWEN, SHOP, OFFICER = (people.person(login).actor() for login in ("chenguifang", "xuwen", "weiran", "limin"))
ITEM, FILING = "MZ-GLJT-001", "FG-TZBA-001"
GIVEN = {"agent_name": "许文", "agent_no": XUWEN.subject, "scope": "some", "services": ITEM, "tells": "both"}
DATES = {"valid_from": "2026-01-01", "valid_to": "2099-12-31"}
OWN, WINDOW = "/my/authorisations", "/desk/counter/authorisation"


@pytest.fixture
def town(engine: Engine, clock: VirtualClock) -> Engine:
    """高龄津贴 and 投资备案, with everybody who lives and works in the demo city."""
    return wired(engine, clock, "elder-allowance", "investment-filing")


@pytest.fixture
def app(town: Engine) -> Flask:
    return create_app(town)


def given(app: Flask, principal: Actor = GUIFANG, **other: object) -> tuple[Person, Person, str]:
    """The principal, the agent and the accepted authorisation between them, all by page."""
    giver, agent = sit(app, principal), sit(app, XUWEN)
    giver.post(OWN, {**GIVEN, **DATES, **other})
    found = re.search(rf"{OWN}/(\w[\w-]*)/accept", agent.get(OWN))
    assert found is not None
    agent.post(f"{OWN}/{found[1]}/accept")
    return giver, agent, found[1]


def test_an_authorisation_is_given_accepted_and_ended_by_page(app: Flask) -> None:
    guifang, xuwen, made = given(app)
    held = guifang.get(OWN)

    xuwen.post(f"{OWN}/{made}/revoke")

    assert "有效" in held
    assert XUWEN.subject not in held
    assert "已结束的授权" in guifang.get(OWN)
    assert f"for={made}" not in xuwen.get(OWN)


def test_what_is_wrong_stands_beside_its_field_in_both_languages(app: Flask) -> None:
    guifang = sit(app, GUIFANG)
    rubbish = {"agent_name": "许 文<b>", "agent_no": "110", "valid_from": "soon", "scope": "all", "tells": "both"}

    zh = guifang.post(OWN, rubbish, status=422).text
    unticked = guifang.post(OWN, {**GIVEN, **DATES, "services": "", "agent_no": "110"}, status=422).text
    guifang.client.set_cookie("lang", "en")
    en = guifang.post(OWN, rubbish, status=422).text

    assert 'id="f-agent_no-error"' in zh
    assert "请填写开始日期" in zh
    assert "许 文&lt;b&gt;" in zh
    assert 'id="f-services-error"' in unticked
    assert 'id="f-agent_no-error"' in unticked
    assert "From which day?" in en


def test_a_second_answer_is_refused_in_words(app: Flask) -> None:
    _, xuwen, made = given(app)

    assert "该授权已接受" in xuwen.post(f"{OWN}/{made}/decline", status=409).text
    sit(app, SHOP).post(f"{OWN}/{made}/revoke", status=404)


def test_an_agent_applies_for_the_principal_from_the_start_page_and_both_see_it(app: Flask) -> None:
    guifang, xuwen, made = given(app)
    assert f'value="{made}" checked' in xuwen.get(f"/services/{ITEM}/start?for={made}")

    draft = xuwen.post(f"/apply/{ITEM}", {"for": made}).headers["Location"]
    form = xuwen.get(draft)
    xuwen.post(draft, {"step": "check"})
    case = xuwen.post(f"{draft}/submit", {"consent": "yes", "licences": "yes"}).headers["Location"]

    assert "陈桂芳" in form
    for reader in (guifang, xuwen):
        page = reader.get(case)
        assert "陈桂芳" in page
        assert "许文" in page
    assert case in xuwen.get(OWN)
    sit(app, SHOP).get(case, status=404)


def test_an_enterprise_lets_its_clerk_apply(app: Flask) -> None:
    shop, clerk, made = given(app, SHOP, services=FILING)

    draft = clerk.post(f"/apply/{FILING}", {"for": made}).headers["Location"]

    assert SHOP.name in clerk.get(draft)
    assert SHOP.name in clerk.get(f"/services/{FILING}/start")
    shop.get(draft, status=404)


def test_a_window_records_a_signed_paper_and_it_holds_at_once(app: Flask, town: Engine) -> None:
    window = sit(app, OFFICER)
    who = {"who-kind": "citizen", "who-name": "陈桂芳", "who-number": GUIFANG.subject, "paper": "2026 年 1 月 1 日"}

    unseen = window.post(WINDOW, {**who, **GIVEN, **DATES}, status=422).text
    window.post(WINDOW, {**who, **GIVEN, **DATES, "who-consents": "yes"})

    assert "请征得申请人同意" in unseen
    with town.read(XUWEN) as tx:
        assert [(a.principal_name, a.source, a.is_in_force) for a in authorisations.received(tx)] == [("陈桂芳", "counter", True)]
    assert "窗口登记的授权委托书" in sit(app, GUIFANG).get(OWN)
    sit(app, GUIFANG).get(WINDOW, status=403)
