"""The benchmark patterns: each is deployed, started and played to its end on the real runtime."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.bpmn.terms import Status
from engine.clock import VirtualClock
from engine.models.work import incidents, timers
from engine.runtime import deploy, start, tasks
from engine.runtime import timers as timer_work
from engine.transaction import Engine

ROOT = Path(__file__).parents[2]
OWN = sorted((ROOT / "tests" / "patterns").glob("*.bpmn"))
OTHERS = [p for p in sorted((ROOT / ".." / "shared" / "patterns").glob("*.bpmn")) if p.name not in {own.name for own in OWN}]
FACTS = {"x": 1, "n": 0, "amount": 100, "age": 82, "approved": True}
MOST_ROUNDS = 600


def play(engine: Engine, clock: VirtualClock, root_id: str) -> Status:
    """Completes what is open and lets time pass until nothing waits."""
    for _ in range(MOST_ROUNDS):
        with engine.read(SYSTEM) as tx:
            status = start.get(tx, root_id).status
            waiting = tasks.list_open(tx, root_id)
            due = tx.value(sa.select(sa.func.min(timers.c.due_at)))
        if status is not Status.ACTIVE:
            return status
        if waiting:
            with engine.begin(SYSTEM) as tx:
                tasks.complete(tx, waiting[0]["id"], FACTS)
        elif due is not None:
            clock.now = max(clock.now, due) + timedelta(seconds=1)
            timer_work.sweep(engine)
        else:
            break
    return status


@pytest.mark.parametrize("path", [*OWN, *OTHERS], ids=lambda path: path.stem)
def test_pattern_runs_to_its_end(sqlite_engine: Engine, clock: VirtualClock, path: Path) -> None:
    with sqlite_engine.begin(SYSTEM) as tx:
        made = deploy.publish(tx, deploy.deploy(tx, path.stem, {path.name: path.read_bytes()}).id)
    process_id = next(iter(made.definitions))

    with sqlite_engine.begin(SYSTEM) as tx:
        root_id = start.start(tx, process_id, FACTS).id
    status = play(sqlite_engine, clock, root_id)

    with sqlite_engine.read(SYSTEM) as tx:
        troubles = tx.rows(sa.select(incidents.c.en).where(incidents.c.state == "open"))
    assert status is (Status.TERMINATED if path.stem == "ext" else Status.COMPLETED)
    assert troubles == []
