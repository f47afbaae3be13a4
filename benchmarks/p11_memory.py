"""P11: memory of a web and of a worker process after a load, and what an ordinary case weighs in the database.

Limit of the processes: the interpreter with the same libraries and nothing of ours."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import sqlalchemy as sa

from benchmarks import stages
from engine.actors import SYSTEM
from engine.models.instances import history, instances
from tests.running import City, city, until

CASES = 300
LIBRARIES = "flask, sqlalchemy, flask_smorest, marshmallow, lxml.etree, psycopg, apscheduler, reportlab, argon2"


def run(cases: int = CASES) -> dict[str, dict[str, object]]:
    """`P11.web`, `P11.worker` in MB; `P11.state`, `P11.case` in KB."""
    bare = _bare_mb()
    with stages.database("postgres", "p11") as (url, folder), city(url, folder, residents=cases) as town:
        web, worker = town.web(TONGBAN_DRAIN_SECONDS="0"), town.worker()
        with ThreadPoolExecutor(8) as crowd:
            list(crowd.map(lambda nth: town.apply(web, nth), range(cases)))
        until(lambda: _open(town) == 0)
        used = {"web": _mb(web.child.pid), "worker": _mb(worker.child.pid)}
        state, whole = _weights(town)
    rows = {f"P11.{name}": _row(value, "MB", bare, 150) for name, value in used.items()}
    return {**rows, "P11.state": _row(state, "KB", 1.0, 1), "P11.case": _row(whole, "KB", 8.0, 8)}


def _open(town: City) -> int:
    with town.engine.read(SYSTEM) as tx:
        return int(tx.value(sa.select(sa.func.count()).select_from(instances).where(instances.c.ended_at.is_(None))))


def _mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def _bare_mb() -> float:
    told = f"import {LIBRARIES}; print([l for l in open('/proc/self/status') if l.startswith('VmRSS')][0].split()[1])"
    return int(subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True).stdout) / 1024


def _weights(town: City) -> tuple[float, float]:
    """(state, row with history) of an ordinary case in KB of text."""
    length = sa.func.length
    with town.engine.read(SYSTEM) as tx:
        roots = tx.value(sa.select(sa.func.count()).select_from(instances).where(instances.c.id == instances.c.root_id))
        state = tx.value(sa.select(sa.func.avg(length(instances.c.state))))
        past = tx.value(sa.select(sa.func.sum(length(history.c.entries) + 200)))
    return float(state) / 1024, (float(past) / roots + float(state) + 300) / 1024


def _row(value: float, unit: str, limit: float, target: float) -> dict[str, object]:
    words = f"≤ {target} {unit}"
    return {"value": value, "unit": unit, "limit": limit, "ratio": value / limit, "target": words, "met": value <= target}
