"""For operators and their machines: is it alive, is it ready, how much is waiting."""

import time
from collections import Counter
from collections.abc import Iterator

from flask import Flask, Response, current_app, jsonify
from werkzeug.wrappers import Response as AnyResponse

from api import current, pressure
from api.metrics import MEDIA_TYPE, Family, gauge, text
from engine.actors import SYSTEM
from engine.models.migrations import pending
from engine.runtime import calls, gauges, queues, workers
from engine.transaction import Engine


def register(app: Flask) -> None:
    """Adds /health/live, /health/ready (also as /healthz and /readyz) and /metrics."""
    for path, name, view in (("healthz", "alive", alive), ("health/live", "live", alive), ("readyz", "ready", ready)):
        app.add_url_rule(f"/{path}", f"health.{name}", view)
    app.add_url_rule("/health/ready", "health.is_ready", ready)
    app.add_url_rule("/metrics", "health.metrics", metrics)


def alive() -> AnyResponse:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


def ready() -> tuple[AnyResponse, int]:
    """Database reachable and schema current; how late the worker is stands beside it."""
    engine = current.engine()
    if current_app.extensions["tongban_leaving"].is_set():
        return jsonify(status="leaving"), 503
    try:
        with engine.read(SYSTEM) as tx:
            began = time.perf_counter()
            found = gauges.read(tx)
            milliseconds = round((time.perf_counter() - began) * 1000, 1)
        behind = pending(engine.settings.database_url)
    except Exception as error:
        return jsonify(status="unavailable", reason=type(error).__name__), 503
    state = {"database_ms": milliseconds, "pending_migrations": len(behind), "worker_lag_seconds": found["timer_lag_seconds"]}
    return jsonify(status="ok" if not behind else "schema", **state), 200 if not behind else 503


def metrics() -> Response:
    """Prometheus text."""
    return Response(text([*_queues(), *_connectors(current.engine()), *_requests()]), content_type=MEDIA_TYPE)


def _queues() -> Iterator[Family]:
    with current.engine().read(SYSTEM) as tx:
        found = gauges.read(tx)
        lanes = [({"process": each.process_id, "operation": each.operation}, each) for each in queues.listing(tx)]
        machines = Counter((row["kind"], "silent" if row["is_silent"] else "well") for row in workers.listing(tx))
    for name, value in found.items():
        yield gauge(f"tongban_{name}", _MEANS.get(name, name.replace("_", " ")), value)
    waiting = [(labels, queue.waiting) for labels, queue in lanes]
    lags = [(labels, queue.lag_seconds) for labels, queue in lanes]
    kinds = [({"kind": kind, "state": state}, count) for (kind, state), count in machines.items()]
    yield Family("tongban_queue_waiting", "gauge", "jobs of a process that wait for an operation", waiting)
    yield Family("tongban_queue_lag_seconds", "gauge", "how late the earliest of them is", lags)
    yield Family("tongban_processes", "gauge", "processes of the platform, those that fell silent apart", kinds)


_MEANS = {"timer_lag_seconds": "how late the most overdue timer is", "job_lag_seconds": "how late the most overdue job is"}


def _connectors(engine: Engine) -> Iterator[Family]:
    """What this process has seen of each connector; none is asked."""
    known = [({"operation": operation}, calls.breaker(engine, operation)) for operation in sorted(engine.connectors)]
    resting = [(labels, int(each.rests_until is not None)) for labels, each in known]
    yield Family("tongban_connector_open", "gauge", "1 while the breaker is open", resting)
    yield Family("tongban_connector_calls", "counter", "calls of this process", [(labels, each.calls) for labels, each in known])


def _requests() -> Iterator[Family]:
    refused = [({}, pressure.refused(current_app))]
    yield gauge("tongban_requests_waiting", "requests that wait for a thread of this process", pressure.waiting(current_app))
    yield Family("tongban_requests_refused_total", "counter", "requests that were turned away because many waited", refused)
