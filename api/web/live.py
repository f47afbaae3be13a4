"""Live lists: a stream of marks tells an open page that its list has changed; the page then fetches itself and swaps its parts.

A stream holds a thread, so there are few of them, each for a minute at most; whoever comes when all are taken gets one mark and
is asked to come again later, which is polling by the same door. Nothing of a list's content goes through here."""

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from threading import BoundedSemaphore, Event
from time import monotonic
from typing import cast

import orjson
from flask import Blueprint, Response, current_app, request

from api import current
from engine.actors import Actor
from engine.casework import access, accounts, boards, inbox
from engine.casework.inbox import Filters
from engine.errors import NotFound
from engine.runtime import gauges, workers
from engine.transaction import Engine, Transaction

pages = Blueprint("live", __name__, url_prefix="/live")
STREAMS, LONGEST_SECONDS, LOOK_SECONDS = 6, 55.0, 3.0
SOON_MS, LATER_MS = 3_000, 15_000
_free = BoundedSemaphore(STREAMS)
Look = Callable[[Transaction, Filters], object]


def filters() -> Filters:
    """The list's filters, as its address names them."""
    given = {key: request.args.get(key) or None for key in ("item_code", "light", "group", "element_id")}
    return Filters(query=request.args.get("q", ""), **given)


def _tasks(rows: Callable[..., object]) -> Look:
    return lambda tx, wanted: (rows(tx, wanted), inbox.counts(tx))


def _board(tx: Transaction, wanted: Filters) -> object:
    seen = boards.board(tx)
    return seen.total, seen.by_office, seen.by_item, boards.alerts(tx, limit=10)


def _alerts(tx: Transaction, wanted: Filters) -> object:
    return boards.alerts(tx, light=wanted.light)


def _machines(tx: Transaction, wanted: Filters) -> object:
    access.require(tx, "machine.view")
    counts = {name: value for name, value in gauges.read(tx).items() if not name.endswith("_seconds")}
    return counts, [(row["id"], row["is_draining"], row["is_silent"]) for row in workers.listing(tx)]


_LOOKS: Mapping[str, Look] = {
    "mine": _tasks(inbox.my_tasks),
    "pool": _tasks(inbox.pool),
    "board": _board,
    "alerts": _alerts,
    "machines": _machines,
}
"""What a page shows, by its name: (tx, filters) → values that differ when the page would; each checks who may see it."""


def mark(tx: Transaction, name: str, wanted: Filters) -> str:
    """A short text that changes whenever the list does. Raises NotFound, Forbidden."""
    if name not in _LOOKS:
        raise NotFound(thing=("列表", "the list"), key=name)
    return sha256(repr(_LOOKS[name](tx, wanted)).encode()).hexdigest()[:16]


@pages.get("/<name>")
def changes(name: str) -> Response:
    """The list's mark now as JSON, or as `text/event-stream` each time it changes."""
    engine, actor, wanted = current.engine(), current.required(), filters()
    with engine.read(actor) as tx:
        first = mark(tx, name, wanted)
    if request.accept_mimetypes.best_match(["application/json", "text/event-stream"]) != "text/event-stream":
        return Response(orjson.dumps({"mark": first}), mimetype="application/json")
    if not _free.acquire(blocking=False):
        return _stream(iter([_event(first, LATER_MS)]))
    token = current.bearer() or request.cookies.get(current.SESSION_COOKIE, "")
    look = _Looking(engine, actor, token, name, wanted, cast(Event, current_app.extensions["tongban_stopping"]))
    answer = _stream(look.marks(first))
    answer.call_on_close(look.end)
    return answer


def _stream(events: Iterator[bytes]) -> Response:
    return Response(events, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _event(said: str, retry_ms: int) -> bytes:
    return f'retry: {retry_ms}\nevent: mark\ndata: {{"mark": "{said}"}}\n\n'.encode()


class _Looking:
    """One open stream and its place among the few; given back once, however it ends."""

    def __init__(self, engine: Engine, actor: Actor, token: str, name: str, wanted: Filters, stopping: Event) -> None:
        self._engine, self._actor, self._token, self._name = engine, actor, token, name
        self._wanted, self._stopping, self._has_place = wanted, stopping, True

    def marks(self, said: str) -> Iterator[bytes]:
        """The mark at once and whenever it changes; a comment meanwhile, by which a closed line is noticed."""
        yield _event(said, SOON_MS)
        until = monotonic() + LONGEST_SECONDS
        while monotonic() < until and not self._stopping.wait(LOOK_SECONDS):
            if accounts.actor_of(self._engine, self._token) != self._actor:
                return  # signed out, or with other rights than before: the next request decides
            with self._engine.read(self._actor) as tx:
                now = mark(tx, self._name, self._wanted)
            yield b": \n\n" if now == said else _event(now, SOON_MS)
            said = now

    def end(self) -> None:
        """Gives the place back."""
        if self._has_place:
            self._has_place = False
            _free.release()
