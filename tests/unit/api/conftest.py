"""The small city behind its web application, on each database, and people who hold tokens."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.app import create_app
from engine.actors import SYSTEM, Actor, ActorKind
from engine.casework import accounts
from engine.casework.accounts import Person
from engine.transaction import Engine
from tests.unit.casework import city

OPERATOR = Actor("hewei", "何维", ActorKind.OFFICER, frozenset({"operator"}), office="zwfw")
PUBLISHER = Actor("liuli", "刘立", ActorKind.OFFICER, frozenset({"publisher", "designer"}), office="zwfw")
PEOPLE = (
    city.GRANNY,
    city.SHOP,
    city.STRANGER,
    city.INTAKE,
    city.REVIEWER,
    city.HEAD_OF_OFFICE,
    city.AUDITOR,
    city.DESIGNER,
    OPERATOR,
    PUBLISHER,
)
PASSWORD = "correct horse"


@dataclass(frozen=True)
class Machine:
    """A program that speaks to `/api/v1` as somebody."""

    client: FlaskClient
    token: str = ""

    def __call__(self, method: str, path: str, **given: object) -> TestResponse:
        headers = {"Accept": "application/json", **given.pop("headers", {})}  # type: ignore[dict-item]
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **given)  # type: ignore[arg-type]


def settled(engine: Engine) -> Engine:
    """The city with an account for each of its people; the intake officer has a password."""
    wired = city.open_city(replace(engine, settings=replace(engine.settings, secret_key="test")))
    with wired.begin(SYSTEM) as tx:
        for who in PEOPLE:
            given = Person(who.id, who.id, who.name, who.kind, who.subject, who.office, tuple(who.roles), tuple(who.groups))
            accounts.register(tx, given, password=PASSWORD if who is city.INTAKE else None)
    return wired


@pytest.fixture
def served(engine: Engine) -> Engine:
    """The engine the application serves, on each database."""
    return settled(engine)


@pytest.fixture
def app(served: Engine) -> Flask:
    """The application on each database."""
    return create_app(served)


@pytest.fixture
def lone_app(sqlite_engine: Engine) -> Flask:
    """The application where the database makes no difference."""
    return create_app(settled(sqlite_engine))


def speaker(app: Flask) -> Callable[[Actor | None], Machine]:
    """Makes a machine for whoever it shall be; nobody without an actor."""
    engine: Engine = app.extensions["tongban"]

    def speak(actor: Actor | None = None) -> Machine:
        if actor is None:
            return Machine(app.test_client())
        with engine.begin(SYSTEM) as tx:
            return Machine(app.test_client(), accounts.issue_token(tx, actor.id, "test"))

    return speak


@pytest.fixture
def as_(app: Flask) -> Callable[[Actor | None], Machine]:
    """Speaks to the application on each database."""
    return speaker(app)


@pytest.fixture
def alone(lone_app: Flask) -> Callable[[Actor | None], Machine]:
    """Speaks to the application on SQLite alone."""
    return speaker(lone_app)
