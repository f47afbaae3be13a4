"""For operators and their machines: is it alive, is it ready, how much is waiting."""

import time
from collections import Counter
from collections.abc import Iterator

from flask import Flask, Response, current_app, jsonify
from werkzeug.wrappers import Response as AnyResponse

from api import current, pressure
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
    engine = current.engine()
    with engine.read(SYSTEM) as tx:
        found = gauges.read(tx)
        lanes = queues.listing(tx)
        machines = Counter((row["kind"], "silent" if row["is_silent"] else "well") for row in workers.listing(tx))
    lines = [*_lines(found), "# TYPE tongban_queue_waiting gauge", "# TYPE tongban_queue_lag_seconds gauge"]
    for queue in lanes:
        labels = f'{{process="{queue.process_id}",operation="{queue.operation}"}}'
        lines += [f"tongban_queue_waiting{labels} {queue.waiting}", f"tongban_queue_lag_seconds{labels} {queue.lag_seconds}"]
    lines.append("# TYPE tongban_processes gauge")
    lines += [f'tongban_processes{{kind="{kind}",state="{state}"}} {count}' for (kind, state), count in machines.items()]
    lines += _connectors(engine)
    lines += ["# TYPE tongban_requests_waiting gauge", f"tongban_requests_waiting {pressure.waiting(current_app)}"]
    lines += ["# TYPE tongban_requests_refused_total counter", f"tongban_requests_refused_total {pressure.refused(current_app)}"]
    return Response("\n".join([*lines, ""]), mimetype="text/plain; version=0.0.4; charset=utf-8")


def _connectors(engine: Engine) -> Iterator[str]:
    """What this process has seen of each connector; none is asked."""
    yield "# TYPE tongban_connector_open gauge"
    yield "# TYPE tongban_connector_calls counter"
    for operation in sorted(engine.connectors):
        known, label = calls.breaker(engine, operation), f'{{operation="{operation}"}}'
        yield f"tongban_connector_open{label} {int(known.rests_until is not None)}"
        yield f"tongban_connector_calls{label} {known.calls}"


def _lines(found: dict[str, float]) -> Iterator[str]:
    for name, value in found.items():
        yield f"# TYPE tongban_{name} gauge"
        yield f"tongban_{name} {value}"
