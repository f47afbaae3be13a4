"""Other systems do our work: fetched by topic, leased with a fence, completed, failed, refused, extended."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask

from engine.actors import SYSTEM
from engine.bpmn.terms import Status
from engine.clock import VirtualClock
from engine.runtime import deploy, external, history, incidents, jobs, start, variables, waiting
from engine.transaction import Engine
from tests.unit.api.conftest import OPERATOR, Machine, speaker
from tests.unit.casework import city

SHIPPING = (
    city.HEAD
    + '<error id="lost" errorCode="parcel.lost"/><process id="shipping" name="寄送" isExecutable="true"><startEvent id="s"/>'
    + city.call("ship", "post.ship", weight="=weight")
    + '<boundaryEvent id="gone" attachedToRef="ship"><errorEventDefinition errorRef="lost"/></boundaryEvent>'
    + '<endEvent id="e"/><endEvent id="sorry"/>'
    + city.flow("s", "ship")
    + city.flow("ship", "e")
    + city.flow("gone", "sorry")
    + "</process></definitions>"
)


@pytest.fixture
def carrier(lone_app: Flask) -> Machine:
    """A machine that has asked for the topic once."""
    engine: Engine = lone_app.extensions["tongban"]
    with engine.begin(SYSTEM) as tx:
        deploy.publish(tx, deploy.deploy(tx, "shipping", {"shipping.bpmn": SHIPPING.encode()}).id)
    machine = speaker(lone_app)(OPERATOR)
    assert fetched(machine) == []
    return machine


def begun(app: Flask) -> str:
    with app.extensions["tongban"].begin(SYSTEM) as tx:
        return start.start(tx, "shipping", {"weight": 3}).id


def fetched(machine: Machine, **asked: object) -> list[dict[str, object]]:
    found = machine("POST", "/jobs/fetch", json={"topic": "post.ship", "worker": "van-1", **asked})
    assert found.status_code == 200
    return found.json  # type: ignore[return-value]


def status(app: Flask, instance_id: str) -> Status:
    with app.extensions["tongban"].read(SYSTEM) as tx:
        return start.get(tx, instance_id).status


def test_a_fetched_job_is_completed_once_and_its_instance_goes_on(lone_app: Flask, carrier: Machine) -> None:
    instance_id = begun(lone_app)

    (job,) = fetched(carrier)
    is_taken = fetched(carrier) == []
    answer = {"fence": job["fence"], "variables": {"number": "SF1"}}
    done = carrier("POST", f"/jobs/{job['id']}/complete", json=answer)
    again = carrier("POST", f"/jobs/{job['id']}/complete", json=answer)

    assert is_taken
    assert job["variables"] == {"weight": 3}
    assert (done.status_code, again.status_code) == (204, 404)
    assert status(lone_app, instance_id) is Status.COMPLETED
    with lone_app.extensions["tongban"].read(SYSTEM) as tx:
        assert variables.of(tx, instance_id)["number"] == "SF1"


def test_our_own_workers_leave_a_topic_alone_that_others_fetch(lone_app: Flask, carrier: Machine) -> None:
    begun(lone_app)

    assert jobs.sweep(lone_app.extensions["tongban"], "ours") == 0
    assert len(fetched(carrier)) == 1


def test_an_answer_after_the_lease_is_refused_and_the_job_goes_to_the_next(
    lone_app: Flask, carrier: Machine, clock: VirtualClock
) -> None:
    begun(lone_app)
    (job,) = fetched(carrier, lease_seconds=10)

    clock.advance(timedelta(seconds=11))
    late = carrier("POST", f"/jobs/{job['id']}/complete", json={"fence": job["fence"]})
    (second,) = fetched(carrier)
    old = carrier("POST", f"/jobs/{job['id']}/fail", json={"fence": job["fence"], "reason": "x"})

    assert (late.status_code, old.status_code) == (409, 409)
    assert second["fence"] == int(str(job["fence"])) + 1


def test_an_extended_lease_holds(lone_app: Flask, carrier: Machine, clock: VirtualClock) -> None:
    begun(lone_app)
    (job,) = fetched(carrier, lease_seconds=10)

    longer = carrier("POST", f"/jobs/{job['id']}/extend", json={"fence": job["fence"], "lease_seconds": 100})
    clock.advance(timedelta(seconds=60))

    assert longer.status_code == 200
    assert fetched(carrier) == []
    assert carrier("POST", f"/jobs/{job['id']}/complete", json={"fence": job["fence"]}).status_code == 204


def test_a_failure_is_tried_again_and_in_the_end_is_an_incident(lone_app: Flask, carrier: Machine, clock: VirtualClock) -> None:
    begun(lone_app)
    for _ in range(3):
        (job,) = fetched(carrier)
        carrier("POST", f"/jobs/{job['id']}/fail", json={"fence": job["fence"], "reason": "the van broke down"})
        clock.advance(timedelta(minutes=1))

    assert fetched(carrier) == []
    (incident,) = carrier("GET", "/incidents").json["items"]  # type: ignore[index]
    assert "the van broke down" in incident["en"]


def test_a_business_refusal_takes_the_way_the_diagram_has_for_it(lone_app: Flask, carrier: Machine) -> None:
    instance_id = begun(lone_app)
    (job,) = fetched(carrier)

    refused = {"fence": job["fence"], "code": "parcel.lost", "message": "gone"}
    assert carrier("POST", f"/jobs/{job['id']}/error", json=refused).status_code == 204

    assert status(lone_app, instance_id) is Status.COMPLETED


def test_a_long_poll_gives_what_comes_while_it_waits(lone_app: Flask, carrier: Machine) -> None:
    lone_app.extensions["tongban_stopping"] = SimpleNamespace(wait=lambda _: begun(lone_app) == "")

    assert len(fetched(carrier, wait_seconds=5)) == 1


def test_a_long_poll_ends_when_the_server_stops(lone_app: Flask, carrier: Machine) -> None:
    lone_app.extensions["tongban_stopping"].set()

    assert fetched(carrier, wait_seconds=25) == []


ZEEBE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d"
  targetNamespace="http://other.example"><process id="shipping" isExecutable="true"><startEvent id="s"/><serviceTask id="ship">
  <extensionElements><zeebe:taskDefinition type="post.ship" retries="5"/><zeebe:ioMapping>
  <zeebe:input source="=weight" target="kg"/>
  </zeebe:ioMapping></extensionElements></serviceTask><endEvent id="e"/><sequenceFlow id="a" sourceRef="s" targetRef="ship"/>
  <sequenceFlow id="b" sourceRef="ship" targetRef="e"/></process></definitions>"""


def test_the_job_type_of_another_vendors_diagram_is_a_topic(lone_app: Flask, carrier: Machine) -> None:
    with lone_app.extensions["tongban"].begin(SYSTEM) as tx:
        deploy.publish(tx, deploy.deploy(tx, "shipping", {"shipping.bpmn": ZEEBE.encode()}).id)
    begun(lone_app)

    (job,) = fetched(carrier)

    assert job["variables"] == {"kg": 3}


def test_a_citizen_fetches_nothing(lone_app: Flask, carrier: Machine) -> None:
    asked = {"topic": "post.ship", "worker": "x"}

    assert speaker(lone_app)(city.GRANNY)("POST", "/jobs/fetch", json=asked).status_code == 403


def test_a_job_is_there_for_whoever_comes_later_and_its_request_waits_for_nobody(lone_app: Flask, carrier: Machine) -> None:
    engine: Engine = lone_app.extensions["tongban"]
    instance_id = begun(lone_app)

    with engine.read(SYSTEM) as tx:
        why = waiting.why(tx, instance_id)[1]

    assert jobs.drain(engine, instance_id, 5)
    assert "waits for an external worker; van-1 asked last" in why


def test_a_worker_that_takes_every_attempt_with_it_leaves_an_incident(
    lone_app: Flask, carrier: Machine, clock: VirtualClock
) -> None:
    engine: Engine = lone_app.extensions["tongban"]
    begun(lone_app)
    for _ in range(3):
        assert len(fetched(carrier, lease_seconds=10)) == 1
        clock.advance(timedelta(seconds=11))

    assert fetched(carrier) == []
    assert external.tend(engine) == 1
    with engine.read(SYSTEM) as tx:
        assert "van-1 did not answer before its lease ended" in incidents.listing(tx)[0]["en"]


def test_a_worker_may_say_when_and_how_often_to_try_again(lone_app: Flask, carrier: Machine, clock: VirtualClock) -> None:
    begun(lone_app)
    (job,) = fetched(carrier)
    later = {"fence": job["fence"], "reason": "closed today", "retries": 1, "retry_seconds": 3600}

    carrier("POST", f"/jobs/{job['id']}/fail", json=later)
    clock.advance(timedelta(minutes=59))
    is_early = fetched(carrier) != []
    clock.advance(timedelta(minutes=1))
    (again,) = fetched(carrier)
    carrier("POST", f"/jobs/{job['id']}/fail", json={"fence": again["fence"], "reason": "closed for good", "retries": 0})

    assert not is_early
    assert again["idempotency_key"] == job["idempotency_key"]
    assert "closed for good" in carrier("GET", "/incidents").json["items"][0]["en"]  # type: ignore[index]


def test_the_history_names_who_did_the_work(lone_app: Flask, carrier: Machine) -> None:
    instance_id = begun(lone_app)
    (job,) = fetched(carrier)

    carrier("POST", f"/jobs/{job['id']}/complete", json={"fence": job["fence"]})

    with lone_app.extensions["tongban"].read(SYSTEM) as tx:
        assert history.of(tx, instance_id)[-1].actor_id == OPERATOR.id


def test_what_a_connector_of_ours_does_is_not_given_away(lone_app: Flask, carrier: Machine) -> None:
    refused = carrier("POST", "/jobs/fetch", json={"topic": "case.accept", "worker": "van-1"})

    assert (refused.status_code, refused.json["type"].rsplit("/", 1)[-1]) == (409, "done-by-connector")  # type: ignore[index]
