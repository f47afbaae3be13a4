"""For operators and their machines: is it alive, is it ready, how much is waiting."""

import time
from collections.abc import Iterator

from flask import Flask, Response, jsonify
from werkzeug.wrappers import Response as AnyResponse

from api import current
from engine.actors import SYSTEM
from engine.models.migrations import pending
from engine.runtime import gauges


def register(app: Flask) -> None:
    """Adds /healthz, /readyz and /metrics."""
    app.add_url_rule("/healthz", "health.alive", alive)
    app.add_url_rule("/readyz", "health.ready", ready)
    app.add_url_rule("/metrics", "health.metrics", metrics)


def alive() -> AnyResponse:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


def ready() -> tuple[AnyResponse, int]:
    """Database reachable and schema current; how late the worker is stands beside it."""
    engine = current.engine()
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
    with current.engine().read(SYSTEM) as tx:
        found = gauges.read(tx)
    return Response("\n".join([*_lines(found), ""]), mimetype="text/plain; version=0.0.4; charset=utf-8")


def _lines(found: dict[str, float]) -> Iterator[str]:
    for name, value in found.items():
        yield f"# TYPE tongban_{name} gauge"
        yield f"tongban_{name} {value}"
