"""The door: what a browser is told, and which requests are turned away before anybody looks at them."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.app import create_app
from api.security import Bucket
from engine.actors import Actor
from engine.transaction import Engine
from tests.unit.api.conftest import PASSWORD, Machine, settled
from tests.unit.casework.city import INTAKE

As = Callable[[Actor | None], Machine]
LOGIN = {"name": INTAKE.id, "password": PASSWORD}


def token_of(client: FlaskClient, path: str = "/login") -> str:
    """The form token that a page gives out."""
    found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', client.get(path).get_data(as_text=True))
    assert found is not None
    return found[1]


def signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    answer = client.post("/login", data={**LOGIN, "csrf_token": token_of(client)})
    assert answer.status_code == 303
    return client


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/services", "/api/v1/docs", "/nothing", "/static/tokens.css"])
def test_every_answer_forbids_foreign_scripts_frames_and_guessed_types(lone_app: Flask, path: str) -> None:
    with lone_app.test_client().get(path) as answer:
        headers = answer.headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_form_without_its_token_is_refused(lone_app: Flask) -> None:
    client = lone_app.test_client()
    client.get("/login")

    assert client.post("/login", data=LOGIN).status_code == 403


def test_a_token_of_another_browser_is_refused(lone_app: Flask) -> None:
    foreign = token_of(lone_app.test_client())
    client = lone_app.test_client()
    client.get("/login")

    assert client.post("/login", data={**LOGIN, "csrf_token": foreign}).status_code == 403


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_post_from_another_site_is_refused_whatever_it_carries(lone_app: Flask, headers: dict[str, str]) -> None:
    client = lone_app.test_client()
    given = {**LOGIN, "csrf_token": token_of(client)}

    assert client.post("/login", data=given, headers=headers).status_code == 403


def test_json_with_the_browsers_session_needs_the_token_as_a_header(lone_app: Flask) -> None:
    client = signed_in(lone_app)
    body = {"service": "MZ-001"}

    without = client.post("/api/v1/messages", json=body)
    with_it = client.post("/api/v1/messages", json=body, headers={"X-CSRF-Token": token_of(client, "/")})

    assert without.json["type"].endswith("/form-forged")
    assert with_it.status_code == 422


def test_the_session_cookie_is_hidden_from_scripts_and_from_plain_http(sqlite_engine: Engine) -> None:
    wired = settled(sqlite_engine)
    app = create_app(replace(wired, settings=replace(wired.settings, base_url="https://tongban.example")))
    client = app.test_client()
    page = client.get("/login", base_url="https://tongban.example")
    found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page.get_data(as_text=True))
    assert found is not None

    answer = client.post("/login", data={**LOGIN, "csrf_token": found[1]}, base_url="https://tongban.example")

    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("tongban="))
    assert {"HttpOnly", "Secure", "SameSite=Lax"} <= set(cookie.split("; "))
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_signing_in_leads_to_the_desk_and_out_ends_the_session_on_the_server(lone_app: Flask) -> None:
    client = signed_in(lone_app)
    cookie = client.get_cookie("tongban")
    assert cookie is not None
    desk = client.get("/desk")

    client.post("/logout", data={"csrf_token": token_of(client, "/desk")})

    client.set_cookie("tongban", cookie.value)
    assert desk.status_code == 200
    assert client.get("/desk").headers["Location"].startswith("/login")


def test_after_signing_in_nobody_is_sent_to_another_site(lone_app: Flask) -> None:
    client = lone_app.test_client()
    given = {**LOGIN, "csrf_token": token_of(client), "next": "//evil.example/"}

    assert client.post("/login", data=given).headers["Location"].startswith("/desk")


def test_guessing_is_slowed_down(alone: As) -> None:
    machine, guess = alone(None), {"case_no": "X", "query_code": "X"}

    answers = [machine("POST", "/progress", json=guess).status_code for _ in range(40)]

    assert answers[0] == 404
    assert answers[-1] == 429
    assert machine("POST", "/sessions", json={"name": "nobody", "password": "x"}).status_code == 429


def test_a_bucket_fills_again_with_time_and_for_each_key_apart() -> None:
    bucket = Bucket(rate=60, burst=2)

    taken = [bucket.take("a", now) for now in (0.0, 0.0, 0.0, 1.0, 1.0)]

    assert taken == [True, True, False, True, False]
    assert bucket.take("b", 1.0)


def test_a_bucket_forgets_whom_it_has_not_seen_for_longest() -> None:
    bucket = Bucket(rate=1, burst=1, most=2)

    for key in "abc":
        bucket.take(key, 0.0)

    assert bucket.take("a", 0.0)
    assert not bucket.take("c", 0.0)
