"""P3: the instant case through HTTP: sign-in, validation, three look-ups, decision with reasons, licence, clocks, history.

Beside it, in the same run: the raw commit rate, and the same request on the same server with no engine behind it."""

import http.client
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from statistics import quantiles

from benchmarks import stages
from tests.running import City, Process, answers, city, free_port, until

CLIENTS = 8
TARGET, LEAST = 0.4, 500


def run(cases: int = 800) -> dict[str, dict[str, object]]:
    """`P3.sqlite`, `P3.postgres`, with the floors as rows of their own."""
    rows: dict[str, dict[str, object]] = {}
    for kind in stages.KINDS:
        with stages.database(kind, "p3") as (url, folder):
            commits, commit_cpu = stages.raw(kind, url)
            rows[f"P3.floor.{kind}"] = {"value": commits, "unit": "commits/s", "cpu_us": commit_cpu}
            with city(url, folder, residents=cases + CLIENTS) as town:
                bare, bare_cpu, _ = _measure(_bare(town), town, cases)
                rows[f"P3.no_engine.{kind}"] = {"value": bare, "unit": "cases/s", "cpu_us": bare_cpu, "limit": commits}
                pace, cpu, p99 = _measure(town.web(), town, cases)
            rows[f"P3.{kind}"] = {
                "value": pace,
                "unit": "cases/s",
                "limit": bare,
                "ratio": pace / bare,
                "cpu_us": cpu,
                "target": f"ratio ≥ {TARGET}, ≥ {LEAST}/s; p99 {p99:.0f} ms at full load",
                "met": pace / bare >= TARGET and pace >= LEAST,
            }
    return rows


def _bare(town: City) -> Process:
    port = free_port()
    log = town.folder / "bare.log"
    command = (sys.executable, "-m", "benchmarks.bare", town.engine.settings.database_url, str(port))
    with log.open("wb") as out:
        started = Process(subprocess.Popen(command, cwd=Path(__file__).parents[1], env=dict(os.environ), stdout=out), log, port)
    town.processes.append(started)
    until(started.is_ready)
    return started


def _measure(web: Process, town: City, cases: int) -> tuple[float, float, float]:
    """(cases a second, CPU µs of the web process each, p99 in ms) with a few clients asking one after the other."""
    numbers = count()
    for n in range(CLIENTS):
        town.apply(web, cases + n)
    before, began = stages.cpu_seconds(web.child.pid), time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        took = [t for part in clients.map(lambda _: _ask_on(web.port, town, numbers, cases), range(CLIENTS)) for t in part]
    elapsed, used = time.perf_counter() - began, stages.cpu_seconds(web.child.pid) - before
    web.stop()
    return len(took) / elapsed, used / len(took) * 1e6, quantiles(took, n=100)[98] * 1000


def _ask_on(port: int, town: City, numbers: "count[int]", cases: int) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    took = []
    while (n := next(numbers)) < cases:
        body = json.dumps({"service": "MZ-GLJT-001", "answers": answers(n), "consents": []})
        headers = {"Authorization": f"Bearer {town.tokens[n]}", "Idempotency-Key": f"key-{n}", "Content-Type": "application/json"}
        began = time.perf_counter()
        connection.request("POST", "/api/v1/cases", body, headers)
        reply = connection.getresponse()
        text = reply.read()
        took.append(time.perf_counter() - began)
        if reply.status != 201:
            raise AssertionError(f"{reply.status} {text.decode()}")
    connection.close()
    return took
