"""What the processes of a crash test do: web, worker, clerk, or all in one; each lives in a fork and may die at any moment."""

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from api.app import create_app
from api.server import serve
from engine.actors import SYSTEM
from engine.errors import TongbanError
from engine.runtime import start, tasks
from engine.runtime.workers import Presence
from engine.settings import Settings
from engine.transaction import Engine
from processes.platform import build
from tests.chaos.ledger import POST, Ledger
from tests.chaos.points import Points
from worker.duties import DUTIES
from worker.schedule import start as start_worker

PACE_SECONDS = 0.02


def fork(work: Callable[[], None], log: Path) -> int:
    """Runs `work` in a child of this process, which must have no threads; gives its pid."""
    pid = os.fork()
    if pid:
        return pid
    try:
        _die_with_the_parent()
        descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        work()
    finally:
        os._exit(1)


def _die_with_the_parent() -> None:
    """A storm that is itself killed leaves nobody behind who goes on working; Linux alone knows how (prctl PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def engine_of(settings: Settings, ledger: Path, points: Points | None = None) -> Engine:
    """A platform of this process with the ledger behind it."""
    engine = build(settings)
    engine.connectors = {**engine.connectors, POST: Ledger(ledger)}
    if points is not None:
        points.install(engine)
    return engine


def web(engine: Engine, port: int) -> None:
    """Serves until it dies."""
    Presence(engine, "web")
    serve(create_app(engine), "127.0.0.1", port)
    threading.Event().wait()


def worker(engine: Engine) -> None:
    """Sweeps, ten times as often as in service, until it dies."""
    start_worker(engine, tuple(replace(duty, seconds=max(0.05, duty.seconds / 10)) for duty in DUTIES))
    threading.Event().wait()


def clerk(engine: Engine, acknowledged: Path, *, until: Callable[[], bool] = lambda: False) -> None:
    """Starts errands, each under a key of its own, writes down those that were acknowledged, and signs what is to be signed."""
    done = set(acknowledged.read_text("ascii").split()) if acknowledged.exists() else set()
    nth = 0
    while not until():
        try:
            while f"{nth}" in done:
                nth += 1
            sign(engine)
            _begin(engine, nth)
            done.add(f"{nth}")
            with acknowledged.open("a", encoding="ascii") as file:
                file.write(f"{nth}\n")
        except (TongbanError, DBAPIError):
            pass  # killed meanwhile, or signed by somebody else: again
        time.sleep(PACE_SECONDS)


def _begin(engine: Engine, nth: int) -> None:
    with engine.begin(SYSTEM) as tx:
        start.start(tx, "errand", {"no": nth}, idempotency_key=f"errand-{nth}")


def sign(engine: Engine) -> None:
    """Signs a few of what waits for a signature."""
    with engine.read(SYSTEM) as tx:
        waiting = [task["id"] for task in tasks.list_open(tx, element_id="sign")[:3]]
    for task_id in waiting:
        with engine.begin(SYSTEM) as tx:
            tasks.complete(tx, task_id)


def everything(engine: Engine, port: int, acknowledged: Path) -> None:
    """The embedded city: one process, one writer."""
    threading.Thread(target=clerk, args=(engine, acknowledged), daemon=True).start()
    serve(create_app(engine), "127.0.0.1", port)
    worker(engine)
