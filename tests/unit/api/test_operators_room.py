"""The operator's room: what waits and why, settled in bulk; processes drained; the intake of one service paused."""

from datetime import timedelta

import pytest
from flask import Flask

from engine.actors import SYSTEM
from engine.clock import VirtualClock
from engine.errors import NotFound
from engine.runtime import deploy, external, incidents, start, waiting, workers
from engine.transaction import Engine
from tests.unit.api.conftest import OPERATOR, speaker
from tests.unit.api.pages import sit
from tests.unit.api.test_rest_operations import BROKEN, started
from tests.unit.casework import city

NEVER = (
    '<conditionExpression xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="tFormalExpression">'
    "${ok}</conditionExpression>"
)
ASKING = (
    city.HEAD
    + '<process id="asking" name="询问" isExecutable="true"><startEvent id="s"/>'
    + city.call("ask", "outside.ask")
    + '<userTask id="read" name="阅读"/><endEvent id="e"/>'
    + city.flow("s", "ask")
    + city.flow("ask", "read")
    + city.flow("read", "e")
    + "</process></definitions>"
)


@pytest.fixture
def asked(lone_app: Flask, clock: VirtualClock) -> list[str]:
    """Three instances whose outside call nobody ever came for."""
    engine: Engine = lone_app.extensions["tongban"]
    with engine.begin(SYSTEM) as tx:
        deploy.publish(tx, deploy.deploy(tx, "asking", {"asking.bpmn": ASKING.encode()}).id)
        made = [start.start(tx, "asking").id for _ in range(3)]
    clock.advance(external.UNWANTED_AFTER + timedelta(seconds=1))
    external.tend(engine)
    return made


def why(app: Flask, instance_id: str) -> str:
    with app.extensions["tongban"].read(SYSTEM) as tx:
        return waiting.why(tx, instance_id)[1]


def test_incidents_of_one_cause_are_one_line_and_are_retried_together(lone_app: Flask, asked: list[str]) -> None:
    operator = sit(lone_app, OPERATOR)
    cause = {"process_id": "asking", "element_id": "ask", "code": "job.exhausted"}

    shown = operator.get("/ops/incidents")
    operator.post("/ops/causes/retry", cause)

    assert 'name="process_id" value="asking"' in shown
    with lone_app.extensions["tongban"].read(SYSTEM) as tx:
        assert incidents.groups(tx) == []
    assert why(lone_app, asked[0]).startswith("outside.ask failed")


def test_incidents_of_one_cause_are_skipped_together_over_rest(lone_app: Flask, asked: list[str]) -> None:
    machine = speaker(lone_app)(OPERATOR)
    cause = {"process_id": "asking", "element_id": "ask", "code": "job.exhausted"}

    known = machine("GET", "/incidents/causes").json
    answer = machine("POST", "/incidents/causes/skip", json=cause).json

    assert [row["count"] for row in known] == [3]  # type: ignore[union-attr]
    assert answer == {"settled": 3, "refused": 0}
    assert machine("GET", f"/instances/{asked[0]}/why").json["en"] == "阅读 waits for -."  # type: ignore[index]


def test_a_parked_job_says_why_its_instance_waits(lone_app: Flask, asked: list[str]) -> None:
    assert "ask has failed and waits for an operator" in why(lone_app, asked[0])
    assert "等待运维处理" in sit(lone_app, OPERATOR).get(f"/ops/instances/{asked[0]}")


def test_a_process_is_drained_and_takes_work_again(lone_app: Flask) -> None:
    engine: Engine = lone_app.extensions["tongban"]
    operator = sit(lone_app, OPERATOR)
    workers.beat(engine, "worker")

    operator.post(f"/ops/machines/{engine.worker_id}/drain")
    is_draining = workers.beat(engine, "worker", 7)
    shown = operator.get("/ops/")
    operator.post(f"/ops/machines/{engine.worker_id}/resume")

    assert is_draining
    assert "排空中" in shown
    assert not workers.beat(engine, "worker")


def test_a_paused_service_takes_no_applications_until_it_is_resumed(lone_app: Flask) -> None:
    operator, machine = sit(lone_app, OPERATOR), speaker(lone_app)(city.GRANNY)
    body = {"service": "MZ-001", "answers": {"age": 81}}

    operator.post("/ops/services/MZ-001/pause", {"reason": "系统维护"})
    paused = machine("POST", "/cases", json=body, headers={"Idempotency-Key": "k1"})
    operator.post("/ops/services/MZ-001/resume")
    resumed = machine("POST", "/cases", json=body, headers={"Idempotency-Key": "k2"})

    assert paused.status_code == 409
    assert resumed.status_code == 201


def test_jobs_and_timers_are_listed_and_nobody_else_sees_the_room(lone_app: Flask, asked: list[str]) -> None:
    assert "outside.ask" in sit(lone_app, OPERATOR).get("/ops/work?state=incident")
    sit(lone_app, city.INTAKE).get("/ops/", status=403)


def test_metrics_name_queues_processes_and_connectors(lone_app: Flask) -> None:
    engine: Engine = lone_app.extensions["tongban"]
    workers.beat(engine, "worker")
    with engine.begin(SYSTEM) as tx:
        deploy.publish(tx, deploy.deploy(tx, "asking", {"asking.bpmn": ASKING.encode()}).id)
        start.start(tx, "asking")

    text = lone_app.test_client().get("/metrics").text

    assert 'tongban_queue_waiting{process="asking",operation="outside.ask"} 1' in text
    assert 'tongban_processes{kind="worker",state="well"} 1' in text


def test_an_unknown_instance_has_no_reason(sqlite_engine: Engine) -> None:
    with sqlite_engine.read(SYSTEM) as tx, pytest.raises(NotFound):
        waiting.why(tx, "nobody")


@pytest.mark.parametrize("by", ["page", "rest"])
def test_incidents_of_one_cause_go_on_elsewhere_together(lone_app: Flask, asked: list[str], by: str) -> None:
    cause = {"process_id": "asking", "element_id": "ask", "code": "job.exhausted", "to": "read"}

    if by == "page":
        sit(lone_app, OPERATOR).post("/ops/causes/move", cause)
    else:
        moved = speaker(lone_app)(OPERATOR)("POST", "/incidents/causes/move", json={**cause, "reason": "by hand"})
        assert moved.json == {"settled": 3, "refused": 0}

    assert why(lone_app, asked[0]) == "阅读 waits for -."


def test_an_incident_of_the_diagram_itself_goes_on_elsewhere_too(lone_app: Flask) -> None:
    engine: Engine = lone_app.extensions["tongban"]
    broken = BROKEN.replace('<endEvent id="c"/>', '<endEvent id="c"/><userTask id="read" name="阅读"/><endEvent id="d"/>')
    broken = broken.replace(
        "</process>", '<sequenceFlow id="h" sourceRef="b" targetRef="read"/>' + city.flow("read", "d") + "</process>"
    )
    broken = broken.replace('targetRef="read"/>', f'targetRef="read">{NEVER}</sequenceFlow>', 1)
    made = started(engine, broken, "breaks")
    (cause,) = speaker(lone_app)(OPERATOR)("GET", "/incidents/causes").json
    given = {name: cause[name] for name in ("process_id", "element_id", "code")}

    sit(lone_app, OPERATOR).post("/ops/causes/move", {**given, "to": "read"})

    assert why(lone_app, made) == "阅读 waits for -."


def test_machines_see_what_operators_see(lone_app: Flask, asked: list[str]) -> None:
    engine: Engine = lone_app.extensions["tongban"]
    machine = speaker(lone_app)(OPERATOR)
    workers.beat(engine, "worker")

    drained = machine("POST", f"/machines/{engine.worker_id}/drain").json
    paused = machine("POST", "/services/MZ-001/pause", json={"reason": "系统维护"}).json

    assert drained["is_draining"]  # type: ignore[index]
    assert paused["status"] == "suspended"  # type: ignore[index]
    assert machine("POST", "/services/MZ-001/resume").json["status"] == "published"  # type: ignore[index]
    assert [row["state"] for row in machine("GET", "/jobs?state=incident").json["items"]] == ["incident"] * 3  # type: ignore[index]
    assert machine("POST", "/machines/nobody/drain").status_code == 404
    assert [machine("GET", path).status_code for path in ("/machines", "/queues", "/timers", "/topics", "/connectors")] == [
        200
    ] * 5
    assert speaker(lone_app)(city.INTAKE)("GET", "/machines").status_code == 403
