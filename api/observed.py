"""Every request is a span and has an id that its log lines carry; failures and slow answers are lines of their own."""

import logging
import secrets
import time
from contextlib import ExitStack

from flask import Flask, Response, g, request

from engine import logs, tracing

log = logging.getLogger("tongban.web")
SLOW_SECONDS = 2.0


def register(app: Flask) -> None:
    """Around everything else that is done for a request."""
    app.before_request(_begin)
    app.after_request(_answered)
    app.teardown_request(_end)


def _begin() -> None:
    g.began, g.request_id, g.observed = time.monotonic(), secrets.token_hex(8), ExitStack()
    route = request.url_rule.rule if request.url_rule else "-"
    facts = {"http.request.method": request.method, "http.route": route}
    g.span = g.observed.enter_context(
        tracing.span(f"{request.method} {route}", request.headers.get("traceparent"), is_server=True, **facts)
    )
    g.observed.enter_context(logs.about(request_id=g.request_id))


def _answered(answer: Response) -> Response:
    """`X-Request-Id` is what a person quotes and an operator looks for."""
    if "began" not in g:
        return answer
    answer.headers["X-Request-Id"] = g.request_id
    seconds = time.monotonic() - g.began
    if g.span is not None:
        g.span.set_attribute("http.response.status_code", answer.status_code)
    level = logging.WARNING if answer.status_code >= 500 else logging.INFO if seconds > SLOW_SECONDS else logging.DEBUG
    facts = {"method": request.method, "route": request.url_rule.rule if request.url_rule else "-", "status": answer.status_code}
    log.log(level, "request.answered", extra={**facts, "ms": round(seconds * 1000)})
    return answer


def _end(_: BaseException | None) -> None:
    if "observed" in g:
        g.observed.close()
