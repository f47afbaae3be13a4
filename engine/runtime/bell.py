"""The bell: whoever leaves work for others rings, and those who sleep between two beats wake at once.

Only a shortcut. Every beat looks for work whether it rang or not, so a lost ring costs half a second and nothing else. Rings
between processes go through PostgreSQL's LISTEN and NOTIFY, from a thread of its own and at most fifty times a second: a NOTIFY
inside the transaction that leaves the work would make all commits queue for one lock. Behind a pooler nobody listens: the line
would be somebody else's after the statement, and the beats find the work."""

import logging
from collections.abc import Callable
from threading import Event, Thread

import sqlalchemy as sa

from engine.models import address
from engine.transaction import Engine

log = logging.getLogger("tongban.bell")
CHANNEL = "tongban_work"
GATHER_SECONDS, AGAIN_SECONDS = 0.02, 2.0


class Bell:
    """Rings for this process and, on PostgreSQL, for all others.

    heard: called when work was left anywhere; None for a process that does none (a web process only rings)."""

    def __init__(self, engine: Engine, heard: Callable[[], None] | None = None) -> None:
        self._engine, self._heard = engine, heard
        self._rung, self._stopping = Event(), Event()
        self._threads: list[Thread] = []
        if engine.database.dialect.name == "postgresql":
            self._threads.append(Thread(target=self._tell, name="bell-tell", daemon=True))
            if heard is not None and not address.is_pooled(engine.settings.database_url):
                self._threads.append(Thread(target=self._listen, name="bell-listen", daemon=True))
        for thread in self._threads:
            thread.start()
        engine.left_work = self.ring

    def ring(self) -> None:
        """There is work; returns at once."""
        if self._heard is not None:
            self._heard()
        self._rung.set()

    def stop(self) -> None:
        """Rings no more."""
        self._engine.left_work = None
        self._stopping.set()
        self._rung.set()
        for thread in self._threads:
            thread.join(timeout=2)

    def _tell(self) -> None:
        """One NOTIFY for all rings of a moment."""
        while not self._stopping.is_set():
            self._rung.wait()
            self._rung.clear()
            if self._stopping.is_set():
                return
            try:
                with self._engine.database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql(f"NOTIFY {CHANNEL}")
            except sa.exc.DBAPIError:
                log.debug("bell.silent")
            self._stopping.wait(GATHER_SECONDS)

    def _listen(self) -> None:
        """Hears the other processes; after a lost connection it listens again, and meanwhile the beats find the work."""
        while not self._stopping.is_set():
            try:
                self._hear()
            except (sa.exc.DBAPIError, OSError):
                log.debug("bell.deaf")
            self._stopping.wait(AGAIN_SECONDS)

    def _hear(self) -> None:
        from psycopg import OperationalError

        with self._engine.database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"LISTEN {CHANNEL}")
            line = connection.connection.driver_connection
            try:
                while not self._stopping.is_set() and line is not None:
                    for _ in line.notifies(timeout=1.0, stop_after=1):
                        if self._heard is not None:
                            self._heard()
            except OperationalError:
                connection.invalidate()
