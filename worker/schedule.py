"""The heartbeat: APScheduler ticks the duties and holds nothing itself.

Durable time lives in leased rows. With timers kept in the scheduler, those that fell due while the process was down were lost,
and two schedulers on one store fired some twice; so its store is in memory and its only jobs are the duties."""

import logging
import os
import secrets
import socket
import threading
from dataclasses import dataclass

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from engine.transaction import Engine
from worker.duties import BATCH, DUTIES, Duty

log = logging.getLogger("tongban.worker")
ROUNDS = 20
"""Full batches that one beat may take in a row before the other duties get their turn."""


@dataclass(slots=True)
class Heart:
    """A beating worker."""

    worker_id: str
    scheduler: BackgroundScheduler
    stopping: threading.Event

    def stop(self) -> None:
        """Lets the beats in progress finish their batch, then stops."""
        self.stopping.set()
        self.scheduler.shutdown(wait=True)


def start(engine: Engine, duties: tuple[Duty, ...] = DUTIES) -> Heart:
    """Starts beating in threads of this process."""
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(len(duties))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone="UTC",
    )
    heart = Heart(_name(), scheduler, threading.Event())
    for duty in duties:
        scheduler.add_job(_beat, "interval", seconds=duty.seconds, args=(engine, duty, heart), id=duty.name)
    scheduler.start()
    log.info("worker.started", extra={"worker_id": heart.worker_id})
    return heart


def _beat(engine: Engine, duty: Duty, heart: Heart) -> None:
    """One beat; a failing duty is logged and beats again, it never stops the others."""
    try:
        for _ in range(ROUNDS):
            if heart.stopping.is_set() or duty.sweep(engine, heart.worker_id, BATCH) < BATCH:
                return
    except Exception:
        log.exception("worker.duty_failed", extra={"duty": duty.name, "worker_id": heart.worker_id})


def _name() -> str:
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
