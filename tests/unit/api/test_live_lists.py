"""Live lists: marks that change with the list, few streams, nothing for whoever may not see the list."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from api.web import live
from engine.actors import Actor
from tests.unit.api.conftest import OPERATOR, speaker
from tests.unit.api.pages import Person, sit
from tests.unit.casework import city

STREAM = {"Accept": "text/event-stream"}


def mark(person: Person, path: str) -> str:
    return str(json.loads(person.client.get(path, headers={"Accept": "application/json"}).text)["mark"])


@contextmanager
def open_stream(person: Person, path: str = "/live/pool") -> Iterator[tuple[TestResponse, Iterator[bytes]]]:
    answer = person.client.get(path, headers=STREAM)
    try:
        yield answer, iter(answer.response)  # type: ignore[arg-type]
    finally:
        answer.close()


def a_case(app: Flask) -> None:
    body = {"service": "SC-001", "answers": {"name": "味然"}}
    speaker(app)(city.SHOP)("POST", "/cases", json=body, headers={"Idempotency-Key": "a"})


@pytest.fixture
def officer(lone_app: Flask) -> Person:
    """Who has an inbox open."""
    return sit(lone_app, city.INTAKE)


def test_a_mark_changes_with_the_list_and_only_then(lone_app: Flask, officer: Person) -> None:
    before, again = mark(officer, "/live/pool"), mark(officer, "/live/pool")

    a_case(lone_app)

    assert before == again
    assert mark(officer, "/live/pool") != before


def test_a_stream_says_the_mark_at_once_and_again_when_it_changes(
    lone_app: Flask, officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_SECONDS", 0)

    with open_stream(officer) as (answer, events):
        first, quiet = next(events), next(events)
        a_case(lone_app)
        second = next(events)

    assert answer.mimetype == "text/event-stream"
    assert first.startswith(b"retry: 3000\nevent: mark\ndata: {")
    assert quiet == b": \n\n"
    assert second.startswith(b"retry: 3000\nevent: mark")
    assert second != first


def test_when_all_streams_are_taken_one_mark_is_given_and_a_place_is_given_back(lone_app: Flask, officer: Person) -> None:
    taken = [officer.client.get("/live/pool", headers=STREAM) for _ in range(live.STREAMS)]

    with open_stream(officer) as (_, events):
        told = list(events)
    for answer in taken:
        answer.close()
    with open_stream(officer) as (_, events):
        afterwards = next(events)

    assert len(told) == 1
    assert told[0].startswith(b"retry: 15000\nevent: mark")
    assert afterwards.startswith(b"retry: 3000")


def test_a_stream_ends_when_its_session_does_and_when_the_server_stops(
    lone_app: Flask, officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_SECONDS", 0)

    with open_stream(officer) as (_, events):
        next(events)
        officer.post("/logout")
        after_signing_out = list(events)
    lone_app.extensions["tongban_stopping"].set()
    with open_stream(sit(lone_app, city.INTAKE)) as (_, events):
        while_stopping = list(events)

    assert after_signing_out == []
    assert len(while_stopping) == 1


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        (city.GRANNY, "/live/pool", 403),
        (city.INTAKE, "/live/board", 403),
        (city.INTAKE, "/live/machines", 403),
        (city.INTAKE, "/live/everything", 404),
        (city.HEAD_OF_OFFICE, "/live/board", 200),
        (OPERATOR, "/live/machines", 200),
    ],
)
def test_whoever_may_not_see_a_list_hears_nothing_of_it(lone_app: Flask, who: Actor, path: str, status: int) -> None:
    assert sit(lone_app, who).client.get(path, headers={"Accept": "application/json"}).status_code == status


@pytest.mark.parametrize(
    ("who", "path"),
    [(city.INTAKE, "/desk"), (city.INTAKE, "/desk/pool"), (city.HEAD_OF_OFFICE, "/supervise"), (OPERATOR, "/ops/")],
)
def test_the_lists_of_officers_are_live_and_a_later_page_is_not(lone_app: Flask, who: Actor, path: str) -> None:
    page = sit(lone_app, who).get(path)

    assert "data-live=" in page
    assert 'data-part="' in page
    assert 'type="module" src="/static/live.js' in page
