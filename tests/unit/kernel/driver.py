"""A city in memory: instances, call activities, messages, signals and a clock, all on the kernel alone.

Small enough to read in a minute; the real runtime does the same with rows and transactions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from engine.bpmn.kernel.step import Outcome, State, decode, encode, incidents, step, waits
from engine.bpmn.plan import Plan
from engine.bpmn.terms import (
    BroadcastSignal,
    Complete,
    Deliver,
    Entry,
    Escalate,
    Event,
    Fire,
    RaiseIncident,
    SendMessage,
    Start,
    Status,
    Throw,
    Wait,
    WaitKind,
)
from engine.bpmn.timers import first
from engine.feel import from_json

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@dataclass
class Running:
    """One instance: its plan, state, history, and the wait of its caller."""

    name: str
    plan: Plan
    state: State | None = None
    waits: tuple[Wait, ...] = ()
    history: list[Entry] = field(default_factory=list)
    status: Status = Status.ACTIVE
    error: str | None = None
    incidents: list[RaiseIncident] = field(default_factory=list)
    caller: "tuple[Running, str] | None" = None

    @property
    def variables(self) -> Mapping[str, object]:
        return {} if self.state is None else self.state.root.variables or {}

    def completed(self) -> list[str]:
        return [e.element_id or "" for e in self.history if e.kind == "element.completed"]

    def wait(self, element_id: str) -> Wait:
        return next(w for w in self.waits if w.element_id == element_id)

    def waiting(self, kind: WaitKind | None = None) -> list[str]:
        return [w.element_id for w in self.waits if kind is None or w.kind is kind]


class City:
    """All instances of some plans. saves: encode and decode every state between two steps."""

    def __init__(self, *plans: Plan, saves: bool = False, budget: int = 10_000) -> None:
        self.plans = {plan.process_id: plan for plan in plans}
        self.saves = saves
        self.budget = budget
        self.now = NOON
        self.instances: list[Running] = []
        self.start_timers = [
            (plan, point.element_id, due.at)
            for plan in plans
            for point in plan.starts
            for event in point.events
            if event.timer is not None and (due := first(event.timer.resolve({}), self.now, plan.zone)) is not None
        ]

    def start(
        self, process_id: str, variables: Mapping[str, object] | None = None, name: str = "main", element: str | None = None
    ) -> Running:
        instance = Running(name, self.plans[process_id])
        self.instances.append(instance)
        self.step(instance, Start(dict(variables or {}), element))
        return instance

    def step(self, instance: Running, event: Event) -> Outcome:
        state = instance.state
        if state is not None and self.saves:
            state = decode(encode(state))
            assert waits(instance.plan, state) == instance.waits
        outcome = step(instance.plan, state, event, self.now, budget=self.budget)
        instance.state, instance.waits, instance.status = outcome.state, outcome.waits, outcome.status
        instance.error = outcome.error
        instance.history.extend(outcome.history)
        self._effects(instance, outcome)
        self._children(instance)
        return outcome

    def _effects(self, instance: Running, outcome: Outcome) -> None:
        for effect in outcome.effects:
            match effect:
                case SendMessage():
                    self.message(effect.name, effect.variables, effect.correlation_key)
                case BroadcastSignal():
                    self.signal(effect.name, effect.variables, but=instance)
                case RaiseIncident():
                    instance.incidents.append(effect)
                case Escalate() if instance.caller is not None:
                    caller, wait_id = instance.caller
                    if any(w.id == wait_id for w in caller.waits):
                        self.step(caller, Throw(wait_id, effect.code, "", instance.variables, escalation=True))
        if instance.caller is not None and instance.status is not Status.ACTIVE:
            self._return(instance, *instance.caller)

    def _return(self, child: Running, caller: Running, wait_id: str) -> None:
        if not any(w.id == wait_id for w in caller.waits):
            return
        if child.status is Status.ERROR_ENDED:
            self.step(caller, Throw(wait_id, child.error or "", "", child.variables))
        else:
            self.step(caller, Complete(wait_id, child.variables))

    def _children(self, instance: Running) -> None:
        known = {(id(i.caller[0]), i.caller[1]) for i in self.instances if i.caller is not None}
        for wait in list(instance.waits):
            if wait.kind is WaitKind.CHILD and (id(instance), wait.id) not in known:
                plan = self.plans[str(wait.detail["called_element"])]
                child = Running(f"{instance.name}/{wait.id}", plan, caller=(instance, wait.id))
                self.instances.append(child)
                given = from_json(wait.detail.get("variables") or {})
                self.step(child, Start(given if isinstance(given, dict) else {}))
        for child in self.instances:
            is_called = child.caller is not None and child.caller[0] is instance and child.status is Status.ACTIVE
            if is_called and not any(w.id == child.caller[1] for w in instance.waits):
                child.status, child.waits = Status.CANCELLED, ()

    def complete(self, instance: Running, element_id: str, variables: Mapping[str, object] | None = None) -> Outcome:
        return self.step(instance, Complete(instance.wait(element_id).id, dict(variables or {})))

    def message(self, name: str, variables: Mapping[str, object] | None = None, key: str | None = None) -> bool:
        for instance in self.instances:
            for wait in instance.waits:
                wanted = wait.detail.get("correlation_key")
                if (
                    wait.kind is WaitKind.MESSAGE
                    and wait.detail["name"] == name
                    and (key is None or wanted is None or wanted == key)
                ):
                    self.step(instance, Deliver(wait.id, dict(variables or {})))
                    return True
        return self._start_by("message", name, variables or {}, only_one=True)

    def signal(self, name: str, variables: Mapping[str, object] | None = None, but: Running | None = None) -> None:
        heard = [
            (i, w.id)
            for i in self.instances
            if i is not but
            for w in i.waits
            if w.kind is WaitKind.SIGNAL and w.detail["name"] == name
        ]
        for instance, wait_id in heard:
            if any(w.id == wait_id for w in instance.waits):
                self.step(instance, Deliver(wait_id, dict(variables or {})))
        self._start_by("signal", name, variables or {}, only_one=False)

    def _start_by(self, kind: str, name: str, variables: Mapping[str, object], *, only_one: bool) -> bool:
        found = False
        for plan in self.plans.values():
            for point in plan.starts:
                if any(e.kind == kind and e.name is not None and e.name.evaluate({}) == name for e in point.events):
                    self.start(plan.process_id, variables, f"{plan.process_id}-{len(self.instances)}", point.element_id)
                    found = True
                    if only_one:
                        return True
        return found

    def due(self) -> list[tuple[datetime, Running, Wait]]:
        found = [(w.due, i, w) for i in self.instances for w in i.waits if w.due is not None]
        return sorted(found, key=lambda each: each[0])

    def advance(self, by: timedelta) -> None:
        """Moves the clock, firing what becomes due on the way, each at its own moment."""
        end = self.now + by
        while True:
            timers = [t for t in self.due() if t[0] <= end]
            starts = sorted((s for s in self.start_timers if s[2] <= end), key=lambda each: each[2])
            if starts and (not timers or starts[0][2] <= timers[0][0]):
                self.start_timers.remove(starts[0])
                self.now = max(self.now, starts[0][2])
                self.start(starts[0][0].process_id, {}, f"timer-{len(self.instances)}", starts[0][1])
            elif timers:
                at, instance, wait = timers[0]
                self.now = max(self.now, at)
                self.step(instance, Fire(wait.id))
            else:
                break
        self.now = end

    def fire_next(self) -> None:
        timers = self.due()
        assert timers, "no timer is waiting"
        self.advance(timers[0][0] - self.now)


def open_incidents(instance: Running) -> tuple[str, ...]:
    return () if instance.state is None else incidents(instance.state)
