"""What people and machines are told when something is refused or broken, and whether the house is alive."""

import logging
import socket
from http.client import HTTPConnection

import pytest
from flask import Flask

from api.errors import status_of
from api.server import serve
from engine import errors


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.Invalid(), 422),
        (errors.NotFound(), 404),
        (errors.Forbidden(), 403),
        (errors.Unauthenticated(), 401),
        (errors.Conflict(), 409),
        (errors.Unavailable(), 503),
        (errors.TooLarge(), 413),
    ],
)
def test_each_family_of_refusals_has_its_status(error: errors.TongbanError, status: int) -> None:
    assert status_of(error) == status


def test_what_nobody_expected_gives_a_number_and_tells_nothing_else(lone_app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    lone_app.add_url_rule("/api/v1/breaks", "breaks", lambda: 1 // 0)

    with caplog.at_level(logging.ERROR):
        answer = lone_app.test_client().get("/api/v1/breaks")

    assert answer.status_code == 500
    assert answer.json["request_id"] in answer.json["detail_zh"]
    assert "division" not in answer.get_data(as_text=True)
    assert answer.json["request_id"] in caplog.text


@pytest.mark.parametrize(("language", "word"), [("zh-CN", "没有找到"), ("en", "Not found")])
def test_a_page_that_is_not_there_says_so_in_the_readers_language(lone_app: Flask, language: str, word: str) -> None:
    answer = lone_app.test_client().get("/nothing", headers={"Accept-Language": language, "Accept": "text/html"})

    assert answer.status_code == 404
    assert word in answer.get_data(as_text=True)


def test_a_page_for_people_who_are_not_signed_in_leads_to_the_login_and_back(lone_app: Flask) -> None:
    answer = lone_app.test_client().get("/desk", headers={"Accept": "text/html"})

    assert answer.headers["Location"] == "/login?next=/desk"


def test_alive_and_counted(lone_app: Flask) -> None:
    client = lone_app.test_client()

    assert client.get("/healthz").json == {"status": "ok"}
    assert "tongban_incidents_open 0.0" in client.get("/metrics").get_data(as_text=True)


def test_a_house_whose_schema_is_behind_is_not_ready(lone_app: Flask) -> None:
    answer = lone_app.test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json["pending_migrations"] > 0


def test_the_server_takes_a_free_port_and_stops_for_good(lone_app: Flask) -> None:
    server = serve(lone_app, port=0)
    connection = HTTPConnection("127.0.0.1", server.port, timeout=5)

    connection.request("GET", "/healthz")
    status = connection.getresponse().status
    connection.close()
    server.stop()

    assert status == 200
    with pytest.raises(OSError, match="refused"), socket.create_connection(("127.0.0.1", server.port), timeout=1):
        pass


def test_an_address_is_the_same_with_and_without_a_slash_at_its_end(lone_app: Flask) -> None:
    client = lone_app.test_client()

    assert [client.get(path).status_code for path in ("/services", "/services/", "/help", "/help/")] == [200] * 4
