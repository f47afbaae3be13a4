"""P10: one worker, then two, then four on PostgreSQL, with sources that answer after 50 ms; beside what one worker's calls allow.

Says what was full: the two cores, or nothing."""

import time
from pathlib import Path

import sqlalchemy as sa

from benchmarks import stages
from engine.actors import SYSTEM
from engine.models.cases import cases
from tests.running import City, city, until

SLOW = {"TONGBAN_SIMULATED_SECONDS": "0.05"}
CASES, WORKERS = 120, (1, 2, 4)


def run(each: int = CASES) -> dict[str, dict[str, object]]:
    """`P10.1`, `P10.2`, `P10.4`: cases a second that the workers decide; ratio to one worker."""
    rows: dict[str, dict[str, object]] = {}
    alone = 0.0
    residents = each * len(WORKERS)
    with stages.database("postgres", "p10") as (url, folder), city(url, folder, residents=residents) as town:
        web = town.web(TONGBAN_DRAIN_SECONDS="0")
        for place, number in enumerate(WORKERS):
            for nth in range(place * each, (place + 1) * each):
                town.apply(web, nth)
            pace, used, idle = _drain(town, number, (place + 1) * each)
            alone = alone or pace
            full = "the cores" if idle < 0.15 else "nothing"
            rows[f"P10.{number}"] = {
                "value": pace,
                "unit": "cases/s",
                "limit": alone,
                "ratio": pace / alone,
                "cpu_us": used / pace * 1e6,
                "target": f"1 → 4 workers ≥ 3.5 × until the cores are full; full: {full} ({idle:.0%} of the machine idle)",
                "met": None if number != 4 else pace / alone >= 3.5 or full != "nothing",
            }
    return rows


def _drain(town: City, number: int, wanted: int) -> tuple[float, float, float]:
    """(cases a second, cores used by the workers, idle share of the machine), from the first decision on."""
    decided = _closed(town)
    hands = [town.worker(**SLOW) for _ in range(number)]
    until(lambda: _closed(town) > decided, every=0.01)
    began, first = time.perf_counter(), _closed(town)
    idle_before, all_before = _machine()
    cpu = sum(stages.cpu_seconds(hand.child.pid) for hand in hands)
    until(lambda: _closed(town) >= wanted, every=0.02)
    elapsed = time.perf_counter() - began
    used = sum(stages.cpu_seconds(hand.child.pid) for hand in hands) - cpu
    idle, all_of_it = (after - before for after, before in zip(_machine(), (idle_before, all_before), strict=True))
    for hand in hands:
        hand.stop()
    return (wanted - first) / elapsed, used / elapsed, idle / max(all_of_it, 1)


def _machine() -> tuple[int, int]:
    """(idle, all) ticks of every core so far."""
    ticks = [int(each) for each in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return ticks[3] + ticks[4], sum(ticks)


def _closed(town: City) -> int:
    with town.engine.read(SYSTEM) as tx:
        return int(tx.value(sa.select(sa.func.count()).select_from(cases).where(cases.c.state == "closed")))
