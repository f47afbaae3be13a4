"""What a worker does at each beat; a duty takes due rows by lease and says how many it worked on."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.casework import notices, sla
from engine.runtime import jobs, messages, timers
from engine.transaction import Engine

BATCH = 50


@dataclass(frozen=True, slots=True)
class Duty:
    """One sweep. seconds: between beats. sweep: (engine, worker_id, limit) → rows worked on; a full batch is followed at once."""

    name: str
    seconds: float
    sweep: Callable[[Engine, str, int], int]


def _timers(engine: Engine, worker_id: str, limit: int) -> int:
    return timers.sweep(engine, limit)


def _messages(engine: Engine, worker_id: str, limit: int) -> int:
    return messages.sweep(engine, limit)


def _clocks(engine: Engine, worker_id: str, limit: int) -> int:
    return sla.sweep(engine, limit)


def _notices(engine: Engine, worker_id: str, limit: int) -> int:
    return notices.sweep(engine, worker_id, limit)


DUTIES: tuple[Duty, ...] = (
    Duty("timers", 0.5, _timers),
    Duty("jobs", 0.5, jobs.sweep),
    Duty("messages", 0.5, _messages),
    Duty("clocks", 2.0, _clocks),
    Duty("notices", 1.0, _notices),
)
