"""Traces run from the request through step and job to the connector, also into a worker; logs carry the same ids."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from flask import Flask
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.app import create_app
from engine import logs, tracing
from engine.actors import SYSTEM
from engine.ports import Check
from engine.runtime import deploy, jobs, listing, messages
from engine.transaction import Engine
from tests.unit.api.conftest import OPERATOR, settled, speaker
from tests.unit.api.test_rest_external_jobs import SHIPPING

BY_MESSAGE = SHIPPING.replace('<error id="lost"', '<message id="in" name="parcel"/><error id="lost"').replace(
    '<startEvent id="s"/>', '<startEvent id="s"><messageEventDefinition messageRef="in"/></startEvent>'
)
UPSTREAM = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Asked:
    """A connector that answers at once."""

    def call(self, payload: Mapping[str, object], *, idempotency_key: str, timeout_seconds: float) -> Mapping[str, object]:
        logging.getLogger("tongban.test").warning("asked")
        return {"number": "1"}

    def check(self) -> Check:
        return Check(True, "well", "正常")


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """What is exported while the test runs."""
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    tracing.use(provider)
    yield kept
    tracing.use(None)


@pytest.fixture
def shipping(sqlite_engine: Engine) -> Flask:
    """A city with a process that asks a connector."""
    wired = replace(settled(sqlite_engine), connectors={"post.ship": Asked()})
    with wired.begin(SYSTEM) as tx:
        deploy.publish(tx, deploy.deploy(tx, "shipping", {"shipping.bpmn": BY_MESSAGE.encode()}).id)
    return create_app(wired)


def named(kept: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in kept.get_finished_spans()}


def test_one_trace_runs_from_the_request_to_the_connector_also_through_a_worker(
    shipping: Flask, spans: InMemorySpanExporter
) -> None:
    asked = {"name": "parcel", "variables": {"weight": 3, "owner": "秘密"}}

    taken = speaker(shipping)(OPERATOR)("POST", "/messages", json=asked, headers={"traceparent": UPSTREAM})
    jobs.sweep(shipping.extensions["tongban"], "a worker")

    assert taken.status_code == 202
    found = named(spans)
    request, job, connector = (found[name] for name in ("POST /api/v1/messages", "job post.ship", "connector post.ship"))
    assert f"{request.context.trace_id:032x}" == UPSTREAM.split("-")[1]
    assert request.context.trace_id == found["step"].context.trace_id == job.context.trace_id == connector.context.trace_id
    assert job.parent is not None
    assert job.parent.span_id in {span.context.span_id for span in spans.get_finished_spans() if span.name == "step"}
    assert connector.parent is not None
    assert connector.parent.span_id == job.context.span_id
    assert request.attributes is not None
    assert request.attributes["http.response.status_code"] == 202
    assert "秘密" not in str([(span.name, dict(span.attributes or {})) for span in spans.get_finished_spans()])


def test_a_log_line_carries_the_ids_of_trace_job_and_instance(
    shipping: Flask, spans: InMemorySpanExporter, caplog: pytest.LogCaptureFixture
) -> None:
    engine: Engine = shipping.extensions["tongban"]
    written: list[Mapping[str, object]] = []
    handler = logging.Handler()
    handler.emit = lambda record: written.append(json.loads(logs.Lines().format(record)))  # type: ignore[method-assign]
    logging.getLogger("tongban.test").addHandler(handler)
    with engine.begin(SYSTEM) as tx:
        messages.publish(tx, "parcel", None, {"weight": 3})
        (made,) = listing.running(tx)

    jobs.sweep(engine, "w")

    logging.getLogger("tongban.test").removeHandler(handler)
    (line,) = written
    assert (line["event"], line["level"], line["instance_id"]) == ("asked", "WARNING", made["id"])
    assert line["trace_id"] == f"{named(spans)['connector post.ship'].context.trace_id:032x}"


def test_every_answer_has_an_id_that_its_failure_is_found_by(lone_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Engine, "read", broken)

    answer = lone_app.test_client().get("/api/v1/services")

    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] == answer.json["request_id"]  # type: ignore[index]


def test_without_an_exporter_nothing_is_traced_and_nothing_is_imported() -> None:
    program = (
        "import sys; from engine import tracing; tracing.start('web'); "
        "assert tracing.span('a') is tracing.span('b', 'c', d=1); assert tracing.carried() is None; "
        "print([m for m in sys.modules if m.startswith('opentelemetry')])"
    )

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONPATH": "."})

    assert answer.stdout.strip() == "[]"


def test_an_exporter_named_by_the_usual_variable_is_used() -> None:
    program = (
        "from engine import tracing; tracing.start('web')\n"
        "with tracing.span('hello', root_id='r1'): print(tracing.carried()[:3])\n"
    )
    environment = {"PYTHONPATH": ".", "OTEL_TRACES_EXPORTER": "console"}

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)

    assert answer.stdout.startswith("00-")
    assert '"tongban.root_id": "r1"' in answer.stdout
    assert '"service.name": "tongban-web"' in answer.stdout
