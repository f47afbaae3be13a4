"""Random diagrams in random orders: waits survive storage after every step, storage changes nothing, every run ends, replay
agrees."""

from datetime import timedelta
from random import Random

import pytest

from engine.bpmn.kernel.step import encode
from engine.bpmn.plan import Plan
from engine.bpmn.terms import Complete, Deliver, Fire, Status, WaitKind
from tests.unit.kernel.driver import City, Running
from tests.unit.kernel.random_diagrams import random_plan

LONGEST = 400


def run(drawn: Plan, seed: int, *, saves: bool) -> Running:
    """One run in a random order; with saves, the driver compares the waits of every stored state with those of the outcome."""
    chance = Random(seed)
    city = City(drawn, saves=saves)
    main = city.start("P", {"n": chance.randint(0, 3)})
    for _ in range(LONGEST):
        ready = [w for w in main.waits if w.kind is not WaitKind.CONDITION and not w.element_id.startswith("b")]
        if not ready:
            break
        wait = chance.choice(ready)
        if wait.kind is WaitKind.TIMER:
            city.now = max(city.now, wait.due or city.now)
            city.step(main, Fire(wait.id))
        elif wait.kind is WaitKind.MESSAGE:
            city.step(main, Deliver(wait.id, {"n": chance.randint(0, 9)}))
        else:
            city.step(main, Complete(wait.id, {"n": chance.randint(0, 9)} if chance.random() < 0.5 else {}))
        city.now += timedelta(minutes=1)
    return main


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_every_run_of_a_structured_diagram_ends_and_storage_changes_nothing(first: int) -> None:
    for seed in range(first, first + 50):
        drawn = random_plan(seed)

        stored, kept = run(drawn, seed, saves=True), run(drawn, seed, saves=False)

        assert stored.status is Status.COMPLETED, f"seed {seed}: {stored.waits} {stored.incidents}"
        assert stored.history == kept.history, f"seed {seed}"
        assert stored.state is not None
        assert kept.state is not None
        assert encode(stored.state) == encode(kept.state), f"seed {seed}"
        assert stored.completed().count("undo") == 1, f"seed {seed}"
