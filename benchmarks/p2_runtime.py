"""P2: whole instances through the runtime, durable, with full history, one commit each, beside the bare transaction."""

from functools import partial
from pathlib import Path

from benchmarks import stages
from benchmarks.stages import PATTERNS
from engine.actors import SYSTEM
from engine.calendar.china import ChinaCalendar
from engine.models.migrations import upgrade
from engine.runtime import database, deploy, start
from engine.settings import Settings
from engine.transaction import Engine

NAMES = ("seq5", "exc", "par", "cyc", "instant")
TARGET = 0.5


def run(seconds: float = 1.5) -> dict[str, dict[str, object]]:
    """`P2.seq5.sqlite` and so on: instances a second from start to end in one thread."""
    rows: dict[str, dict[str, object]] = {}
    for kind in stages.KINDS:
        with stages.database(kind, "p2") as (url, folder):
            engine = platform(url, folder)
            limit, limit_cpu = stages.raw(kind, url)
            rows[f"P2.floor.{kind}"] = {"value": limit, "unit": "commits/s", "cpu_us": limit_cpu}
            for name in NAMES:
                pace = stages.repeat(partial(once, engine, name.upper()), seconds)
                ratio = pace.per_second / limit
                rows[f"P2.{name}.{kind}"] = {
                    "value": pace.per_second,
                    "unit": "inst/s",
                    "limit": limit,
                    "ratio": ratio,
                    "cpu_us": pace.cpu_us,
                    "target": f"ratio ≥ {TARGET}",
                    "met": ratio >= TARGET,
                }
            engine.database.dispose()
    return rows


def once(engine: Engine, process: str, _nth: int) -> None:
    """One instance from start to end."""
    with engine.begin(SYSTEM) as tx:
        start.start(tx, process, {"amount": 900, "x": 1, "n": 0})


def platform(url: str, folder: Path) -> Engine:
    """A platform with the patterns published."""
    upgrade(url)
    engine = Engine(Settings(url, folder), database.connect(url), ChinaCalendar())
    with engine.begin(SYSTEM) as tx:
        for name in NAMES:
            made = deploy.deploy(tx, name, {f"{name}.bpmn": (PATTERNS / f"{name}.bpmn").read_bytes()})
            deploy.publish(tx, made.id)
    return engine
