"""A designer changes a form with plain pages; the preview is what the real page shows; somebody else publishes."""

import json
import re
from io import BytesIO

import pytest
from flask import Flask

from engine.casework import applications, catalogue
from engine.transaction import Engine
from processes import package, publish
from processes.needs import SERVICES
from tests.unit.api.pages import Person, sit
from tests.unit.casework import city

CITIZEN_SERVICE = "elder-allowance"


@pytest.fixture
def designer(app: Flask, served: Engine) -> Person:
    publish.store(served, package.load(SERVICES / CITIZEN_SERVICE))
    return sit(app, city.DESIGNER)


def opened(designer: Person, form: str = "elder-application") -> str:
    link = re.search(rf"/design/forms/versions/[^\"]+/{form}", designer.get("/design/forms"))
    assert link is not None
    return str(designer.post(link[0]).headers["Location"])


def test_a_field_is_added_written_moved_and_taken_away_without_a_script(designer: Person) -> None:
    draft = opened(designer)

    place = str(designer.post(draft, {"what": "add", "kind": "radio"}).headers["Location"])
    at = re.search(r"at=([\d.]+)", place)
    assert at is not None
    words = {"label": "领取方式", "label_en": "How", "key": "how", "required": "true", "options": "a | 自取 | Collect\nb | 邮寄"}
    designer.post(draft, {"what": "save", "at": at[1], **words})
    designer.post(draft, {"what": "up", "at": at[1]})

    source = json.loads(designer.get(f"{draft}/form.json"))
    made = source["components"][-2]
    assert (made["label"], made["key"], made["validate"]) == ("领取方式", "how", {"required": True})
    assert made["values"][0] == {"value": "a", "label": "自取", "label_en": "Collect"}
    designer.post(draft, {"what": "remove", "at": str(len(source["components"]) - 2)})
    assert "领取方式" not in designer.get(draft)


def test_what_is_wrong_is_said_in_both_languages_and_nothing_is_saved(designer: Person) -> None:
    draft = opened(designer)
    before = designer.get(f"{draft}/form.json")

    answer = designer.post(draft, {"what": "save", "at": "0", "hide": "=1 +", "key": "name"}, status=422)

    designer.client.set_cookie("lang", "en")
    english = designer.post(draft, {"what": "save", "at": "0", "hide": "=1 +", "key": "name", "label_en": "Name"}, status=422)

    assert "<b>Name</b>: " in english.text
    assert "没有保存" in answer.text
    assert "=1 +" in answer.text
    assert designer.get(f"{draft}/form.json") == before


def test_a_form_is_downloaded_changed_elsewhere_and_uploaded(designer: Person) -> None:
    draft = opened(designer)
    source = json.loads(designer.get(f"{draft}/form.json"))
    source["components"].append({"type": "textfield", "key": "extra", "label": "补充"})

    designer.post(draft, {"what": "upload", "file": (BytesIO(json.dumps(source).encode()), "f.json")})
    designer.post(draft, {"what": "upload", "file": (BytesIO(b"no form"), "f.json")}, status=422)

    assert "补充" in designer.get(draft)


def test_two_designers_do_not_overwrite_each_other(designer: Person) -> None:
    draft = opened(designer)
    designer.post(draft, {"what": "add", "kind": "text", "version": "1"})

    answer = designer.post(draft, {"what": "add", "kind": "text", "version": "1"}, status=409)

    assert "保存" in answer.text


def test_a_trial_of_the_preview_is_checked_as_the_real_page_checks(designer: Person) -> None:
    draft = opened(designer)

    answer = designer.post(draft, {"what": "try"}, status=200)

    assert 'aria-invalid="true"' in answer.text


def test_a_stored_form_is_a_draft_version_that_somebody_else_publishes(designer: Person) -> None:
    draft = opened(designer)
    designer.post(draft, {"what": "add", "kind": "text"})

    version = str(designer.post(draft, {"what": "store"}).headers["Location"])

    assert "草稿" in designer.get(version)
    designer.post(draft, {"what": "add", "kind": "text"}, status=409)


def test_the_preview_has_the_fields_of_the_real_page(app: Flask, served: Engine, designer: Person) -> None:
    with served.read(city.DESIGNER) as tx:
        code = next(item.code for item in catalogue.registered(tx) if item.key == CITIZEN_SERVICE)
    made = applications.open_draft(served, city.GRANNY, code)

    real, preview = sit(app, city.GRANNY).get(f"/apply/drafts/{made.id}"), designer.get(opened(designer))

    markup = real.split('name="version"')[1].split('<p class="small soft">上次保存')[0].split(">", 1)[1]
    assert 'id="f-' in markup
    assert markup.strip() in preview
