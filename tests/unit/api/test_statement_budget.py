"""What a main command may cost the database: counts, not times. A rise fails; whoever lowers one lowers its bound here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask

from engine.actors import Actor
from engine.transaction import Engine
from tests.unit.api.conftest import Machine
from tests.unit.casework.city import GRANNY, INTAKE, SHOP

As = Callable[[Actor | None], Machine]


@dataclass
class Count:
    statements: int = 0
    commits: int = 0


@contextmanager
def counted(app: Flask) -> Iterator[Count]:
    """Counts statements and the commits of transactions that wrote."""
    engine: Engine = app.extensions["tongban"]
    count = Count()

    def statement(*_: object) -> None:
        count.statements += 1

    def commit(*_: object) -> None:
        count.commits += 1

    sa.event.listen(engine.database, "before_cursor_execute", statement)
    sa.event.listen(engine.database, "commit", commit)
    yield count
    sa.event.remove(engine.database, "before_cursor_execute", statement)
    sa.event.remove(engine.database, "commit", commit)


@pytest.fixture
def claimed(alone: As) -> tuple[str, str]:
    """An intake task that the officer holds: its path and its ETag."""
    alone(SHOP)("POST", "/cases", json={"service": "SC-001", "answers": {"name": "味然"}}, headers={"Idempotency-Key": "a"})
    officer = alone(INTAKE)
    task = officer("GET", "/tasks?list=pool").json["items"][0]["task_id"]
    return f"/tasks/{task}", officer("POST", f"/tasks/{task}/claim").headers["ETag"]


def test_an_instant_case(lone_app: Flask, alone: As) -> None:
    granny = alone(GRANNY)
    asked = {"json": {"service": "MZ-001", "answers": {"age": 85}}, "headers": {"Idempotency-Key": "a"}}

    with counted(lone_app) as count:
        granny("POST", "/cases", **asked)

    assert count.commits == 1
    assert count.statements <= 45


def test_the_pool(lone_app: Flask, alone: As, claimed: tuple[str, str]) -> None:
    officer = alone(INTAKE)

    with counted(lone_app) as count:
        officer("GET", "/tasks?list=pool")

    assert count.commits == 0
    assert count.statements <= 6


def test_a_task_opened(lone_app: Flask, alone: As, claimed: tuple[str, str]) -> None:
    officer = alone(INTAKE)

    with counted(lone_app) as count:
        officer("GET", claimed[0])

    assert count.commits == 1
    assert count.statements <= 22


def test_a_task_completed(lone_app: Flask, alone: As, claimed: tuple[str, str]) -> None:
    officer = alone(INTAKE)
    answer = {"json": {"values": {"action": "accept"}, "opinion": "齐全"}, "headers": {"If-Match": claimed[1]}}

    with counted(lone_app) as count:
        done = officer("POST", f"{claimed[0]}/complete", **answer)

    assert done.status_code == 200, done.get_data(as_text=True)

    assert count.commits == 1
    assert count.statements <= 56
