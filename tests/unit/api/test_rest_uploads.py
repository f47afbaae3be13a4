"""Uploads over REST: rubbish and attacks are answered with located sentences and leave nothing behind; honest files pass."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from engine.actors import Actor
from tests.unit.api.conftest import PUBLISHER, Machine
from tests.unit.casework.city import DESIGNER, GRANNY, PERMIT

As = Callable[[Actor | None], Machine]
ATTACKS = Path(__file__).parent / "attacks"
REFUSED = (
    "billion-laughs.bpmn",
    "camunda-juel.bpmn",
    "condition-import.bpmn",
    "dangling-refs.bpmn",
    "dmn-input-rce.dmn",
    "dmn-xxe.dmn",
    "form-proto-pollution.form",
    "process-id-traversal.bpmn",
    "script-os-system.bpmn",
    "truncated.bpmn",
    "while-true.bpmn",
    "xxe-file.bpmn",
    "zip-bomb-ratio.zip",
    "zip-traversal.zip",
)
TAKEN = (
    "form-xss-label.form",
    "jinja-ssti-instructions.bpmn",
    "mi-cardinality-1e9.bpmn",
    "ok-chinese-names.bpmn",
    "ok-dmn.dmn",
    "ok-escaped-lt.bpmn",
    "ok-form.form",
    "ok-zip.zip",
    "ssrf-loopback.bpmn",
    "xss-process-name.bpmn",
)
DEEP = b'{"id":"f","components":[' + b'{"type":"group","components":[' * 200 + b"]}" * 200 + b"]}"
RUBBISH = {
    "empty.bpmn": b"",
    "zip-as.bpmn": b"PK\x03\x04",
    "other.bpmn": b"<html/>",
    "utf16.bpmn": "<definitions/>".encode("utf-16"),
    "empty.dmn": b"",
    "text.zip": b"no zip",
    "list.form.json": b"[1]",
    "broken.form": b"{",
    "deep.form": DEEP,
    "number.form": b'{"id":"f","components":[{"type":"textfield","key":"a","validate":{"minLength":"many"}}]}',
    "manifest.toml": b"key = 1",
    "broken.toml": b"\xff",
    "nul.toml/manifest.toml": rb'key = "a\u0000"',
    "nul\x00.bpmn": PERMIT.encode(),
    "notes.md": b"hello",
    "virus.exe": b"MZ",
}


def sent(machine: Machine, *files: tuple[str, bytes]) -> TestResponse:
    parts = [(BytesIO(content), name) for name, content in files]
    return machine("POST", "/deployments", data={"file": parts, "key": "tried"}, content_type="multipart/form-data")


def stored(machine: Machine) -> list[str]:
    return [row["id"] for row in machine("GET", "/deployments").json["items"]]


def assert_located_refusal(answer: TestResponse) -> None:
    text = answer.get_data(as_text=True)
    assert answer.status_code in (413, 422)
    assert answer.mimetype == "application/problem+json"
    assert [word for word in ("Traceback", str(Path.cwd()), "SELECT") if word in text] == []
    assert answer.status_code == 413 or all(e["detail_zh"] and e["detail_en"] and e["code"] for e in answer.json["errors"])


def test_every_file_of_the_collection_is_judged() -> None:
    assert {path.name for path in ATTACKS.iterdir()} == {*REFUSED, *TAKEN}


@pytest.mark.parametrize("name", REFUSED)
def test_an_attack_is_refused_and_leaves_nothing(alone: As, name: str) -> None:
    designer = alone(DESIGNER)
    before = stored(designer)

    answer = sent(designer, (name, (ATTACKS / name).read_bytes()))

    assert_located_refusal(answer)
    assert stored(designer) == before


@pytest.mark.parametrize("name", RUBBISH)
def test_rubbish_is_refused_and_leaves_nothing(alone: As, name: str) -> None:
    designer = alone(DESIGNER)
    before = stored(designer)

    answer = sent(designer, (name, RUBBISH[name]))

    assert_located_refusal(answer)
    assert stored(designer) == before


@pytest.mark.parametrize("name", TAKEN)
def test_a_file_that_can_do_no_harm_is_stored_as_a_draft(alone: As, name: str) -> None:
    answer = sent(alone(DESIGNER), (name, (ATTACKS / name).read_bytes()))

    assert answer.status_code == 201
    assert answer.json["state"] == "draft"


def test_an_upload_without_a_file_says_so(alone: As) -> None:
    answer = alone(DESIGNER)("POST", "/deployments", data={}, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/file"


def test_a_citizen_may_not_upload(alone: As) -> None:
    assert sent(alone(GRANNY), ("a.bpmn", PERMIT.encode())).status_code == 403


def test_what_is_larger_than_allowed_is_refused_before_it_is_read(alone: As) -> None:
    body, kind = b" " * (21 * 1024 * 1024), "multipart/form-data; boundary=b"

    answer = alone(DESIGNER)("POST", "/deployments", data=body, content_type=kind)

    assert answer.status_code == 413


def test_a_name_with_a_path_is_no_path(alone: As) -> None:
    answer = sent(alone(DESIGNER), ("../../etc/cron.d/a.bpmn", PERMIT.replace('id="permit"', 'id="other"').encode()))

    assert answer.status_code in (201, 422)


def test_a_draft_is_published_by_somebody_else(as_: As) -> None:
    own = PERMIT.replace('id="permit"', 'id="drafted"').encode()
    made = sent(as_(PUBLISHER), ("drafted.bpmn", own)).json
    other = sent(as_(DESIGNER), ("second.bpmn", PERMIT.replace('id="permit"', 'id="second"').encode())).json

    own_release = as_(PUBLISHER)("POST", f"/deployments/{made['id']}/publish")
    release = as_(PUBLISHER)("POST", f"/deployments/{other['id']}/publish")

    assert own_release.status_code == 409
    assert release.json["state"] == "published"


def test_a_definition_is_given_back_byte_for_byte_and_drawn(as_: As) -> None:
    source = PERMIT.replace('id="permit"', 'id="drafted"').encode()
    made = sent(as_(DESIGNER), ("drafted.bpmn", source)).json
    path = f"/deployments/{made['id']}/definitions/drafted"

    xml, svg = (as_(DESIGNER)("GET", f"{path}/{kind}") for kind in ("xml", "svg"))

    assert xml.data == source
    assert svg.mimetype == "image/svg+xml"
    assert svg.data.startswith(b"<svg")
    assert as_(DESIGNER)("GET", f"/deployments/{made['id']}/definitions/nothing/xml").status_code == 404


def test_versions_are_paged_by_cursor(as_: As) -> None:
    designer = as_(DESIGNER)
    every = stored(designer)

    first = designer("GET", "/deployments?limit=1").json
    second = designer("GET", f"/deployments?limit=1&after={first['next']}").json

    assert [row["id"] for page in (first, second) for row in page["items"]] == every[:2]
