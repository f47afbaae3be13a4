"""The window and its appointments over REST."""

from collections.abc import Callable
from datetime import datetime, timedelta

from tests.unit.casework import city

As = Callable[..., object]
VISITOR = {"kind": "citizen", "name": "陈秀英", "number": "11010519491231002X", "consents": True}


def test_an_application_is_taken_in_once_for_a_key(as_: As) -> None:
    asked = {"service": "SC-001", "visitor": VISITOR, "materials": ["身份证"]}
    limin = as_(city.INTAKE)

    made = [limin("POST", "/counter/cases", json=asked, headers={"Idempotency-Key": "w1"}) for _ in range(2)]
    refused = as_(city.GRANNY)("POST", "/counter/cases", json=asked, headers={"Idempotency-Key": "w2"})
    unread = {**asked, "visitor": {**VISITOR, "number": "1"}}

    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json["case_no"] == made[1].json["case_no"]
    assert refused.status_code == 403
    wrong = limin("POST", "/counter/cases", json=unread, headers={"Idempotency-Key": "w3"})
    assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/number")


def test_a_seat_is_taken_once_and_given_back(as_: As) -> None:
    granny = as_(city.GRANNY)
    tomorrow = datetime.fromisoformat(granny("GET", "/services/SC-001/slots").json[0]["starts_at"]) + timedelta(days=1)
    slot = granny("GET", f"/services/SC-001/slots?day={tomorrow:%Y-%m-%d}").json[0]
    asked = {"service": "SC-001", "starts_at": slot["starts_at"]}

    made = granny("POST", "/appointments", json=asked)
    again = granny("POST", "/appointments", json=asked)
    received = as_(city.INTAKE)("POST", f"/appointments/{made.json['id']}/receive")

    assert (made.status_code, made.json["state"]) == (201, "booked")
    assert again.status_code == 409
    assert received.json["state"] == "arrived"
    assert granny("DELETE", f"/appointments/{made.json['id']}").status_code == 409
    assert granny("GET", "/services/SC-001/slots?day=soon").status_code == 422


def test_a_signed_power_of_attorney_is_recorded_and_holds_at_once(as_: As) -> None:
    asked = {"principal": VISITOR, "agent_name": "许文", "agent_no": "110105199003070017", "valid_from": "2026-01-01"}
    asked |= {"valid_to": "2099-12-31", "paper": "委托书 1 号"}

    unfinished = as_(city.INTAKE)("POST", "/counter/authorisations", json={**asked, "valid_to": None, "agent_no": "1"})
    made = as_(city.INTAKE)("POST", "/counter/authorisations", json=asked)

    assert {error["pointer"] for error in unfinished.json["errors"]} == {"/agent_no", "/valid_to"}
    assert (made.status_code, made.json["state"], made.json["source"]) == (201, "accepted", "counter")
    assert as_(city.GRANNY)("POST", "/counter/authorisations", json=asked).status_code == 403
