"""P8: many timers pending, a heap of them due at one instant, each drained by a real step; beside the bare commit."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from benchmarks import stages
from benchmarks.crowd import clone
from engine.actors import SYSTEM
from engine.calendar.china import ChinaCalendar
from engine.clock import VirtualClock
from engine.models.migrations import upgrade
from engine.models.work import timers
from engine.runtime import database, deploy, start
from engine.runtime.timers import sweep
from engine.settings import Settings
from engine.transaction import Engine

PENDING, DUE, TARGET = 100_000, 4_000, 500
FULL = {"pending": 1_000_000, "due": 125_000}
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


def run(pending: int = PENDING, due: int = DUE) -> dict[str, dict[str, object]]:
    """`P8.drain.sqlite` and so on: timers a second through real steps of one worker's sweep."""
    rows: dict[str, dict[str, object]] = {}
    for kind in stages.KINDS:
        with stages.database(kind, "p8") as (url, folder):
            engine = _city(url, folder)
            clone(engine.database, _seed(engine), pending)
            _make_due(engine, due)
            limit, _ = stages.raw(kind, url)
            pace = _drain(engine, due)
            rows[f"P8.drain.{kind}"] = {
                "value": pace.per_second,
                "unit": "timers/s",
                "limit": limit,
                "ratio": pace.per_second / limit,
                "cpu_us": pace.cpu_us,
                "target": f"≥ {TARGET}/s: {due:,} due at once, {pending:,} pending",
                "met": pace.per_second >= TARGET,
            }
            engine.database.dispose()
    return rows


def _city(url: str, folder: Path) -> Engine:
    upgrade(url)
    engine = Engine(Settings(url, folder), database.connect(url), ChinaCalendar(), clock=VirtualClock(NOW))
    with engine.begin(SYSTEM) as tx:
        made = deploy.deploy(tx, "timer", {"timer.bpmn": (stages.PATTERNS / "timer.bpmn").read_bytes()})
        deploy.publish(tx, made.id)
    return engine


def _seed(engine: Engine) -> str:
    with engine.begin(SYSTEM) as tx:
        return start.start(tx, "TIMER", {}).id


def _make_due(engine: Engine, due: int) -> None:
    """The first so many at this instant, the rest over the next month."""
    with engine.begin(SYSTEM) as tx:
        some = sa.select(timers.c.instance_id).order_by(timers.c.instance_id).limit(due)
        tx.connection.execute(timers.update().values(due_at=NOW + timedelta(days=30)))
        tx.connection.execute(timers.update().where(timers.c.instance_id.in_(some)).values(due_at=NOW))


def _drain(engine: Engine, due: int) -> stages.Pace:
    done, began, cpu = 0, time.perf_counter(), time.process_time()
    while done < due and (fired := sweep(engine)):
        done += fired
    elapsed = time.perf_counter() - began
    return stages.Pace(done / elapsed, (time.process_time() - cpu) / max(done, 1) * 1e6)
