"""The desk over REST: supplement, materials, deputies, filters, cards, and how each date was computed."""

from collections.abc import Callable
from datetime import timedelta

from engine.casework import inbox, sla
from engine.clock import VirtualClock
from engine.transaction import Engine
from tests.unit.casework import city
from tests.unit.casework.test_people import accepted, apply, task_of

As = Callable[..., object]


def test_a_supplement_is_asked_for_once(served: Engine, as_: As) -> None:
    case_no = apply(served)
    task_id = task_of(served, case_no)
    with served.begin(city.INTAKE) as tx:
        inbox.claim(tx, task_id)
    limin = as_(city.INTAKE)

    asked = {"items": [{"name": "布局图", "reason": "缺页"}], "reason": "请补齐"}
    empty = limin("POST", f"/tasks/{task_id}/supplement", json={"items": []})
    done = limin("POST", f"/tasks/{task_id}/supplement", json=asked)

    assert empty.status_code == 422
    assert done.json["case"]["state"] == "supplement_required"
    assert limin("POST", f"/tasks/{task_id}/supplement", json={"items": [{"name": "x"}]}).status_code == 409


def test_a_deputy_is_appointed_and_ended(as_: As) -> None:
    limin = as_(city.INTAKE)
    given = {"deputy_id": "wangqiang", "starts_at": "2026-11-01T00:00:00+08:00", "ends_at": "2027-01-01T00:00:00+08:00"}

    made = limin("POST", "/substitutions", json=given)

    assert (made.status_code, made.json["deputy_name"]) == (201, "王强")
    assert [s["id"] for s in as_(city.REVIEWER)("GET", "/substitutions").json] == [made.json["id"]]
    assert limin("DELETE", f"/substitutions/{made.json['id']}").status_code == 204
    assert limin("DELETE", f"/substitutions/{made.json['id']}").status_code == 409


def test_a_filter_is_kept_shared_and_deleted_by_its_owner(as_: As) -> None:
    limin, wang = as_(city.INTAKE), as_(city.REVIEWER)

    made = limin("POST", "/filters", json={"name": "红", "query": {"light": "red"}, "is_shared": True})

    assert made.status_code == 201
    assert [f["is_mine"] for f in wang("GET", "/filters").json] == [False]
    assert wang("DELETE", f"/filters/{made.json['id']}").status_code == 404
    assert limin("DELETE", f"/filters/{made.json['id']}").status_code == 204


def test_every_clock_says_how_its_date_was_computed(served: Engine, as_: As) -> None:
    case_no = accepted(served)

    clocks = as_(city.REVIEWER)("GET", f"/cases/{case_no}/clocks").json

    assert {c["kind"] for c in clocks} >= {"committed", "statutory"}
    assert all(c["steps"] for c in clocks if c["due_at"])
    assert as_(city.STRANGER)("GET", f"/cases/{case_no}/clocks").status_code == 404


def test_a_card_is_cancelled_once_with_a_reason(served: Engine, as_: As, clock: VirtualClock) -> None:
    accepted(served)
    clock.advance(timedelta(days=30))
    sla.sweep(served)
    head = as_(city.HEAD_OF_OFFICE)
    card = head("GET", "/cards").json["items"][0]

    assert head("POST", f"/cards/{card['id']}/cancel", json={"reason": "日历有误"}).status_code == 204
    assert head("POST", f"/cards/{card['id']}/cancel", json={"reason": "再"}).status_code == 409
    assert head("POST", f"/cards/{card['id']}/burn", json={}).status_code == 404


def test_a_task_is_dispatched_to_whoever_has_the_least_to_do(served: Engine, as_: As) -> None:
    first, second = (task_of(served, apply(served, key)) for key in ("d1", "d2"))
    head = as_(city.HEAD_OF_OFFICE)

    one = head("POST", f"/tasks/{first}/dispatch").json
    two = head("POST", "/tasks/bulk/dispatch", json={"keys": [second, "no-such-task"]}).json["results"]

    assert one["assignee"] == "limin"
    assert [row["ok"] for row in two] == [True, False]
    assert head("POST", "/tasks/bulk/burn", json={"keys": [second]}).status_code == 404
