"""Operators' and supervisors' resources, services for everybody, sessions."""

from collections.abc import Callable

import pytest
from flask import Flask

from engine.actors import SYSTEM, Actor
from engine.runtime import deploy, start
from engine.transaction import Engine
from tests.unit.api.conftest import OPERATOR, PASSWORD, Machine
from tests.unit.casework.city import AUDITOR, GRANNY, HEAD, HEAD_OF_OFFICE, INTAKE, SHOP

As = Callable[[Actor | None], Machine]
WAITING = (
    HEAD + '<message id="m" name="paid"/><process id="waits" isExecutable="true"><startEvent id="a"/>'
    '<intermediateCatchEvent id="b"><messageEventDefinition messageRef="m"/></intermediateCatchEvent><endEvent id="c"/>'
    '<sequenceFlow id="f" sourceRef="a" targetRef="b"/><sequenceFlow id="g" sourceRef="b" targetRef="c"/>'
    "</process></definitions>"
)
BROKEN = (
    HEAD + '<process id="breaks" isExecutable="true"><startEvent id="a"/><exclusiveGateway id="b"/><endEvent id="c"/>'
    '<sequenceFlow id="f" sourceRef="a" targetRef="b"/><sequenceFlow id="g" sourceRef="b" targetRef="c">'
    '<conditionExpression xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="tFormalExpression">${ok}'
    "</conditionExpression></sequenceFlow></process></definitions>"
)


def started(engine: Engine, diagram: str, process_id: str) -> str:
    with engine.begin(SYSTEM) as tx:
        made = deploy.deploy(tx, process_id, {f"{process_id}.bpmn": diagram.encode()})
        deploy.publish(tx, made.id)
        return start.start(tx, process_id, {"ok": False}).id


def test_services_and_guides_need_no_sign_in(as_: As) -> None:
    nobody = as_(None)

    page = nobody("GET", "/services").json
    guide = nobody("GET", "/services/MZ-001").json

    assert {row["code"] for row in page["items"]} == {"MZ-001", "SC-001"}
    assert guide["item"]["name"]["zh"] == "高龄津贴"
    assert nobody("GET", "/services/XX-999").status_code == 404


def test_services_are_paged_and_searched(as_: As) -> None:
    nobody = as_(None)

    first = nobody("GET", "/services?limit=1").json
    second = nobody("GET", f"/services?limit=1&after={first['next']}").json

    assert {row["code"] for page in (first, second) for row in page["items"]} == {"MZ-001", "SC-001"}
    assert [row["code"] for row in nobody("GET", "/services?query=elder").json["items"]] == ["MZ-001"]


def test_a_message_moves_the_instance_that_waits_for_it(as_: As, served: Engine) -> None:
    instance_id = started(served, WAITING, "waits")
    operator = as_(OPERATOR)

    answer = operator("POST", "/messages", json={"name": "paid", "variables": {"fen": 100}})

    assert answer.status_code == 202
    assert operator("GET", f"/instances/{instance_id}").json["status"] == "completed"
    assert operator("GET", f"/instances/{instance_id}/variables").json["fen"] == 100


def test_a_message_for_nobody_that_may_not_wait_is_a_conflict(as_: As) -> None:
    answer = as_(OPERATOR)("POST", "/messages", json={"name": "nothing", "ttl_seconds": 0})

    assert answer.status_code == 409


def test_an_incident_is_listed_corrected_and_retried_once(as_: As, served: Engine) -> None:
    instance_id = started(served, BROKEN, "breaks")
    operator = as_(OPERATOR)
    found = next(row for row in operator("GET", "/incidents").json["items"] if row["instance_id"] == instance_id)

    first, second = (operator("POST", f"/incidents/{found['id']}/retry", json={"variables": {"ok": True}}) for _ in range(2))

    assert first.json["resolution"] == "edit"
    assert second.status_code == 409
    assert operator("GET", f"/instances/{instance_id}").json["status"] == "completed"


def test_history_is_paged_by_cursor(as_: As) -> None:
    as_(SHOP)("POST", "/cases", json={"service": "SC-001"}, headers={"Idempotency-Key": "h"})
    auditor = as_(AUDITOR)
    instance_id = auditor("GET", "/instances").json["items"][0]["id"]
    whole = auditor("GET", f"/instances/{instance_id}/history").json["items"]

    first = auditor("GET", f"/instances/{instance_id}/history?limit=1").json
    rest = auditor("GET", f"/instances/{instance_id}/history?after={first['next']}").json

    assert len(whole) > 2
    assert [*first["items"], *rest["items"]] == whole


def test_the_board_counts_the_case_of_the_supervisors_office(as_: As) -> None:
    as_(SHOP)("POST", "/cases", json={"service": "SC-001"}, headers={"Idempotency-Key": "h"})
    as_(GRANNY)("POST", "/cases", json={"service": "MZ-001", "answers": {"age": 1}}, headers={"Idempotency-Key": "h"})

    board = as_(HEAD_OF_OFFICE)("GET", "/boards/supervision").json

    assert board["total"]["open"] == 1
    assert [group["key"] for group in board["by_office"]] == ["scjg"]
    assert as_(HEAD_OF_OFFICE)("GET", "/boards/supervision/alerts").json == {"items": [], "next": None}


@pytest.mark.parametrize(
    "path", ["/tasks", "/incidents", "/instances", "/deployments", "/boards/supervision", "/boards/supervision/alerts"]
)
def test_a_citizen_reads_nothing_of_the_back_office(alone: As, path: str) -> None:
    assert alone(GRANNY)("GET", path).status_code == 403
    assert alone(None)("GET", path).status_code == 401


def test_a_password_buys_a_token_until_it_is_given_back(as_: As, app: Flask) -> None:
    token = as_(None)("POST", "/sessions", json={"name": INTAKE.id, "password": PASSWORD}).json["token"]
    signed_in = Machine(app.test_client(), token)

    name = signed_in("GET", "/sessions/current").json["name"]
    ended = signed_in("DELETE", "/sessions/current")

    assert name == "李敏"
    assert ended.status_code == 204
    assert signed_in("GET", "/sessions/current").status_code == 401


def test_one_click_people_exist_in_a_demo_only(alone: As) -> None:
    assert alone(None)("POST", "/sessions", json={"person": INTAKE.id}).status_code == 404
    assert alone(None)("POST", "/sessions", json={"name": INTAKE.id, "password": "wrong"}).status_code == 401
