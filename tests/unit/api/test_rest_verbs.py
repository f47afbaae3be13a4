"""The caseworker's verbs over REST, and documents as PDF."""

from collections.abc import Callable

from engine.casework import inbox
from engine.transaction import Engine
from tests.unit.casework import city
from tests.unit.casework.test_people import accepted, apply, decided, task_of

As = Callable[..., object]


def test_a_task_is_sent_back_straight_and_comes_back(served: Engine, as_: As) -> None:
    case_no = accepted(served)
    task_id = task_of(served, case_no, city.REVIEWER)
    with served.begin(city.REVIEWER) as tx:
        inbox.claim(tx, task_id)
    asked = {"target": "intake", "reason": "请核对", "fields": ["name"], "mode": "straight"}

    made = as_(city.REVIEWER)("POST", f"/tasks/{task_id}/send-back", json=asked)

    assert made.status_code == 200
    assert as_(city.REVIEWER)("POST", f"/tasks/{task_id}/send-back", json=asked).status_code == 409
    inbox.complete(served, city.INTAKE, made.json["task_id"], {"action": "accept"})
    assert task_of(served, case_no, city.REVIEWER)


def test_bulk_answers_row_by_row(served: Engine, as_: As) -> None:
    task_id = task_of(served, apply(served))

    answer = as_(city.INTAKE)("POST", "/tasks/bulk/claim", json={"keys": [task_id, "no-such-task"]})

    assert [row["ok"] for row in answer.json["results"]] == [True, False]
    assert answer.json["results"][1]["code"] == "not-found"


def test_a_case_is_suspended_once_and_resumed(served: Engine, as_: As) -> None:
    case_no = accepted(served)
    head = as_(city.HEAD_OF_OFFICE)

    assert head("POST", f"/cases/{case_no}/suspend", json={"reason": "等待裁定", "declared": "5WD"}).json["light"] == "paused"
    assert head("POST", f"/cases/{case_no}/suspend", json={"reason": "再"}).status_code == 409
    assert head("POST", f"/cases/{case_no}/resume", json={}).json["light"] == "green"
    assert as_(city.INTAKE)("POST", f"/cases/{case_no}/suspend", json={"reason": "x"}).status_code == 404


def test_a_supervision_is_opened_answered_and_closed(served: Engine, as_: As) -> None:
    case_no = accepted(served)
    head = as_(city.HEAD_OF_OFFICE)

    made = head("POST", f"/cases/{case_no}/supervisions", json={"text": "请说明"})
    answered = as_(city.REVIEWER)("POST", f"/supervisions/{made.json['id']}/answer", json={"text": "本周办结"})

    assert (made.status_code, answered.json["state"]) == (201, "answered")
    assert head("POST", f"/supervisions/{made.json['id']}/close").json["state"] == "closed"
    assert head("GET", f"/cases/{case_no}/escalation").json[0]["name"] == "holder"


def test_a_document_is_a_pdf_for_its_owner_and_nobody_else(served: Engine, as_: As) -> None:
    case_no = decided(served, "grant")
    papers = as_(city.SHOP)("GET", f"/cases/{case_no}").json["documents"]

    answer = as_(city.SHOP)("GET", f"/documents/{papers[-1]['id']}.pdf")

    assert answer.data.startswith(b"%PDF-")
    assert answer.mimetype == "application/pdf"
    assert answer.data == as_(city.SHOP)("GET", f"/documents/{papers[-1]['id']}.pdf").data
    assert as_(city.STRANGER)("GET", f"/documents/{papers[-1]['id']}.pdf").status_code == 404


def test_a_year_of_the_calendar_names_make_up_days(served: Engine, as_: As) -> None:
    answer = as_(city.INTAKE)("GET", "/calendars/2026?office=scjg")

    days = {day["day"]: day for day in answer.json["days"]}
    assert days["2026-02-14"]["is_workday"]
    assert days["2026-02-17"]["zh"] == "春节"


def test_a_special_procedure_is_asked_for_listed_and_closed(served: Engine, as_: As) -> None:
    case_no = accepted(served)
    wang, path = as_(city.REVIEWER), f"/cases/{case_no}/special-procedures"
    asked = {"kind": "testing", "declared": "5WD", "reason": "样品须送检"}

    made = wang("POST", path, json=asked)

    assert (made.status_code, made.json["state"]) == (201, "open")
    assert wang("POST", path, json=asked).status_code == 409
    assert wang("POST", path, json={**asked, "declared": "soon"}).status_code == 409
    assert [p["kind"] for p in as_(city.HEAD_OF_OFFICE)("GET", "/special-procedures").json] == ["testing"]
    assert wang("GET", "/special-procedures").status_code == 403
    assert as_(city.STRANGER)("GET", path).status_code == 404
    assert wang("POST", f"/special-procedures/{made.json['id']}/close", json={"result": "合格"}).json["state"] == "closed"
    assert wang("GET", path).json[0]["result"] == "合格"
    assert wang("POST", f"/special-procedures/{made.json['id']}/approve").status_code == 404
