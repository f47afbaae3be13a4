"""Webhooks: told of what happens, signed, at least once under one id, again after failures, and never into the house."""

import base64
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from flask import Flask

from api.app import create_app
from engine.actors import SYSTEM
from engine.clock import VirtualClock
from engine.ports import ConnectorUnavailable
from engine.runtime import delivering, outbox
from engine.transaction import Engine
from processes.connectors.posting import SafePoster
from tests.unit.api.conftest import OPERATOR, Machine, settled, speaker
from tests.unit.api.pages import sit
from tests.unit.casework import city

HOOK = {"name": "数据局", "url": "https://example.org/hook", "types": ["case.*", "licence.issued"]}


@dataclass
class Receiver:
    """A Poster that answers as told and remembers what came."""

    answers: list[int] = field(default_factory=list)
    got: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)

    def admit(self, url: str) -> None:
        if "inside" in url:
            raise ConnectorUnavailable("inside is 10.0.0.1")

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, timeout_seconds: float) -> int:
        self.got.append((url, body, headers))
        return self.answers.pop(0) if self.answers else 204


@pytest.fixture
def receiver() -> Receiver:
    """The other system."""
    return Receiver()


@pytest.fixture
def told(engine: Engine, receiver: Receiver) -> Flask:
    """The small city, wired to the receiver, on each database."""
    return create_app(replace(settled(engine), poster=receiver))


@pytest.fixture
def operator(told: Flask) -> Machine:
    """Who makes webhooks."""
    return speaker(told)(OPERATOR)


def apply(app: Flask) -> str:
    body = {"service": "MZ-001", "answers": {"age": 81}}
    made = speaker(app)(city.GRANNY)("POST", "/cases", json=body, headers={"Idempotency-Key": "k1"})
    return str(made.json["case_no"])  # type: ignore[index]


def sent(app: Flask) -> int:
    return delivering.send_due(app.extensions["tongban"])


def log_of(operator: Machine, hook: Mapping[str, str]) -> list[dict[str, object]]:
    return operator("GET", f"/webhooks/{hook['id']}/deliveries").json["items"]  # type: ignore[index,no-any-return]


def test_what_happens_is_told_as_a_signed_cloud_event(told: Flask, operator: Machine, receiver: Receiver) -> None:
    hook = operator("POST", "/webhooks", json=HOOK).json

    case_no = apply(told)
    sent(told)

    url, body, headers = receiver.got[0]
    event = json.loads(body)
    assert (url, event["specversion"], event["type"]) == (HOOK["url"], "1.0", "dev.tongban.case.opened")
    assert (event["subject"], event["id"]) == (case_no, headers["Idempotency-Key"])
    key = base64.b64decode(hook["secret"].removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_only_what_was_asked_for_is_told_and_no_personal_data_leaves(told: Flask, operator: Machine, receiver: Receiver) -> None:
    operator("POST", "/webhooks", json=HOOK)

    apply(told)
    while sent(told):
        pass

    kinds = {json.loads(body)["type"].removeprefix("dev.tongban.") for _, body, _ in receiver.got}
    assert kinds
    assert all(kind.startswith("case.") or kind == "licence.issued" for kind in kinds)
    assert not any(city.GRANNY.subject in body.decode() or city.GRANNY.name in body.decode() for _, body, _ in receiver.got)


def test_a_failure_is_tried_again_later_with_the_same_id_and_body(
    told: Flask, operator: Machine, receiver: Receiver, clock: VirtualClock
) -> None:
    hook = operator("POST", "/webhooks", json={**HOOK, "types": ["case.opened"]}).json
    receiver.answers = [500, 204]
    apply(told)

    first, at_once = sent(told), sent(told)
    clock.advance(timedelta(minutes=1))
    second = sent(told)

    assert (first, at_once, second) == (1, 0, 1)
    assert receiver.got[0][1] == receiver.got[1][1]
    (row,) = log_of(operator, hook)
    assert (row["state"], [entry["status"] for entry in row["log"]]) == ("sent", [500, 204])  # type: ignore[attr-defined]


def test_what_is_given_up_is_sent_again_by_an_operator(
    told: Flask, operator: Machine, receiver: Receiver, clock: VirtualClock
) -> None:
    hook = operator("POST", "/webhooks", json={**HOOK, "types": ["case.opened"]}).json
    receiver.answers = [503] * delivering.MOST_ATTEMPTS
    apply(told)
    for _ in range(delivering.MOST_ATTEMPTS):
        sent(told)
        clock.advance(timedelta(hours=2))
    (given_up,) = log_of(operator, hook)

    page = sit(told, OPERATOR)
    shown = page.get(f"/ops/webhooks/{hook['id']}?state=failed")
    page.post(f"/ops/webhooks/{hook['id']}/deliveries/{given_up['id']}")
    sent(told)

    assert given_up["state"] == "failed"
    assert "HTTP 503" in shown
    assert log_of(operator, hook)[0]["state"] == "sent"
    assert operator("POST", f"/deliveries/{given_up['id']}/redeliver").status_code == 202


def test_one_receiver_that_fails_does_not_hold_up_the_others(
    told: Flask, operator: Machine, receiver: Receiver, clock: VirtualClock
) -> None:
    broken = operator("POST", "/webhooks", json={**HOOK, "url": "https://broken.example/"}).json
    operator("POST", "/webhooks", json=HOOK)
    told.extensions["tongban"].poster = Broken(receiver)
    apply(told)

    while sent(told):
        pass

    assert len({h["Idempotency-Key"] for _, _, h in receiver.got}) == len(receiver.got) > 1
    assert all(row["state"] == "waiting" for row in log_of(operator, broken))
    assert sum(int(str(row["attempts"])) for row in log_of(operator, broken)) < delivering.SHARE


@dataclass
class Broken:
    """Fails for one address alone."""

    well: Receiver

    def admit(self, url: str) -> None:
        self.well.admit(url)

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, timeout_seconds: float) -> int:
        if "broken" in url:
            raise ConnectorUnavailable("timed out")
        return self.well.post(url, body, headers, timeout_seconds=timeout_seconds)


def test_a_rolled_back_step_tells_nobody(told: Flask, operator: Machine) -> None:
    engine: Engine = told.extensions["tongban"]
    hook = operator("POST", "/webhooks", json=HOOK).json

    with suppress(ZeroDivisionError), engine.begin(SYSTEM) as tx:
        outbox.put(tx, hook["id"], "x", "case.opened", {})
        raise ZeroDivisionError

    assert log_of(operator, hook) == []


def test_the_database_holds_no_secret_and_a_renewed_one_signs_beside_the_old(
    told: Flask, operator: Machine, receiver: Receiver, clock: VirtualClock
) -> None:
    made = operator("POST", "/webhooks", json=HOOK).json
    renewed = operator("POST", f"/webhooks/{made['id']}/secret").json
    operator("POST", f"/webhooks/{made['id']}/test")
    sent(told)
    clock.advance(timedelta(days=2))
    operator("POST", f"/webhooks/{made['id']}/test")
    sent(told)

    assert made["secret"] != renewed["secret"]
    assert "secret" not in operator("GET", f"/webhooks/{made['id']}").json
    assert [len(headers["webhook-signature"].split()) for _, _, headers in receiver.got] == [2, 1]


def test_a_receiver_that_is_gone_is_asked_no_more(told: Flask, operator: Machine, receiver: Receiver) -> None:
    hook = operator("POST", "/webhooks", json=HOOK).json
    receiver.answers = [410]
    operator("POST", f"/webhooks/{hook['id']}/test")

    sent(told)

    assert operator("GET", f"/webhooks/{hook['id']}").json["is_active"] is False  # type: ignore[index]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"url": "ftp://example.org"}, "/url"),
        ({"url": "https://me:secret@example.org"}, "/url"),
        ({"url": "https://inside.example/"}, "/url"),
        ({"url": "https://example.org:99999/"}, "/url"),
        ({"types": ["case.openned"]}, "/types"),
        ({"types": ["event.received"]}, "/types"),
    ],
)
def test_unsafe_addresses_and_unknown_events_are_refused(
    told: Flask, operator: Machine, changed: dict[str, object], pointer: str
) -> None:
    refused = operator("POST", "/webhooks", json={**HOOK, **changed})

    assert refused.status_code == 422
    assert [finding["pointer"] for finding in refused.json["errors"]] == [pointer]  # type: ignore[index]


def test_nobody_but_operators_makes_webhooks(told: Flask) -> None:
    assert speaker(told)(city.INTAKE)("POST", "/webhooks", json=HOOK).status_code == 403
    sit(told, city.INTAKE).get("/ops/webhooks/", status=403)


def test_the_page_makes_a_webhook_and_shows_its_secret_once(told: Flask) -> None:
    page = sit(told, OPERATOR)

    wrong = page.post("/ops/webhooks/", {"name": "x", "url": "https://inside.example/", "types": "case.*"}, status=422)
    made = page.post(
        "/ops/webhooks/", {"name": "数据局", "url": "https://example.org/", "types": "case.*, licence.issued"}, status=200
    )

    assert "https://inside.example/" in wrong.text
    assert "whsec_" in made.text
    assert "whsec_" not in page.get("/ops/webhooks/")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://localhost/",
        "https://10.1.2.3/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fd00::1]/",
        "https://0.0.0.0/",
        "https://2130706433/",
        "https://100.64.0.1/",
        "https://224.0.0.1/",
        "http://93.184.216.34/",
    ],
)
def test_nothing_is_posted_into_the_house_or_in_clear(url: str) -> None:
    with pytest.raises(ConnectorUnavailable):
        SafePoster().admit(url)


class _Listening(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.server.got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))  # type: ignore[attr-defined]
        self.send_response(302 if self.path == "/away" else 204)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def listening() -> Iterator[HTTPServer]:
    """A server inside, on a port of its own."""
    server = HTTPServer(("127.0.0.1", 0), _Listening)
    server.got = []  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_address_inside_that_an_operator_lists_is_reached_and_redirects_are_not_followed(listening: HTTPServer) -> None:
    poster = SafePoster.for_networks("127.0.0.1/32, 10.0.0.0/8")
    base = f"http://127.0.0.1:{listening.server_port}"

    straight = poster.post(f"{base}/hook?a=1", b"{}", {}, timeout_seconds=5)
    away = poster.post(f"{base}/away", b"{}", {}, timeout_seconds=5)

    assert (straight, away) == (204, 302)
    assert listening.got == [("/hook?a=1", b"{}"), ("/away", b"{}")]  # type: ignore[attr-defined]
