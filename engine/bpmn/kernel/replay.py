"""Replay: the states an instance has been through, rebuilt from its recorded events and nothing else."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from engine.bpmn.kernel.recorded import decode_event
from engine.bpmn.kernel.step import BUDGET, Outcome, step
from engine.bpmn.plan.shapes import Plan


def replay(plan: Plan, records: Iterable[tuple[Mapping[str, object], datetime]], *, budget: int = BUDGET) -> Iterator[Outcome]:
    """The outcome of every step, in order.

    records: data of the `event.received` entries with the moment of their step. The last outcome's encoded state must equal the
    stored one."""
    state = None
    for data, now in records:
        outcome = step(plan, state, decode_event(data), now, budget=budget)
        state = outcome.state
        yield outcome
