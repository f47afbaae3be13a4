"""Traces: what one request set off, from the page through steps and jobs to the connector, across processes.

OpenTelemetry does the work where an exporter is configured by its usual variables (`OTEL_EXPORTER_OTLP_ENDPOINT`, or
`OTEL_TRACES_EXPORTER` = otlp | console) and `tongban[otel]` is installed; else a span is nothing and costs nothing. No span says
what a case is about: ids, names of operations and outcomes only."""

import logging
import os
from contextlib import AbstractContextManager, nullcontext
from typing import Any

log = logging.getLogger("tongban.tracing")
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_tracer: Any = None
_NOTHING = nullcontext()


def start(kind: str) -> None:
    """Begins to export if an exporter is configured. kind: web | worker | city, as operators see the process."""
    wanted = os.environ.get("OTEL_TRACES_EXPORTER") or ("otlp" if any(os.environ.get(name) for name in _ENDPOINTS) else "none")
    if wanted == "none" or os.environ.get("OTEL_SDK_DISABLED") == "true":
        return
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        provider = TracerProvider(
            resource=Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME", f"tongban-{kind}")})
        )
        provider.add_span_processor(BatchSpanProcessor(_exporter(wanted)))
    except ImportError:
        log.warning("tracing.not_installed", extra={"remedy": "pip install 'tongban[otel]'"})
        return
    use(provider)


def _exporter(wanted: str) -> Any:
    if wanted == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()


def use(provider: Any) -> None:
    """Traces through this provider from now on; None ends it."""
    global _tracer
    _tracer = None if provider is None else provider.get_tracer("tongban")


def span(name: str, /, parent: str | None = None, *, is_server: bool = False, **facts: object) -> AbstractContextManager[Any]:
    """A span around what is done within. parent: a W3C traceparent from elsewhere, None = the span around this one.

    Its value is the span, or None where nothing is traced. An exception that leaves it is recorded."""
    if _tracer is None:
        return _NOTHING
    from opentelemetry import trace

    kind = trace.SpanKind.SERVER if is_server else trace.SpanKind.INTERNAL
    known = {f"tongban.{key}" if "." not in key else key: value for key, value in facts.items() if value is not None}
    made: AbstractContextManager[Any] = _tracer.start_as_current_span(name, _context(parent), kind, known)
    return made


def _context(parent: str | None) -> Any:
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": parent}) if parent else None


def carried() -> str | None:
    """The W3C traceparent of the span around, for whoever goes on with the work elsewhere."""
    if _tracer is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent")


def trace_id() -> str | None:
    """The id of the trace around, as logs and traces share it."""
    found = carried()
    return found.split("-")[1] if found else None
