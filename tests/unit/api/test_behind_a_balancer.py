"""Behind a balancer visitors are known apart; without one nobody can pass for another."""

from urllib.request import Request, urlopen

import pytest
from flask import Flask, request

from api.server import Server


@pytest.mark.parametrize(("proxy", "seen"), [("127.0.0.1", "203.0.113.7"), ("", "127.0.0.1"), ("10.9.9.9", "127.0.0.1")])
def test_whoever_asks_is_whom_a_trusted_balancer_names(proxy: str, seen: str) -> None:
    app = Flask("who")
    app.add_url_rule("/", view_func=lambda: request.remote_addr or "")
    server = Server(app, "127.0.0.1", 0, proxy)

    with urlopen(Request(f"http://127.0.0.1:{server.port}/", headers={"X-Forwarded-For": "203.0.113.7"})) as answer:
        said = answer.read().decode()
    server.stop()

    assert said == seen
