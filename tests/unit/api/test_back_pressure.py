"""Back-pressure: too many at once hear when to come back, in both languages, and nothing that was accepted is lost."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
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


@pytest.fixture
def queued(lone_app: Flask) -> Flask:
    """The waiting room is more than half full, and somebody greedy holds a quarter of the threads."""
    lone_app.extensions["tongban_waiting"] = lambda: pressure.MOST_WAITING // 2 + 1
    return lone_app


def greedy(app: Flask, client: str) -> pressure.Held:
    held: pressure.Held = app.extensions["tongban_held"]
    for _ in range(server.THREADS // pressure.SHARE):
        held.take(client)
    return held


def test_a_greedy_client_is_refused_while_others_are_served(queued: Flask) -> None:
    shop, granny = speaker(queued)(city.SHOP), speaker(queued)(city.GRANNY)
    held = greedy(queued, sha256(shop.token.encode()).hexdigest())

    refused, other = shop("GET", "/services"), granny("GET", "/services")
    held.give_back(sha256(shop.token.encode()).hexdigest())
    served = shop("GET", "/services")

    assert (refused.status_code, refused.mimetype) == (429, "application/problem+json")
    assert 1 <= int(refused.headers["Retry-After"]) <= 5
    assert "排队时最多 9 个" in refused.json["detail_zh"]  # type: ignore[index]
    assert "at most 9 requests of yours at once" in refused.json["detail_en"]  # type: ignore[index]
    assert (other.status_code, served.status_code) == (200, 200)


def test_a_greedy_client_takes_what_nobody_waits_for(lone_app: Flask) -> None:
    shop = speaker(lone_app)(city.SHOP)
    greedy(lone_app, sha256(shop.token.encode()).hexdigest())

    assert shop("GET", "/services").status_code == 200


def test_a_greedy_visitor_is_known_by_a_public_address_and_a_balancer_is_not_one(queued: Flask) -> None:
    for address in ("8.8.8.8", "10.0.0.1", "127.0.0.1", ""):
        greedy(queued, address)

    def asked(address: str) -> tuple[int, bool]:
        answer = queued.test_client().get("/services", environ_overrides={"REMOTE_ADDR": address})
        return answer.status_code, "您同时发出的请求过多" in answer.text

    assert asked("8.8.8.8") == (429, True)
    assert [asked(address) for address in ("1.1.1.1", "10.0.0.1", "127.0.0.1", "")] == [(200, False)] * 4


def test_nothing_is_kept_of_requests_that_are_over(queued: Flask) -> None:
    machine = speaker(queued)(city.SHOP)

    machine("GET", "/services")
    machine("GET", "/nothing-here")
    queued.extensions["tongban_waiting"] = lambda: pressure.MOST_WAITING + 1
    machine("GET", "/services")

    assert len(queued.extensions["tongban_held"]) == 0


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
