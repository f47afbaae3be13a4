"""P9: every open legal clock counted anew after a change of the calendar, in the worker's own batches, while the city is open."""

import time
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from benchmarks import crowd, stages
from engine.actors import SYSTEM
from engine.calendar.amended import OwnDay
from engine.calendar.china import ChinaCalendar
from engine.casework import calendars
from engine.models.base import metadata
from engine.models.migrations import upgrade
from engine.runtime import database
from engine.settings import Settings
from engine.transaction import Engine

CLOCKS = 20_000
FULL = {"clocks": 1_000_000}
MILLION, TARGET_MINUTES, BATCH = 1_000_000, 10.0, 1000


def run(clocks: int = CLOCKS) -> dict[str, dict[str, object]]:
    """`P9.sqlite`, `P9.postgres`: minutes for a million clocks; beside it the longest time one batch holds a writer up."""
    rows: dict[str, dict[str, object]] = {}
    for kind in stages.KINDS:
        with stages.database(kind, "p9") as (url, folder):
            upgrade(url)
            engine = Engine(Settings(url, Path(folder)), database.connect(url), ChinaCalendar())
            crowd.open_tasks(engine.database, clocks)
            _clocks(engine.database)
            looked_at, seconds, longest, cpu = _recompute(engine)
            assert looked_at == clocks, f"looked at {looked_at} of {clocks}"
            minutes = seconds / clocks * MILLION / 60
            rows[f"P9.{kind}"] = {
                "value": minutes,
                "unit": "min/M",
                "limit": TARGET_MINUTES,
                "ratio": minutes / TARGET_MINUTES,
                "cpu_us": cpu / clocks * 1e6,
                "target": f"≤ {TARGET_MINUTES:.0f} min for a million ({clocks:,} counted); longest batch {longest * 1000:.0f} ms",
                "met": minutes <= TARGET_MINUTES,
            }
            engine.database.dispose()
    return rows


def _clocks(engine: sa.Engine) -> None:
    """A committed clock of ten working days for each case, running since 23 November 2026."""
    table = metadata.tables["sla_clocks"]
    given = {
        "id": "case_no",
        "case_no": "case_no",
        "kind": "'committed'",
        "office": "office",
        "limit": "'10WD'",
        "statutory_limit": "'20WD'",
        "mode": "'day'",
        "pauses": "'[]'",
        "colour": "'green'",
        "started_at": _moment(engine, "2026-11-23 02:00:00"),
        "due_at": _moment(engine, "2026-12-07 10:00:00"),
        "is_provisional": "false",
        "rung": "0",
    }
    plain = {column.name: "''" for column in table.columns if not column.nullable}
    wanted = {**plain, **given}
    names = ", ".join(f'"{name}"' for name in wanted)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"insert into sla_clocks ({names}) select {', '.join(wanted.values())} from cases")


def _moment(engine: sa.Engine, text: str) -> str:
    return f"'{text}.000000'" if engine.dialect.name == "sqlite" else f"timestamptz '{text}+00'"


def _recompute(engine: Engine) -> tuple[int, float, float, float]:
    """(clocks looked at, seconds, the longest batch, CPU seconds) after one more closed day."""
    with engine.begin(SYSTEM) as tx:
        calendars.set_days(tx, {date(2026, 12, 1): OwnDay(False, "台风停工", "typhoon")}, "台风")
    looked_at, longest, cpu, began = 0, 0.0, time.process_time(), time.perf_counter()
    while True:
        since = time.perf_counter()
        batch = calendars.recompute(engine, BATCH)
        longest = max(longest, time.perf_counter() - since)
        looked_at += batch
        if batch < BATCH:
            return looked_at, time.perf_counter() - began, longest, time.process_time() - cpu
