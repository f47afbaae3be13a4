"""Whatever an outside system answers, its step is taken once, tried again, or an incident; never lost, never doubled."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.bpmn.terms import Complete, Status
from engine.clock import VirtualClock
from engine.models.work import jobs as rows
from engine.ports import Check, ConnectorUnavailable
from engine.runtime import calls, incidents, jobs, start, variables
from engine.transaction import Engine
from processes.connectors.mail import SmsChannel
from tests.unit.runtime.versions import flow, publish

DAY = timedelta(days=1)
ASKING = (
    '<startEvent id="s"/><serviceTask id="ask" camunda:type="external" camunda:topic="outside.ask"/><endEvent id="e"/>'
) + flow("s", "ask", "e")


@dataclass
class Answering:
    """A connector that answers as it is told to."""

    answer: Callable[[], object]
    asked: int = 0

    def call(self, payload: Mapping[str, object], *, idempotency_key: str, timeout_seconds: float) -> Mapping[str, object]:
        self.asked += 1
        return self.answer()  # type: ignore[return-value]  # that is the lie

    def check(self) -> Check:
        return Check(True, "well", "正常")


def nested() -> object:
    made: dict[str, object] = {}
    made["again"] = made
    return {"round": made}


LIES: Mapping[str, Callable[[], object]] = {
    "nothing": lambda: None,
    "a text": lambda: "<html>502 Bad Gateway</html>",
    "a list": lambda: [{"ok": True}],
    "numbered names": lambda: {1: "one"},
    "half a character": lambda: {"name": "\ud800"},
    "far too much": lambda: {"blob": "x" * (calls.LARGEST_ANSWER + 1)},
    "a fault of the adapter": lambda: {}["missing"],  # type: ignore[call-overload]
}


def begun(engine: Engine, answer: Callable[[], object]) -> tuple[Engine, str, Answering]:
    connector = Answering(answer)
    wired = replace(engine, connectors={"outside.ask": connector})
    with wired.begin(SYSTEM) as tx:
        publish(tx, ASKING)
        return wired, start.start(tx, "P").id, connector


def leased(engine: Engine) -> Mapping[str, object]:
    (job,) = jobs.lease(engine, "w", 8)
    return job


def worked(engine: Engine, clock: VirtualClock, rounds: int = 4) -> None:
    """All that is due is done, again and again."""
    for _ in range(rounds):
        for job in jobs.lease(engine, "w", 8):
            jobs.work(engine, job)
        clock.advance(DAY)


def status(engine: Engine, instance_id: str) -> Status:
    with engine.read(SYSTEM) as tx:
        return start.get(tx, instance_id).status


def open_incidents(engine: Engine) -> list[str]:
    with engine.read(SYSTEM) as tx:
        return [str(row["en"]) for row in incidents.listing(tx)]


@pytest.mark.parametrize("lie", LIES)
def test_nonsense_is_asked_for_again_and_in_the_end_an_incident(sqlite_engine: Engine, clock: VirtualClock, lie: str) -> None:
    engine, instance_id, connector = begun(sqlite_engine, LIES[lie])

    worked(engine, clock)

    assert connector.asked == 3
    assert status(engine, instance_id) is Status.ACTIVE
    (said,) = open_incidents(engine)
    assert "failed 3 times" in said


@pytest.mark.parametrize("lie", ["a text", "far too much"])
def test_a_system_that_comes_to_its_senses_is_believed(sqlite_engine: Engine, clock: VirtualClock, lie: str) -> None:
    answers = iter([LIES[lie](), {"sum": 5}])
    engine, instance_id, _ = begun(sqlite_engine, lambda: next(answers))

    worked(engine, clock)

    assert status(engine, instance_id) is Status.COMPLETED
    with engine.read(SYSTEM) as tx:
        assert variables.of(tx, instance_id) == {"sum": 5}


def test_a_type_that_no_variable_has_is_null(sqlite_engine: Engine, clock: VirtualClock) -> None:
    engine, instance_id, _ = begun(sqlite_engine, lambda: {"thing": object(), "round": nested(), "sum": 5})

    worked(engine, clock)

    assert status(engine, instance_id) is Status.COMPLETED
    with engine.read(SYSTEM) as tx:
        assert variables.of(tx, instance_id)["thing"] is None


def test_an_answer_after_the_lease_was_taken_by_another_is_ignored(engine: Engine, clock: VirtualClock) -> None:
    engine, instance_id, _ = begun(engine, lambda: {"who": "second"})
    first = leased(engine)
    clock.advance(DAY)
    second = leased(engine)

    jobs._apply(engine, first, Complete(first["wait_id"], {"who": "first"}))  # type: ignore[arg-type]
    is_waiting = status(engine, instance_id) is Status.ACTIVE
    jobs.work(engine, second)

    assert is_waiting
    with engine.read(SYSTEM) as tx:
        assert variables.of(tx, instance_id) == {"who": "second"}
    assert open_incidents(engine) == []


def test_an_answer_that_comes_twice_is_taken_once(engine: Engine) -> None:
    engine, instance_id, _ = begun(engine, dict)
    job = leased(engine)

    for who in ("first", "again"):
        jobs._apply(engine, job, Complete(job["wait_id"], {"who": who}))  # type: ignore[arg-type]

    with engine.read(SYSTEM) as tx:
        assert variables.of(tx, instance_id) == {"who": "first"}
    assert open_incidents(engine) == []


def test_a_failure_after_the_answer_undoes_nothing(engine: Engine) -> None:
    engine, instance_id, _ = begun(engine, dict)
    job = leased(engine)
    jobs.work(engine, job)

    jobs._apply(engine, job, calls.Failure("the line broke"))

    assert status(engine, instance_id) is Status.COMPLETED
    assert open_incidents(engine) == []


def test_a_system_that_never_answers_is_an_incident_when_its_leases_are_spent(engine: Engine, clock: VirtualClock) -> None:
    engine, instance_id, connector = begun(engine, dict)
    for _ in range(3):
        leased(engine)
        clock.advance(DAY)

    worked(engine, clock)

    assert connector.asked == 0
    assert status(engine, instance_id) is Status.ACTIVE
    (said,) = open_incidents(engine)
    assert "there was no answer before its lease ended" in said
    with engine.read(SYSTEM) as tx:
        assert tx.value(sa.select(rows.c.state)) == "incident"


@contextmanager
def gateway(said: bytes) -> Iterator[str]:
    """An SMS gateway that answers 200 and these words."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.handle_request)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    thread.join()
    server.server_close()


@pytest.mark.parametrize("said", [{"error": "no credit"}, {"success": False}, {"ok": False, "id": 7}])
def test_a_good_status_with_an_error_inside_is_no_delivery(said: Mapping[str, object]) -> None:
    with gateway(json.dumps(said).encode()) as url, pytest.raises(ConnectorUnavailable):
        SmsChannel(url, "", lambda _: "13800000000").send("granny", "已受理", "", idempotency_key="k")


@pytest.mark.parametrize("said", [b"", b"OK", b'{"success": true, "error": null}', b"[]"])
def test_any_other_answer_is_a_delivery(said: bytes) -> None:
    with gateway(said) as url:
        SmsChannel(url, "", lambda _: "13800000000").send("granny", "已受理", "", idempotency_key="k")
