"""Where a process of a crash test dies: before and after every commit and every outside call, named by the code that made it.

Nothing in the product knows of this: the points are listeners on the database's own events, installed in the test's processes."""

import os
import signal
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from engine.transaction import READ_ONLY, Engine
from tests.chaos.ledger import POST, Ledger


@dataclass
class Points:
    """seen, hits: files to which each process adds the names it passes and the one it dies at.

    target: where this process shall die; nth: at which passing."""

    seen: Path
    hits: Path
    target: str = ""
    nth: int = 1
    _known: set[str] = field(default_factory=set)
    _local: threading.local = field(default_factory=threading.local)

    def install(self, engine: Engine) -> None:
        """Listens to the engine's database and wraps its ledger."""
        sa.event.listen(engine.database, "commit", self._before_commit)
        sa.event.listen(engine.database, "checkin", self._after)
        engine.connectors = {**engine.connectors, POST: _Watched(engine.connectors[POST], self)}  # type: ignore[arg-type]

    def passing(self, name: str) -> None:
        """This process has come to a point."""
        if name not in self._known:
            self._known.add(name)
            _add(self.seen, name)
        if name == self.target:
            self.nth -= 1
            if self.nth <= 0:
                _add(self.hits, name)
                os.kill(os.getpid(), signal.SIGKILL)

    def _before_commit(self, connection: sa.Connection) -> None:
        if not connection.get_execution_options().get(READ_ONLY, False):
            self._local.committing = _caller()
            self.passing(f"{self._local.committing} before commit")

    def _after(self, *_: object) -> None:
        name = getattr(self._local, "committing", None)
        if name is not None:
            self._local.committing = None
            self.passing(f"{name} after commit")


class _Watched:
    """A connector with a point before and after its call."""

    def __init__(self, ledger: Ledger, points: Points) -> None:
        self.ledger, self.points, self.check = ledger, points, ledger.check

    def call(self, payload: object, *, idempotency_key: str, timeout_seconds: float) -> object:
        self.points.passing("call before")
        answer = self.ledger.call(payload, idempotency_key=idempotency_key, timeout_seconds=timeout_seconds)  # type: ignore[arg-type]
        self.points.passing("call after")
        return answer


def _caller() -> str:
    """`jobs.lease`: the innermost function of the product above the transaction."""
    frame = sys._getframe(1)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith(("engine.runtime", "engine.casework")):
            return f"{module.rsplit('.', 1)[-1]}.{frame.f_code.co_name}"
        frame = frame.f_back  # type: ignore[assignment]
    return "harness"


def _add(path: Path, name: str) -> None:
    """One write of one line is whole, whoever else writes."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, f"{name}\n".encode())
    os.close(descriptor)
