"""Back-pressure: too many at once hear when to come back, in both languages, and nothing that was accepted is lost."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Event

import pytest
import sqlalchemy as sa
from flask import Flask

from api import pressure, server
from engine.transaction import Engine
from tests.unit.api.conftest import speaker
from tests.unit.api.pages import sit
from tests.unit.casework import city


@pytest.fixture
def crowded(lone_app: Flask) -> Flask:
    """More requests wait than may."""
    lone_app.extensions["tongban_waiting"] = lambda: pressure.MOST_WAITING + 1
    return lone_app


def test_a_machine_that_is_one_too_many_hears_when_to_come_back(crowded: Flask) -> None:
    body = {"service": "MZ-001", "answers": {"age": 81}}
    machine = speaker(crowded)(city.GRANNY)

    refused = machine("POST", "/cases", json=body, headers={"Idempotency-Key": "k"})
    crowded.extensions["tongban_waiting"] = lambda: 0
    accepted = machine("POST", "/cases", json=body, headers={"Idempotency-Key": "k"})

    assert (refused.status_code, refused.mimetype) == (503, "application/problem+json")
    assert 1 <= int(refused.headers["Retry-After"]) <= 5
    assert "秒后重试" in refused.json["detail_zh"]  # type: ignore[index]
    assert "nothing was done, try again in" in refused.json["detail_en"]  # type: ignore[index]
    assert accepted.status_code == 201


def test_a_person_reads_it_as_a_page(crowded: Flask) -> None:
    answer = sit(crowded, city.INTAKE).client.get("/desk", headers={"Accept": "text/html"})

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "当前访问人数较多" in answer.text


def test_operators_and_balancers_are_always_answered(crowded: Flask) -> None:
    client = crowded.test_client()
    client.get("/api/v1/services")

    assert client.get("/health/live").status_code == 200
    assert "status" in client.get("/health/ready").json  # type: ignore[operator]
    metrics = client.get("/metrics").text
    assert f"tongban_requests_waiting {pressure.MOST_WAITING + 1}" in metrics
    assert "tongban_requests_refused_total 1" in metrics


def test_a_busy_database_is_said_to_be_busy(lone_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise sa.exc.TimeoutError("pool limit reached")

    monkeypatch.setattr(Engine, "read", full)

    answer = lone_app.test_client().get("/api/v1/services")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json["type"].endswith("/database-busy")  # type: ignore[index]


def test_whoever_guesses_too_often_hears_when_to_come_back(lone_app: Flask) -> None:
    client = lone_app.test_client()
    guess = {"name": "nobody", "password": "x"}

    statuses = [client.post("/api/v1/sessions", json=guess) for _ in range(50)]

    assert statuses[-1].status_code == 429
    assert statuses[-1].headers["Retry-After"]


def test_a_storm_is_answered_to_the_last_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "THREADS", 2)
    monkeypatch.setattr(pressure, "MOST_WAITING", 5)
    app, gate = Flask("storm"), Event()
    pressure.register(app)
    app.register_error_handler(pressure.TooBusy, lambda refused: (refused.sentence("en"), 503))
    app.add_url_rule("/slow", view_func=lambda: "done" if gate.wait(10) else "late")
    serving = server.serve(app, port=0)

    def ask(nth: int) -> int:
        line = HTTPConnection("127.0.0.1", serving.port, timeout=20)
        line.request("GET", "/slow")
        status = line.getresponse().status
        line.close()
        return status

    with ThreadPoolExecutor(60) as crowd:
        asked = [crowd.submit(ask, nth) for nth in range(60)]
        while len(serving._server.task_dispatcher.queue) < 50:
            gate.wait(0.01)
        gate.set()
        answers = Counter(each.result() for each in asked)
    serving.stop()

    assert sum(answers.values()) == 60
    assert set(answers) == {200, 503}
    assert answers[503] == pressure.refused(app)
