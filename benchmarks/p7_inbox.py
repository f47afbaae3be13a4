"""P7: an officer's inbox over a million open tasks: pages, filters and badges, beside the index range of one group alone."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import quantiles

import sqlalchemy as sa

from benchmarks import crowd, stages
from engine.actors import Actor, ActorKind
from engine.calendar.china import ChinaCalendar
from engine.casework import inbox
from engine.casework.inbox import Filters
from engine.models.migrations import upgrade
from engine.models.tasks import task_candidates
from engine.runtime import database
from engine.settings import Settings
from engine.transaction import Engine, Transaction

TASKS, REPEATS = 100_000, 40
FULL = {"tasks": 1_000_000}
TARGET_MS = 50.0
GROUPS = frozenset(f"g{n}" for n in range(0, crowd.GROUPS, crowd.GROUPS // 20))
OFFICER = Actor("p9", "李敏", ActorKind.OFFICER, frozenset({"caseworker"}), GROUPS, "o9")
FILTERS = {
    "all": Filters(),
    "light": Filters(light="red"),
    "item": Filters(item_code="I-7"),
    "element": Filters(element_id="e3"),
    "rare": Filters(item_code="I-7", light="red"),
    "group": Filters(group="g20", light="yellow"),
    "number": Filters(query="C-100004"),
}


def run(tasks: int = TASKS) -> dict[str, dict[str, object]]:
    """`P7.pool.all.sqlite` and so on: p99 in ms of a first page, of a later page and of the badges."""
    rows: dict[str, dict[str, object]] = {}
    for kind in stages.KINDS:
        with stages.database(kind, "p7") as (url, folder):
            upgrade(url)
            engine = Engine(Settings(url, Path(folder)), database.connect(url), ChinaCalendar())
            crowd.open_tasks(engine.database, tasks)
            limit, _ = _p99(engine, _one_range)
            for name, asked in _questions(engine):
                worst, cpu = _p99(engine, asked)
                rows[f"P7.{name}.{kind}"] = {
                    "value": worst,
                    "unit": "ms p99",
                    "limit": limit,
                    "ratio": worst / limit,
                    "cpu_us": cpu,
                    "target": f"≤ {TARGET_MS:.0f} ms over {tasks:,} tasks, 20 groups; limit: one index range",
                    "met": worst <= TARGET_MS,
                }
            engine.database.dispose()
    return rows


def _questions(engine: Engine) -> Iterator[tuple[str, Callable[[Transaction], object]]]:
    for name, filters in FILTERS.items():
        yield f"pool.{name}", lambda tx, f=filters: inbox.pool(tx, f)
    with engine.read(OFFICER) as tx:
        after = inbox.pool(tx, FILTERS["light"], limit=20).next
    yield "pool.later", lambda tx: inbox.pool(tx, FILTERS["light"], after=after)
    yield "mine", inbox.my_tasks
    yield "badges", inbox.counts


def _one_range(tx: Transaction) -> object:
    mine = sa.and_(task_candidates.c.kind == "group", task_candidates.c.key == "g20", task_candidates.c.is_waiting.is_(True))
    query = sa.select(task_candidates.c.task_id).where(mine).order_by(task_candidates.c.sort_due_at, task_candidates.c.task_id)
    return tx.rows(query.limit(50))


def _p99(engine: Engine, asked: Callable[[Transaction], object]) -> tuple[float, float]:
    """(p99 in ms, CPU µs of this process each), once its statement has been built."""
    with engine.read(OFFICER) as tx:
        asked(tx)
    took, cpu = [], time.process_time()
    for _ in range(REPEATS):
        began = time.perf_counter()
        with engine.read(OFFICER) as tx:
            asked(tx)
        took.append((time.perf_counter() - began) * 1000)
    return quantiles(took, n=100)[98], (time.process_time() - cpu) / REPEATS * 1e6
