"""容缺材料 from the applicant's side: seen on the case, handed in on a page and over REST, refused with reasons."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from engine.actors import SYSTEM, Actor
from engine.casework import applications, case_files, catalogue, inbox, notices
from engine.clock import VirtualClock
from engine.runtime import deploy, timers
from engine.transaction import Engine
from processes.connectors.files import FileStore
from tests.unit.api.conftest import speaker
from tests.unit.api.pages import sit
from tests.unit.casework.city import HEAD, INTAKE, SHOP, STRANGER, call, flow, task
from tests.unit.casework.signing_city import manifest, open_task

FORM = Path(__file__).parents[3] / "forms" / "food-licence" / "food-owed.form.json"
ITEMS = '=[{"name": "健康证明", "name_en": "Health certificates"}]'.replace('"', "&quot;")
OWE = task("owe", "补交", "applicant").replace("<userTask ", '<userTask camunda:formKey="food-owed" ')
LATE = (
    '<boundaryEvent id="late" attachedToRef="owe"><timerEventDefinition><timeDate>=tolerance_due</timeDate>'
    "</timerEventDefinition></boundaryEvent>"
)
DIAGRAM = "".join(
    [
        HEAD,
        '<process id="owing" isExecutable="true"><startEvent id="begin"/>',
        call("tolerate", "case.accept_conditionally", items=ITEMS, days="3WD"),
        '<parallelGateway id="meanwhile"/>',
        task("examine", "审查", "food-intake"),
        '<endEvent id="examined"/>',
        OWE,
        LATE,
        call("keep", "case.keep_promise"),
        '<endEvent id="kept"/>',
        call("give_up", "case.close", result="逾期未补交"),
        '<endEvent id="given_up"><terminateEventDefinition/></endEvent>',
        flow("begin", "tolerate"),
        flow("tolerate", "meanwhile"),
        flow("meanwhile", "examine"),
        flow("examine", "examined"),
        flow("meanwhile", "owe"),
        flow("owe", "keep"),
        flow("keep", "kept"),
        flow("late", "give_up"),
        flow("give_up", "given_up"),
        "</process></definitions>",
    ]
)
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def engine(lone_app: Flask) -> Engine:
    """The city's engine with a service that accepts conditionally."""
    found: Engine = lone_app.extensions["tongban"]
    found.documents = FileStore(found.settings.data_dir / "documents")
    said = manifest("RQ-001", "owing")
    with found.begin(SYSTEM) as tx:
        files = {"owing.bpmn": DIAGRAM.encode(), FORM.name: FORM.read_bytes()}
        made = deploy.deploy(tx, "owing", files, manifest=said)
        deploy.publish(tx, made.id)
        catalogue.register(tx, made.id, said)
        catalogue.publish(tx, made.id)
    return found


@pytest.fixture
def case_no(engine: Engine) -> str:
    """A case of the shop, accepted conditionally and claimed by the intake officer."""
    made = applications.apply(engine, SHOP, "RQ-001", {"name": "好味"}, idempotency_key="k").case_no
    examine = str(open_task(engine, made, "examine")["id"])
    with engine.begin(INTAKE) as tx:
        inbox.claim(tx, examine)
    return made


def told(engine: Engine, who: Actor) -> str:
    with engine.read(who) as tx:
        return " ".join(notice.body_zh for notice in notices.mine(tx).rows)


def test_the_case_names_what_is_owed_and_until_when_in_both_languages(lone_app: Flask, case_no: str) -> None:
    shop = sit(lone_app, SHOP)

    zh = shop.get(f"/my/cases/{case_no}")
    shop.client.set_cookie("lang", "en")
    en = shop.get(f"/my/cases/{case_no}/papers")

    assert "您还需补交以下材料" in zh
    assert "健康证明" in zh
    assert f"/my/cases/{case_no}/papers" in zh
    assert "These papers are still missing" in en
    assert "Health certificates" in en
    assert "Until 20" in en


def test_papers_handed_in_on_the_page_keep_the_promise_and_reach_the_officer(
    lone_app: Flask, engine: Engine, case_no: str
) -> None:
    shop = sit(lone_app, SHOP)

    shop.post(f"/my/cases/{case_no}/papers", {"owed_files": (io.BytesIO(PDF), "健康证明.pdf"), "owed_note": "已补"})

    page = shop.get(f"/my/cases/{case_no}")
    assert "您还需补交以下材料" not in page
    assert "已补交容缺材料" in page
    with engine.read(INTAKE) as tx:
        assert [file.name for file in case_files.of_case(tx, case_no)] == ["健康证明.pdf"]
    assert "已补交容缺材料" in told(engine, INTAKE)


def test_the_home_page_asks_for_them_until_they_have_come(lone_app: Flask, case_no: str) -> None:
    shop = sit(lone_app, SHOP)

    before = shop.get("/")
    shop.post(f"/my/cases/{case_no}/papers", {"owed_files": (io.BytesIO(PDF), "健康证明.pdf")})

    assert f"/my/cases/{case_no}/papers" in before
    assert "您还需补交材料" not in shop.get("/")


def test_nothing_and_a_file_that_is_none_are_refused_at_the_field(lone_app: Flask, engine: Engine, case_no: str) -> None:
    shop = sit(lone_app, SHOP)
    path = f"/my/cases/{case_no}/papers"

    empty = shop.post(path, status=422).text
    rubbish = shop.post(path, {"owed_files": (io.BytesIO(b"MZ\x90"), "a.pdf")}, status=422).text

    assert "补交的材料" in empty
    assert "内容不是其中任何一种" in rubbish
    assert "您还需补交以下材料" in shop.get(f"/my/cases/{case_no}")


def test_a_stranger_sees_and_hands_in_nothing(lone_app: Flask, case_no: str) -> None:
    stranger = sit(lone_app, STRANGER)

    stranger.get(f"/my/cases/{case_no}/papers", status=404)
    stranger.post(f"/my/cases/{case_no}/papers", status=404)


def test_papers_are_handed_in_over_rest_and_only_once(lone_app: Flask, engine: Engine, case_no: str) -> None:
    shop = speaker(lone_app)(SHOP)

    asked = shop("GET", f"/cases/{case_no}").json["owed"]
    sent = shop("POST", "/uploads", data={"file": (io.BytesIO(PDF), "健康证明.pdf")})
    given = {"answers": {"owed_files": [sent.json["id"]]}}
    done = shop("POST", f"/cases/{case_no}/papers", json=given)
    again = shop("POST", f"/cases/{case_no}/papers", json=given)

    assert asked["items"][0]["name"] == "健康证明"
    assert asked["due_at"]
    assert asked["form_id"] == "food-owed"
    assert (sent.status_code, done.status_code, done.json["state"]) == (201, 200, "accepted")
    assert again.status_code == 409
    assert again.json["type"].endswith("/nothing-owed")
    assert shop("GET", f"/cases/{case_no}").json["owed"] is None


def test_somebody_elses_upload_is_no_answer(lone_app: Flask, engine: Engine, case_no: str) -> None:
    theirs = speaker(lone_app)(STRANGER)("POST", "/uploads", data={"file": (io.BytesIO(PDF), "x.pdf")}).json["id"]

    answer = speaker(lone_app)(SHOP)("POST", f"/cases/{case_no}/papers", json={"answers": {"owed_files": [theirs]}})

    assert answer.status_code == 422


def test_a_request_without_a_file_says_which_field_is_missing(lone_app: Flask, engine: Engine) -> None:
    answer = speaker(lone_app)(SHOP)("POST", "/uploads")

    assert answer.status_code == 422
    assert "multipart" in answer.text


def test_when_the_day_is_past_nothing_can_be_handed_in_any_more(
    lone_app: Flask, engine: Engine, case_no: str, clock: VirtualClock
) -> None:
    clock.advance(timedelta(days=6))
    timers.sweep(engine)

    answer = speaker(lone_app)(SHOP)("POST", f"/cases/{case_no}/papers", json={"answers": {}})

    assert answer.status_code == 409
    assert "终止办理：逾期未补交" in sit(lone_app, SHOP).get(f"/my/cases/{case_no}")
