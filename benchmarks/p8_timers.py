"""P8: many timers pending, a heap of them due at one instant, each drained by a real step; beside the bare commit.

And what becomes of the others meanwhile: timers that fall due in their ordinary way while real workers drain the heap."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from benchmarks import stages
from benchmarks.crowd import clone
from engine.actors import SYSTEM
from engine.calendar.china import ChinaCalendar
from engine.clock import VirtualClock
from engine.models.instances import instances
from engine.models.migrations import upgrade
from engine.models.work import timers
from engine.runtime import database, deploy, start
from engine.runtime.timers import sweep
from engine.settings import Settings
from engine.transaction import Engine
from tests.running import City, until

PENDING, DUE, TARGET = 100_000, 4_000, 500
FULL = {"pending": 1_000_000, "due": 125_000}
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
EVERY, FOR_SECONDS, IN = timedelta(milliseconds=20), 10, timedelta(seconds=8)
"""An ordinary timer falls due so often, for so long, beginning so long after the heap was made, when the workers stand."""
WORKERS = {"sqlite": 1, "postgres": 2}
LATE = {"sqlite": 2.0, "postgres": 1.0}


def run(pending: int = PENDING, due: int = DUE) -> dict[str, dict[str, object]]:
    """`P8.drain.sqlite`: timers a second through real steps of one sweep. `P8.late.sqlite`: seconds that ordinary timers were
    late (99 of 100) while workers drained as large a heap."""
    rows: dict[str, dict[str, object]] = {}
    for kind in stages.KINDS:
        with stages.database(kind, "p8") as (url, folder):
            engine = _city(url, folder)
            clone(engine.database, _seed(engine), pending)
            _move(engine, 0, pending, NOW + timedelta(days=3650))
            rows[f"P8.drain.{kind}"] = _drained(engine, kind, pending, due)
            rows[f"P8.late.{kind}"] = _late(engine, kind, due)
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


def _move(engine: Engine, skip: int, number: int, at: datetime) -> list[str]:
    """So many of the waiting ones, in the order of their numbers, fall due at this instant; their ids."""
    with engine.begin(SYSTEM) as tx:
        if tx.connection.dialect.name == "postgresql":
            tx.connection.exec_driver_sql("set local statement_timeout = 0")
        some = sa.select(timers.c.instance_id).order_by(timers.c.instance_id).offset(skip).limit(number)
        tx.connection.execute(timers.update().where(timers.c.instance_id.in_(some)).values(due_at=at))
        return list(tx.connection.execute(some).scalars())


def _drained(engine: Engine, kind: str, pending: int, due: int) -> dict[str, object]:
    _move(engine, 0, due, NOW)
    limit, _ = stages.raw(kind, engine.settings.database_url)
    done, began, cpu = 0, time.perf_counter(), time.process_time()
    while done < due and (fired := sweep(engine)):
        done += fired
    pace = done / (time.perf_counter() - began)
    return {
        "value": pace,
        "unit": "timers/s",
        "limit": limit,
        "ratio": pace / limit,
        "cpu_us": (time.process_time() - cpu) / max(done, 1) * 1e6,
        "target": f"≥ {TARGET}/s: {due:,} due at once, {pending:,} pending",
        "met": pace >= TARGET,
    }


def _late(engine: Engine, kind: str, due: int) -> dict[str, object]:
    """A heap that is due now and, from a little later on, fifty ordinary ones a second."""
    began, number = datetime.now(UTC), round(FOR_SECONDS / EVERY.total_seconds())
    ordinary = {_move(engine, due + nth, 1, began + IN + nth * EVERY)[0]: began + IN + nth * EVERY for nth in range(number)}
    _move(engine, 0, due, began)
    city = City(engine, engine.settings.data_dir, [])
    hands = [city.worker() for _ in range(WORKERS[kind])]
    until(lambda: _ended(engine, list(ordinary)) == number, seconds=600, every=0.5)
    left = _waiting(engine, datetime.now(UTC))
    for hand in hands:
        hand.stop()
    with engine.read(SYSTEM) as tx:
        query = sa.select(instances.c.id, instances.c.ended_at).where(instances.c.id.in_(list(ordinary)))
        late = sorted((row["ended_at"] - ordinary[row["id"]]).total_seconds() for row in tx.rows(query))
    worst = late[int(len(late) * 0.99)]
    return {
        "value": worst,
        "unit": "s",
        "limit": LATE[kind],
        "ratio": worst / LATE[kind],
        "cpu_us": None,
        "target": f"p99 ≤ {LATE[kind]:g} s, 50 ordinary a second beside {due:,} due at once ({left:,} left at the end)",
        "met": worst <= LATE[kind],
    }


def _ended(engine: Engine, ids: list[str]) -> int:
    with engine.read(SYSTEM) as tx:
        ended = sa.select(sa.func.count()).where(instances.c.id.in_(ids), instances.c.ended_at.is_not(None))
        return int(tx.value(ended))


def _waiting(engine: Engine, now: datetime) -> int:
    with engine.read(SYSTEM) as tx:
        return int(tx.value(sa.select(sa.func.count()).select_from(timers).where(timers.c.due_at <= now)))
