"""P6: what a whole instance costs in a city of ten thousand instances and in one of a million; beside the small one."""

from functools import partial

from benchmarks import stages
from benchmarks.crowd import clone
from benchmarks.p2_runtime import once, platform
from engine.actors import SYSTEM
from engine.runtime import deploy, start
from engine.transaction import Engine

SMALL, LARGE, TARGET = 10_000, 100_000, 1.3
FULL = {"large": 1_000_000}


def run(large: int = LARGE, seconds: float = 1.5) -> dict[str, dict[str, object]]:
    """`P6.seq5.sqlite` and so on: CPU and pace of SEQ5 from start to end, after the tables have grown."""
    rows: dict[str, dict[str, object]] = {}
    for kind in stages.KINDS:
        with stages.database(kind, "p6") as (url, folder):
            engine = platform(url, folder)
            seed = _waiting(engine)
            clone(engine.database, seed, SMALL)
            before = stages.repeat(partial(once, engine, "SEQ5"), seconds)
            clone(engine.database, seed, large, begin=SMALL)
            after = stages.repeat(partial(once, engine, "SEQ5"), seconds)
            ratio = before.per_second / after.per_second
            rows[f"P6.seq5.{kind}"] = {
                "value": after.per_second,
                "unit": "inst/s",
                "limit": before.per_second,
                "ratio": ratio,
                "cpu_us": after.cpu_us,
                "target": f"slower by ≤ {TARGET} × with {large + SMALL:,} instances than with {SMALL:,}",
                "met": ratio <= TARGET,
            }
            engine.database.dispose()
    return rows


def _waiting(engine: Engine) -> str:
    """One instance that waits at a timer, to be copied."""
    with engine.begin(SYSTEM) as tx:
        made = deploy.deploy(tx, "timer", {"timer.bpmn": (stages.PATTERNS / "timer.bpmn").read_bytes()})
        deploy.publish(tx, made.id)
        return start.start(tx, "TIMER", {}).id
