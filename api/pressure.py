"""Back-pressure: when too many requests wait already, the next ones hear so at once instead of waiting until they give up.

Nothing was done for who is refused, nothing that was accepted is lost. Health and metrics are always answered: an operator must
see the pressure, and a balancer must not take a busy process for a dead one."""

import random
from collections.abc import Callable
from typing import cast

from flask import Flask, current_app, request

from engine.errors import Unavailable

MOST_WAITING = 100
"""Requests that may wait for a thread of this process."""
_PAUSES = (2, 5)
_ALWAYS = ("health.", "static")


class TooBusy(Unavailable):
    """Expected room for one more request, but many wait already; nothing was done, try again in {retry_seconds} seconds."""

    zh = "当前访问人数较多，本次请求未办理，内容没有丢失；请 {retry_seconds} 秒后重试。"


def register(app: Flask) -> None:
    """Looks before anything else is done for a request."""
    app.extensions.setdefault("tongban_waiting", lambda: 0)
    app.extensions["tongban_refused"] = 0
    app.before_request(_look)


def waiting(app: Flask) -> int:
    """Requests that wait for a thread now."""
    return cast("Callable[[], int]", app.extensions["tongban_waiting"])()


def refused(app: Flask) -> int:
    """Requests that were turned away since the process started."""
    return cast(int, app.extensions["tongban_refused"])


def _look() -> None:
    app = current_app
    if waiting(app) <= MOST_WAITING or (request.endpoint or "").startswith(_ALWAYS):
        return
    app.extensions["tongban_refused"] += 1
    raise TooBusy(retry_seconds=random.randint(*_PAUSES))  # noqa: S311  so that they do not all come back at once
