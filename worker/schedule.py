"""The heartbeat: APScheduler ticks the duties and holds nothing itself.

Durable time lives in leased rows. With timers kept in the scheduler, those that fell due while the process was down were lost,
and two schedulers on one store fired some twice; so its store is in memory and its only jobs are the duties."""

import logging
import threading
from dataclasses import dataclass, field
from itertools import count

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from engine.runtime import calls
from engine.runtime.bell import Bell
from engine.runtime.workers import Presence
from engine.transaction import Engine
from worker.duties import BATCH, DUTIES, Duty

log = logging.getLogger("tongban.worker")
logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns whenever a beat finds the one before still at work
PATIENCE_SECONDS = 15.0
ROUNDS = 20
"""Full batches that a duty may take in a row when the bell rang, before the next one that listens to it has its turn."""


@dataclass(slots=True)
class Heart:
    """A beating worker."""

    worker_id: str
    scheduler: BackgroundScheduler
    stopping: threading.Event = field(default_factory=threading.Event)
    presence: Presence | None = None
    bell: Bell | None = None
    done: int = 0
    locks: dict[str, threading.Lock] = field(default_factory=dict)
    woken: threading.Event = field(default_factory=threading.Event)

    @property
    def is_resting(self) -> bool:
        """Whether it takes nothing new: it stops, or an operator drains it."""
        return self.stopping.is_set() or (self.presence is not None and self.presence.is_draining)

    def count(self) -> int:
        """Rows worked on since it was last asked."""
        done, self.done = self.done, 0
        return done

    def stop(self) -> None:
        """Lets the beats in progress finish their batch, then stops."""
        self.stopping.set()
        self.woken.set()
        if self.bell is not None:
            self.bell.stop()
        self.scheduler.shutdown(wait=True)
        calls.finish(PATIENCE_SECONDS)
        if self.presence is not None:
            self.presence.stop()


def start(engine: Engine, duties: tuple[Duty, ...] = DUTIES, *, kind: str = "worker") -> Heart:
    """Starts beating in threads of this process. kind: worker | city, as operators see it."""
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(len(duties))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone="UTC",
    )
    heart = Heart(engine.worker_id, scheduler)
    heart.locks = {duty.name: threading.Lock() for duty in duties}
    heart.presence = Presence(engine, kind, heart.count)
    heart.bell = Bell(engine, heart.woken.set)
    hasty = tuple(duty for duty in duties if duty.is_hasty)
    threading.Thread(target=_answer_the_bell, args=(engine, hasty, heart), name="hasty", daemon=True).start()
    for duty in duties:
        scheduler.add_job(_beat, "interval", seconds=duty.seconds, args=(engine, duty, heart), id=duty.name)
    scheduler.start()
    log.info("worker.started", extra={"worker_id": heart.worker_id})
    return heart


def _answer_the_bell(engine: Engine, hasty: tuple[Duty, ...], heart: Heart) -> None:
    """Does at once what others left, without waiting for the next beat."""
    while not heart.stopping.is_set():
        heart.woken.wait()
        heart.woken.clear()
        for duty in hasty:
            _beat(engine, duty, heart, is_patient=True)


def _beat(engine: Engine, duty: Duty, heart: Heart, *, is_patient: bool = False) -> None:
    """One beat, unless one is going on (is_patient: after it); a failing duty is logged and never stops the others."""
    if not heart.locks[duty.name].acquire(blocking=is_patient):
        return
    try:
        for _ in range(ROUNDS) if is_patient else count():
            if heart.is_resting:
                return
            worked = duty.sweep(engine, heart.worker_id, BATCH)
            heart.done += worked
            if worked < BATCH:
                return
    except Exception:
        log.exception("worker.duty_failed", extra={"duty": duty.name, "worker_id": heart.worker_id})
    finally:
        heart.locks[duty.name].release()
