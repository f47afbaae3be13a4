"""The step: `(plan, state, event, now) → outcome`, the one function that moves tokens."""

from dataclasses import dataclass
from datetime import datetime

from engine.bpmn.plan import Plan
from engine.bpmn.terms import Effect, Entry, Event, Status, Values, Wait


@dataclass(frozen=True)
class State:
    """Where an instance stands; opaque outside the kernel. `encode`/`decode` keep every old format for ever."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one step did: the new state with its waits, what leaves the instance, and what happened in order."""

    state: State
    status: Status
    waits: tuple[Wait, ...]
    effects: tuple[Effect, ...]
    history: tuple[Entry, ...]


def step(plan: Plan, state: State | None, event: Event, now: datetime, *, budget: int = 1000) -> Outcome:
    """Applies one event and runs to rest. state: None only with `Start`. budget: elements to execute before an incident.

    Raises Conflict when the event names a wait that is no longer there."""
    raise NotImplementedError


def waits(plan: Plan, state: State) -> tuple[Wait, ...]:
    """The waits of a state, as the last outcome gave them."""
    raise NotImplementedError


def variables(state: State) -> Values:
    """The variables of the process scope."""
    raise NotImplementedError


def encode(state: State) -> str:
    """The state as compact JSON with a format number."""
    raise NotImplementedError


def decode(text: str) -> State:
    """The state back from any format ever written."""
    raise NotImplementedError
