"""P5: fifteen applications a second for an instant service whose three sources take 200 ms and fail once in a hundred.

Offered at an even pace whatever comes back; web and worker are two processes over PostgreSQL. Limit: the sources alone."""

import time
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles

from benchmarks import stages
from engine.actors import SYSTEM
from engine.casework import invariants
from tests.running import City, Process, Reply, city

RATE, SECONDS = 15, 20
SLOW = {"TONGBAN_SIMULATED_SECONDS": "0.2", "TONGBAN_SIMULATED_FAILURES": "0.01"}
LIMIT_MS = 400.0
"""Prefilling and verifying one after the other: two answers of 200 ms each."""


def run() -> dict[str, dict[str, object]]:
    """`P5.postgres`: seconds to the decision as the applicant sees them, and the share decided within the request."""
    with stages.database("postgres", "p5") as (url, folder), city(url, folder, residents=RATE * SECONDS + RATE) as town:
        web, worker = town.web(**SLOW), town.worker(**SLOW)
        for nth in range(RATE):
            town.apply(web, RATE * SECONDS + nth)
        before = {p.child.pid: stages.cpu_seconds(p.child.pid) for p in (web, worker)}
        began = time.perf_counter()
        replies = _offer(town, web)
        elapsed = time.perf_counter() - began
        used = {pid: (stages.cpu_seconds(pid) - cpu) / elapsed for pid, cpu in before.items()}
        lost = _lost(town, replies)
    return {"P5.postgres": _row([seconds for seconds, _ in replies], replies, used, lost)}


def _offer(town: City, web: Process) -> list[tuple[float, Reply]]:
    start = time.perf_counter() + 0.2

    def one(nth: int) -> tuple[float, Reply]:
        time.sleep(max(0.0, start + nth / RATE - time.perf_counter()))
        began = time.perf_counter()
        reply = town.apply(web, nth)
        return time.perf_counter() - began, reply

    with ThreadPoolExecutor(max_workers=60) as pool:
        return list(pool.map(one, range(RATE * SECONDS)))


def _lost(town: City, replies: list[tuple[float, Reply]]) -> int:
    """Applications without a case."""
    numbers = [str(reply.body.get("case_no")) for _, reply in replies if reply.status in (201, 202)]
    with town.engine.read(SYSTEM) as tx:
        missing = list(invariants.accounted(tx, numbers))
    return len(missing) + len(replies) - len(numbers)


def _row(seconds: list[float], replies: list[tuple[float, Reply]], used: dict[int, float], lost: int) -> dict[str, object]:
    cuts = quantiles(seconds, n=100)
    p50, p95, p99 = (cuts[n] * 1000 for n in (49, 94, 98))
    at_once = sum(reply.body.get("decision") == "grant" for _, reply in replies) / len(replies)
    busiest = max(used.values())
    words = f"p95 ≤ 1 s, p99 ≤ 3 s (p50 {p50:.0f}, p99 {p99:.0f} ms; {at_once:.0%} at once, {lost} lost, CPU {busiest:.0%})"
    row: dict[str, object] = {"value": p95, "unit": "ms p95", "limit": LIMIT_MS, "ratio": p95 / LIMIT_MS, "target": words}
    met = p95 <= 1000 and p99 <= 3000 and lost == 0 and busiest <= 0.6
    return row | {"cpu_us": sum(used.values()) / RATE * 1e6, "met": met}
