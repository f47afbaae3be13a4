"""P16: eight threads of the embedded city start cases at 1,000 a second offered: nobody is refused, nobody waits long.

Limit: what the same bare commits take in one thread."""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from statistics import quantiles

from benchmarks import stages
from benchmarks.p2_runtime import platform
from engine.actors import SYSTEM
from engine.runtime import start

CLIENTS, OFFERED, SECONDS, TARGET_MS = 8, 1_000, 4, 30.0


def run(seconds: int = SECONDS) -> dict[str, dict[str, object]]:
    """`P16.sqlite`: p99 in ms from the offer to the commit, and how many a second were done."""
    with stages.database("sqlite", "p16") as (url, folder):
        engine = platform(url, folder)
        limit, _ = stages.raw("sqlite", url)
        numbers, total, cpu = count(), OFFERED * seconds, time.process_time()
        begin_at = time.perf_counter() + 0.1

        def client(_: int) -> list[float]:
            took = []
            while (nth := next(numbers)) < total:
                due = begin_at + nth / OFFERED
                time.sleep(max(0.0, due - time.perf_counter()))
                with engine.begin(SYSTEM) as tx:
                    start.start(tx, "INSTANT", {"amount": 900})
                took.append(time.perf_counter() - due)
            return took

        with ThreadPoolExecutor(CLIENTS) as crowd:
            took = [each for part in crowd.map(client, range(CLIENTS)) for each in part]
        pace = total / (time.perf_counter() - begin_at)
        engine.database.dispose()
    p99 = quantiles(took, n=100)[98] * 1000
    return {
        "P16.sqlite": {
            "value": p99,
            "unit": "ms p99",
            "limit": 1000 / limit,
            "ratio": p99 * limit / 1000,
            "cpu_us": (time.process_time() - cpu) / total * 1e6,
            "target": f"≤ {TARGET_MS:.0f} ms at {OFFERED:,}/s offered ({pace:,.0f}/s done), never locked",
            "met": p99 <= TARGET_MS and pace >= OFFERED * 0.95,
        }
    }
