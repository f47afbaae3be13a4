"""Back-pressure: when too many requests wait already, the next ones hear so at once instead of waiting until they give up.

Nothing was done for who is refused, nothing that was accepted is lost. Health and metrics are always answered: an operator must
see the pressure, and a balancer must not take a busy process for a dead one.

Half of the waiting room is for everybody but whoever holds a quarter of the threads already: one greedy client, by session, token
or public address, hears it (429) before others do. An inside address is a balancer's, behind which the whole city may stand."""

import random
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from ipaddress import ip_address
from threading import Lock
from typing import cast

from flask import Flask, current_app, g, request

from api import current, server
from engine.errors import TooMany, Unavailable

MOST_WAITING = 100
"""Requests that may wait for a thread of this process."""
SHARE = 4
"""One client may hold this part of the threads while others wait: a quarter."""
_PAUSES = (2, 5)
_ALWAYS = ("health.", "static")


class TooBusy(Unavailable):
    """Expected room for one more request, but many wait already; nothing was done, try again in {retry_seconds} seconds."""

    zh = "当前访问人数较多，本次请求未办理，内容没有丢失；请 {retry_seconds} 秒后重试。"


class TooGreedy(TooMany):
    """Expected at most {most} requests of yours at once while many wait; nothing was done, try again in {retry_seconds} s."""

    zh = "您同时发出的请求过多（排队时最多 {most} 个），本次请求未办理；请 {retry_seconds} 秒后重试。"


class Held:
    """Requests in hand in this process, by client."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = Lock()

    def take(self, client: str) -> int:
        """One more; how many they are now."""
        with self._lock:
            self._counts[client] += 1
            return self._counts[client]

    def give_back(self, client: str) -> None:
        """One less; nothing is kept of a client who has none."""
        with self._lock:
            self._counts[client] -= 1
            if self._counts[client] <= 0:
                del self._counts[client]

    def __len__(self) -> int:
        return len(self._counts)


def register(app: Flask) -> None:
    """Looks before anything else is done for a request."""
    app.extensions.setdefault("tongban_waiting", lambda: 0)
    app.extensions["tongban_refused"] = 0
    app.extensions["tongban_held"] = Held()
    app.before_request(_look)
    app.teardown_request(_leave)


def waiting(app: Flask) -> int:
    """Requests that wait for a thread now."""
    return cast("Callable[[], int]", app.extensions["tongban_waiting"])()


def refused(app: Flask) -> int:
    """Requests that were turned away since the process started."""
    return cast(int, app.extensions["tongban_refused"])


def _look() -> None:
    app = current_app
    if (request.endpoint or "").startswith(_ALWAYS):
        return
    held, waits, most = _enter(), waiting(app), max(server.THREADS // SHARE, 1)
    if held > most and waits > MOST_WAITING // 2:
        app.extensions["tongban_refused"] += 1
        raise TooGreedy(most=most, retry_seconds=_pause())
    if waits > MOST_WAITING:
        app.extensions["tongban_refused"] += 1
        raise TooBusy(retry_seconds=_pause())


def _pause() -> int:
    """Not the same for all, so that they do not all come back at once."""
    return random.randint(*_PAUSES)  # noqa: S311


def _enter() -> int:
    """How many requests of this client are in hand, this one included; 0 for somebody who cannot be told from others."""
    client = _client()
    if not client:
        return 0
    g.held = client
    return cast(Held, current_app.extensions["tongban_held"]).take(client)


def _client() -> str:
    token = current.bearer() or request.cookies.get(current.SESSION_COOKIE, "")
    if token:
        return sha256(token.encode()).hexdigest()
    try:
        return request.remote_addr if request.remote_addr and ip_address(request.remote_addr).is_global else ""
    except ValueError:
        return ""


def _leave(_: BaseException | None) -> None:
    if client := g.pop("held", ""):
        cast(Held, current_app.extensions["tongban_held"]).give_back(client)
