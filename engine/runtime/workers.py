"""Processes that lease work: each gives a sign of life every second; who falls silent loses its leases.

Without it the work of a killed process would wait for the end of its lease, which must be longer than the slowest answer. The
sign carries no right: a process that was only asleep finds its leases fenced off when it wakes."""

import logging
import os
import socket
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from threading import Event, Thread
from typing import Any

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.models.work import workers
from engine.runtime import jobs, outbox
from engine.transaction import Engine, Transaction, again

log = logging.getLogger("tongban.workers")
BEAT_SECONDS = 1.0
FORGOTTEN = timedelta(hours=1)


def listing(tx: Transaction) -> Sequence[dict[str, Any]]:
    """All processes that were seen within the hour, by kind and age; `is_silent` says who lost its leases."""
    return tx.rows(sa.select(workers, _is_silent(tx).label("is_silent")).order_by(workers.c.kind, workers.c.started_at))


def beat(engine: Engine, kind: str, done: int = 0) -> bool:
    """Gives a sign of life and takes over what silent processes had leased; whether this one shall drain.

    done: rows worked on since the last sign."""
    with engine.begin(SYSTEM) as tx:
        mine = workers.c.id == engine.worker_id
        seen = workers.update().where(mine).values(seen_at=tx.now, done=workers.c.done + done)
        if tx.connection.execute(seen).rowcount == 0:
            place = {"host": socket.gethostname(), "pid": os.getpid(), "started_at": tx.now, "seen_at": tx.now}
            tx.connection.execute(workers.insert(), {"id": engine.worker_id, "kind": kind, "done": done, **place})
        is_draining = bool(tx.value(sa.select(workers.c.is_draining).where(mine)))
        silent = sa.select(workers.c.id).where(_is_silent(tx))
        is_anything_left = jobs.is_leased_by(tx, silent)
        outbox.look(tx)
    if is_anything_left:
        jobs.release(engine, silent)
    return is_draining


def leave(engine: Engine) -> None:
    """A clean farewell, and forgets those who were killed long ago."""
    with engine.begin(SYSTEM) as tx:
        gone = sa.or_(workers.c.id == engine.worker_id, workers.c.seen_at < tx.now - FORGOTTEN)
        tx.connection.execute(workers.delete().where(gone))


def drain(tx: Transaction, worker_id: str, *, is_draining: bool = True) -> None:
    """Tells a process to finish what it has and take nothing new, or to go on."""
    tx.connection.execute(workers.update().where(workers.c.id == worker_id).values(is_draining=is_draining))


class Presence:
    """Beats in a thread of its own, so that no long job keeps a process from being seen.

    kind: web | worker | city. done: called at each beat for the rows worked on since the last one."""

    def __init__(self, engine: Engine, kind: str, done: Callable[[], int] = lambda: 0) -> None:
        self.is_draining = False
        self._engine, self._kind, self._done = engine, kind, done
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="presence", daemon=True)
        self._beat()
        self._thread.start()

    def _run(self) -> None:
        seconds = min(BEAT_SECONDS, self._engine.settings.silence_seconds / 4)
        while not self._stopping.wait(seconds):
            self._beat()

    def _beat(self) -> None:
        try:
            self.is_draining = beat(self._engine, self._kind, self._done())
        except sa.exc.DBAPIError:
            log.warning("worker.unseen", extra={"worker_id": self._engine.worker_id})

    def stop(self) -> None:
        """The last beat was; nobody need wait for this process. Without a database its silence says the same a little later."""
        self._stopping.set()
        self._thread.join(timeout=5)
        try:
            again(partial(leave, self._engine))
        except sa.exc.DBAPIError:
            log.warning("worker.left_unseen", extra={"worker_id": self._engine.worker_id})


def _is_silent(tx: Transaction) -> sa.ColumnElement[bool]:
    """Not seen for too long; seen in the future counts as well, for a clock that was set back must not lend the dead a life."""
    silence = timedelta(seconds=tx.engine.settings.silence_seconds)
    return sa.or_(workers.c.seen_at < tx.now - silence, workers.c.seen_at > tx.now + silence)
