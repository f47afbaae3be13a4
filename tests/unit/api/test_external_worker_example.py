"""The worker of `docs/howto` against a city over HTTP."""

import runpy
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
from flask import Flask
from werkzeug.serving import make_server

from engine.actors import SYSTEM, Actor, ActorKind
from engine.bpmn.terms import Status
from engine.casework import accounts
from engine.casework.accounts import Person
from engine.runtime import deploy, queues, start, variables
from engine.transaction import Engine
from tests.unit.api.test_rest_external_jobs import SHIPPING, begun

EXAMPLE = Path(__file__).parents[3] / "docs/howto/external_worker.py"
VAN = Actor("machine:van", "van", ActorKind.OFFICER, frozenset({"machine"}))


@pytest.fixture
def address(lone_app: Flask) -> Iterator[str]:
    """The application behind a socket."""
    server = make_server("127.0.0.1", 0, lone_app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def example() -> SimpleNamespace:
    """The file as it is copied."""
    return SimpleNamespace(**runpy.run_path(str(EXAMPLE)))


@pytest.fixture
def key(lone_app: Flask) -> str:
    """What `tongban machine add` prints."""
    with lone_app.extensions["tongban"].begin(SYSTEM) as tx:
        deploy.publish(tx, deploy.deploy(tx, "shipping", {"shipping.bpmn": SHIPPING.encode()}).id)
        accounts.register(tx, Person(VAN.id, VAN.id, VAN.name, VAN.kind, roles=("machine",), groups=("post.ship",)))
        return accounts.issue_token(tx, VAN.id, "van")


def test_the_example_does_what_waits_and_the_process_goes_on(
    lone_app: Flask, address: str, example: SimpleNamespace, key: str
) -> None:
    instance_id = begun(lone_app)

    next(example.run(example.Client(address, key, "van-1"), "post.ship", example.ship))

    engine: Engine = lone_app.extensions["tongban"]
    with engine.read(SYSTEM) as tx:
        assert start.get(tx, instance_id).status is Status.COMPLETED
        assert str(variables.of(tx, instance_id)["number"]).startswith("SF-")


def test_the_example_refuses_and_reports_failures(lone_app: Flask, address: str, example: SimpleNamespace, key: str) -> None:
    begun(lone_app)
    client = example.Client(address, key, "van-1")
    (job,) = client.fetch("post.ship", wait_seconds=0)
    client.extend(job, 60)

    example.do(client, job, lambda _: {}["nothing"])

    with lone_app.extensions["tongban"].read(SYSTEM) as tx:
        (row,) = queues.job_rows(tx)
        assert (row["state"], row["last_error"]) == ("offered", "KeyError: 'nothing'")


def test_a_key_opens_only_the_topics_it_was_made_for(lone_app: Flask, key: str) -> None:
    asked = {"json": {"topic": "tax.file", "worker": "x"}, "headers": {"Authorization": f"Bearer {key}"}}

    assert lone_app.test_client().post("/api/v1/jobs/fetch", **asked).status_code == 403


def test_a_key_of_a_machine_opens_nothing_else(lone_app: Flask, key: str) -> None:
    answer = lone_app.test_client().get("/api/v1/incidents", headers={"Authorization": f"Bearer {key}"})

    assert answer.status_code == 403
