"""Calling connectors: a pool of threads, a bound on each connector, and a breaker.

One slow or broken system must not starve the others: each connector has its own share of the threads, and one that has failed
again and again is left alone for a while, then asked by a single call whether it is back. All of this is a process's own opinion;
what must survive is in the rows."""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import orjson

from engine import logs, tracing
from engine.bpmn.terms import Complete, Throw
from engine.feel import from_json, to_json
from engine.ports import Connector, ConnectorRefused, ConnectorUnavailable
from engine.runtime.durations import seconds
from engine.transaction import Engine

log = logging.getLogger("tongban.jobs")
Job = Mapping[str, Any]
Result = TypeVar("Result")
TIMEOUT = 10.0
THREADS, SHARE = 32, 8
"""Calls at once in this process, and how many of them one connector may take."""
FAILURES, REST = 5, timedelta(seconds=15)
"""So many failures in a row open a breaker; so long nothing is asked."""

LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes of an answer as it is stored: documents go to the store, not into variables."""


class Failure(str):
    """Why a call failed, as the incident will say it."""


@dataclass(slots=True)
class Breaker:
    """One connector as this process knows it. failures: in a row. rests_until: nothing is asked before, but one probe after."""

    connector: Connector | None
    in_flight: int = 0
    failures: int = 0
    calls: int = 0
    rests_until: datetime | None = None
    last_failure: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def admits(self, now: datetime) -> bool:
        """Whether it may be asked now; past its rest one call at a time goes through until one succeeds."""
        with self.lock:
            if self.rests_until is None:
                return True
            if self.rests(now):
                return False
            self.rests_until = now + REST
            return True

    def rests(self, now: datetime) -> bool:
        """Whether it is left alone now; a rest that is longer than any was begun before the clock was set back, and is over."""
        return self.rests_until is not None and now < self.rests_until <= now + REST

    def took(self, failure: str | None, now: datetime) -> None:
        """What came of a call."""
        with self.lock:
            self.calls += 1
            self.failures = 0 if failure is None else self.failures + 1
            self.last_failure = failure or self.last_failure
            if failure is None:
                self.rests_until = None
            elif self.failures >= FAILURES:
                self.rests_until = now + REST


_POOL = ThreadPoolExecutor(THREADS, thread_name_prefix="call")
_BREAKERS: dict[int, Breaker] = {}


def _begin_anew() -> None:
    """A forked child inherits a pool whose threads stayed behind: what it handed to the idle ones nobody would ever do."""
    global _POOL
    _POOL = ThreadPoolExecutor(THREADS, thread_name_prefix="call")
    _BREAKERS.clear()


os.register_at_fork(after_in_child=_begin_anew)


def breaker(engine: Engine, operation: str) -> Breaker:
    """The breaker of the connector behind an operation; connectors that are shared share it."""
    connector = engine.connectors.get(operation)
    if connector is None:
        return Breaker(None)
    found = _BREAKERS.get(id(connector))
    if found is None:
        found = _BREAKERS.setdefault(id(connector), Breaker(connector))
    return found


def room(engine: Engine, operation: str) -> int:
    """How many more calls of this operation fit in now."""
    return max(0, SHARE - breaker(engine, operation).in_flight)


def submit(engine: Engine, job: Job, work: Callable[[Engine, Job], Result]) -> "Future[Result]":
    """Runs `work` in the pool, counted against the connector's share."""
    known = breaker(engine, job["operation"])
    with known.lock:
        known.in_flight += 1
    done = _POOL.submit(copy_context().run, _counted, engine, job, known, work)
    done.add_done_callback(_report)
    return done


def _report(done: "Future[Any]") -> None:
    """A defect, or a database that stayed away: the lease runs out and the job is taken again, but somebody must be able to read
    why."""
    if (error := done.exception()) is not None:
        log.error("job.broke", exc_info=error)


def _counted(engine: Engine, job: Job, known: Breaker, work: Callable[[Engine, Job], Result]) -> Result:
    ids = {"job_id": job["id"], "instance_id": job["instance_id"]}
    try:
        with tracing.span(f"job {job['operation']}", job.get("traceparent"), **ids, attempt=job["attempts"]), logs.about(**ids):
            return work(engine, job)
    finally:
        with known.lock:
            known.in_flight -= 1


def finish(seconds: float) -> None:
    """Waits for the calls in flight, so that a process that ends leaves no lease behind; those that hang are left to others."""
    until = time.monotonic() + seconds
    while any(known.in_flight for known in list(_BREAKERS.values())) and time.monotonic() < until:
        time.sleep(0.05)


def call(engine: Engine, job: Job) -> Complete | Throw | Failure:
    """Asks the connector of a leased job, outside any transaction; what its answer or its failure means."""
    connector = engine.connectors.get(job["operation"])
    if connector is None:
        return Failure(f"no connector is bound to {job['operation']}")
    try:
        with tracing.span(f"connector {job['operation']}"):
            answer = connector.call(
                from_json(orjson.loads(job["input"])),  # type: ignore[arg-type]  # the input was stored as a mapping
                idempotency_key=job["idempotency_key"],
                timeout_seconds=seconds(job["properties"].get("timeout"), TIMEOUT),
            )
            return Complete(job["wait_id"], _believed(answer))
    except ConnectorRefused as refused:
        return Throw(job["wait_id"], refused.code, str(refused), refused.variables)
    except ConnectorUnavailable as silent:
        return Failure(f"ConnectorUnavailable: {silent}")
    except Exception as failure:  # an adapter's own fault must not take the worker with it
        return Failure(f"{type(failure).__name__}: {failure}")


def _believed(answer: object) -> Mapping[str, object]:
    """The answer when it is what was promised: variables by name that can be stored. Raises ConnectorUnavailable for nonsense."""
    if not isinstance(answer, Mapping) or not all(isinstance(name, str) for name in answer):
        raise ConnectorUnavailable(f"expected variables by name, but it answered {type(answer).__name__}")
    if (size := len(orjson.dumps(to_json(dict(answer))))) > LARGEST_ANSWER:
        raise ConnectorUnavailable(f"expected at most {LARGEST_ANSWER} bytes, but it answered {size}")
    return answer
