"""Cases and tasks over REST, from the application to the licence, on each database."""

from collections.abc import Callable

from engine.actors import Actor
from tests.unit.api.conftest import Machine
from tests.unit.casework.city import GRANNY, INTAKE, REVIEWER, SHOP, STRANGER

As = Callable[[Actor | None], Machine]
OLD = {"service": "MZ-001", "answers": {"age": 85}}
SHOP_OPENS = {"service": "SC-001", "answers": {"name": "味然"}}


def key(text: str) -> dict[str, str]:
    return {"Idempotency-Key": text}


def opened(as_: As) -> str:
    """The number of a case that waits for its intake."""
    return str(as_(SHOP)("POST", "/cases", json=SHOP_OPENS, headers=key("opened")).json["case_no"])


def intake(as_: As) -> tuple[str, str]:
    """The intake task, claimed: its id and its ETag."""
    officer = as_(INTAKE)
    task = officer("GET", "/tasks?list=pool").json["items"][0]["task_id"]
    return task, officer("POST", f"/tasks/{task}/claim").headers["ETag"]


def test_an_instant_case_is_decided_in_the_answer(as_: As) -> None:
    answer = as_(GRANNY)("POST", "/cases", json=OLD, headers=key("a"))

    assert answer.status_code == 201
    assert answer.json["decision"] == "grant"
    assert answer.headers["Location"].endswith(answer.json["case_no"])


def test_the_same_key_again_gives_the_same_case(as_: As) -> None:
    granny = as_(GRANNY)
    first = granny("POST", "/cases", json=OLD, headers=key("a"))

    again = granny("POST", "/cases", json=OLD, headers=key("a"))

    assert again.json["case_no"] == first.json["case_no"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(granny("GET", "/cases").json["items"]) == 1


def test_the_same_key_for_something_else_is_a_conflict(as_: As) -> None:
    granny = as_(GRANNY)
    granny("POST", "/cases", json=OLD, headers=key("a"))

    other = granny("POST", "/cases", json={**OLD, "answers": {"age": 90}}, headers=key("a"))

    assert other.status_code == 409
    assert other.json["type"].endswith("/key-reused")


def test_a_case_without_an_idempotency_key_is_refused_by_the_headers_name(as_: As) -> None:
    answer = as_(GRANNY)("POST", "/cases", json=OLD)

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/headers/Idempotency-Key"


def test_a_case_that_needs_people_is_accepted_and_can_be_asked_for(as_: As) -> None:
    answer = as_(SHOP)("POST", "/cases", json=SHOP_OPENS, headers=key("b"))

    asked = as_(SHOP)("GET", f"/cases/{answer.json['case_no']}/outcome")

    assert answer.status_code == 202
    assert asked.json["decision"] is None


def test_a_case_is_not_there_for_a_stranger(as_: As) -> None:
    case_no = opened(as_)

    answer = as_(STRANGER)("GET", f"/cases/{case_no}")

    assert answer.status_code == 404
    assert as_(SHOP)("GET", f"/cases/{case_no}").json["case"]["case_no"] == case_no
    assert as_(INTAKE)("GET", f"/cases/{case_no}").json["answers"] == SHOP_OPENS["answers"]


def test_progress_is_shown_for_number_and_code_alone(as_: As) -> None:
    made = as_(SHOP)("POST", "/cases", json=SHOP_OPENS, headers=key("c")).json
    asked = {"case_no": made["case_no"], "query_code": made["query_code"]}

    shown, hidden = (as_(None)("POST", "/progress", json={**asked, **more}) for more in ({}, {"query_code": "XXXX"}))

    assert "applicant_name" not in shown.json["case"]
    assert shown.json["case"]["case_no"] == made["case_no"]
    assert hidden.status_code == 404


def test_a_case_goes_through_two_officers_to_its_licence(as_: As) -> None:
    case_no = opened(as_)
    task, etag = intake(as_)
    done = as_(INTAKE)("POST", f"/tasks/{task}/complete", json={"values": {"action": "accept"}}, headers={"If-Match": etag})
    reviewer = as_(REVIEWER)
    review = reviewer("GET", "/tasks?list=pool").json["items"][0]["task_id"]
    etag = reviewer("POST", f"/tasks/{review}/claim").headers["ETag"]
    given = {"values": {"outcome": "grant", "reason": "合格"}, "opinion": "同意"}

    final = reviewer("POST", f"/tasks/{review}/complete", json=given, headers={"If-Match": etag})

    assert done.status_code == final.status_code == 200
    case = as_(SHOP)("GET", f"/cases/{case_no}").json
    assert case["case"]["outcome"] == "grant"
    code = case["licences"][0]["code"]
    assert as_(None)("GET", f"/licences/{code}/verification").json["status"] == "valid"


def test_completing_needs_the_version_one_has_seen(as_: As) -> None:
    opened(as_)
    task, _ = intake(as_)
    officer, path = as_(INTAKE), f"/tasks/{task}/complete"
    body = {"values": {"action": "accept"}}

    without = officer("POST", path, json=body)
    stale = officer("POST", path, json=body, headers={"If-Match": '"0"'})
    foreign = officer("POST", path, json=body, headers={"If-Match": "abc"})

    assert [without.status_code, stale.status_code, foreign.status_code] == [428, 412, 412]
    assert "ETag" in without.json["detail_en"]


def test_a_task_somebody_else_holds_is_a_conflict_that_names_the_holder(as_: As) -> None:
    opened(as_)
    task, etag = intake(as_)
    as_(INTAKE)("POST", f"/tasks/{task}/complete", json={"values": {"action": "accept"}}, headers={"If-Match": etag})

    again = as_(INTAKE)("POST", f"/tasks/{task}/complete", json={"values": {"action": "accept"}}, headers={"If-Match": etag})

    assert again.status_code == 409
    assert "李敏" in again.json["detail_zh"]


def test_a_draft_is_kept_and_moves_the_version(as_: As) -> None:
    opened(as_)
    task, etag = intake(as_)
    officer = as_(INTAKE)

    saved = officer("PUT", f"/tasks/{task}/draft", json={"values": {"note": "想一想"}}, headers={"If-Match": etag})

    read = officer("GET", f"/tasks/{task}")
    assert saved.status_code == 200
    assert read.json["values"]["note"] == "想一想"
    assert read.headers["ETag"] == saved.headers["ETag"]


def test_tasks_are_paged_by_cursor(as_: As) -> None:
    shop = as_(SHOP)
    for number in range(3):
        shop("POST", "/cases", json={**SHOP_OPENS, "answers": {"name": str(number)}}, headers=key(str(number)))
    officer = as_(INTAKE)

    first = officer("GET", "/tasks?list=pool&limit=2").json
    second = officer("GET", f"/tasks?list=pool&limit=2&after={first['next']}").json

    found = [row["task_id"] for page in (first, second) for row in page["items"]]
    assert (len(first["items"]), len(set(found)), second["next"]) == (2, 3, None)


def test_a_case_is_withdrawn_once(as_: As) -> None:
    case_no = opened(as_)
    shop, why = as_(SHOP), {"reason": "不办了"}

    first, second = (shop("POST", f"/cases/{case_no}/withdraw", json=why) for _ in range(2))

    assert first.json["state"] == "withdrawn"
    assert second.status_code == 409
