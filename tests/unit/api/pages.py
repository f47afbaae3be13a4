"""A person at a browser without scripts: signed in, reading pages, posting their forms with the form's token."""

import re
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.actors import SYSTEM, Actor
from engine.casework import accounts
from engine.transaction import Engine


@dataclass
class Person:
    """Somebody with a session."""

    client: FlaskClient

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:800])
        return answer.text

    def post(self, path: str, data: dict[str, object] | None = None, *, on: str = "/help", status: int = 303) -> TestResponse:
        """Posts with the token of some page; a redirect is a success."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(on).text)
        assert token is not None
        answer = self.client.post(path, data={"csrf_token": token[1], **(data or {})})
        assert answer.status_code == status, (path, answer.status_code, answer.text[:2000])
        return answer


def sit(app: Flask, actor: Actor) -> Person:
    """Signs somebody in."""
    engine: Engine = app.extensions["tongban"]
    with engine.begin(SYSTEM) as tx:
        token = accounts.issue_token(tx, actor.id, "test")
    client = app.test_client()
    client.set_cookie("tongban", token)
    return Person(client)
