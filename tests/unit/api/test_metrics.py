"""What `/metrics` says is Prometheus text to the letter: one bad line, and a scraper drops the whole page."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from flask import Flask

from api.app import create_app
from api.metrics import Family, text
from engine.actors import SYSTEM
from engine.runtime import start, workers
from engine.transaction import Engine
from tests.unit.api.conftest import settled
from tests.unit.runtime.test_lying_connectors import Answering
from tests.unit.runtime.versions import flow, publish

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
HELP = re.compile(rf"# HELP ({NAME}) (.+)")
TYPE = re.compile(rf"# TYPE ({NAME}) (counter|gauge)")
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="((?:[^"\\\n]|\\["\\n])*)"'
SAMPLE = re.compile(rf"({NAME})(\{{{LABEL}(?:,{LABEL})*\}})? (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)")


def parsed(page: str) -> Mapping[str, Mapping[str, float]]:
    """Values by family and labels. A line that is not to the letter, a family in two places or a sample twice fails."""
    assert page.endswith("\n")
    found: dict[str, dict[str, float]] = {}
    lines = iter(page.removesuffix("\n").split("\n"))
    family = ""
    for line in lines:
        if helped := HELP.fullmatch(line):
            family = helped[1]
            typed = TYPE.fullmatch(next(lines))
            assert typed is not None, line
            assert typed[1] == family
            assert family not in found
            found[family] = {}
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample is not None, line
        assert sample[1] == family, line
        labels = sample[2] or ""
        assert labels not in found[family]
        found[family][labels] = float(sample[sample.re.groups])
    return found


@pytest.fixture
def busy_app(sqlite_engine: Engine) -> Flask:
    """Queues of two operations, one of which is named to break the page; a connector and a process."""
    engine = replace(settled(sqlite_engine), connectors={"outside.ask": Answering(dict)})
    for topic in ("outside.ask", "a&quot;b\\c&#10;d"):
        with engine.begin(SYSTEM) as tx:
            asking = f'<serviceTask id="x" camunda:type="external" camunda:topic="{topic}"/>'
            publish(tx, f'<startEvent id="s"/>{asking}<endEvent id="e"/>{flow("s", "x", "e")}')
            start.start(tx, "P")
    workers.beat(engine, "worker")
    return create_app(engine)


def test_every_line_of_the_page_is_to_the_letter(busy_app: Flask) -> None:
    answer = busy_app.test_client().get("/metrics")

    found = parsed(answer.text)

    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert found["tongban_queue_waiting"]['{process="P",operation="outside.ask"}'] == 1
    assert found["tongban_queue_waiting"][r'{process="P",operation="a\"b\\c\nd"}'] == 1
    assert found["tongban_connector_open"] == {'{operation="outside.ask"}': 0}
    assert found["tongban_processes"] == {'{kind="worker",state="well"}': 1}
    assert found["tongban_requests_refused_total"] == {"": 0}
    assert found["tongban_jobs_waiting"] == {"": 1}


def test_a_family_without_samples_says_what_it_is_all_the_same() -> None:
    assert parsed(text([Family("none_yet", "gauge", "nothing so far", [])])) == {"none_yet": {}}
