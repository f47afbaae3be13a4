"""One transaction's work on one root: its instances, what is still to be applied, and what goes to the database at the end.

Children called by an instance live in the same run, so that a call and its return are one transaction. The root's row is locked
first; whoever else wants to move anything of this root waits."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.kernel import step as kernel
from engine.bpmn.plan import Plan
from engine.bpmn.terms import (
    BroadcastSignal,
    Cancel,
    Complete,
    Effect,
    Entry,
    Escalate,
    Event,
    RaiseIncident,
    ResolveIncident,
    SendMessage,
    Start,
    Status,
    Throw,
    Wait,
    WaitKind,
)
from engine.errors import Conflict, NotFound, TongbanError
from engine.feel import from_json, to_json
from engine.models.base import new_id
from engine.models.instances import instances
from engine.ports import ConnectorRefused
from engine.runtime import plans
from engine.transaction import Transaction

INLINE_LIMIT = 1_000
"""Internal operations and calls in one transaction; the rest goes on as jobs, so that a spinning diagram holds no worker."""
MOST_SLICES = 20
"""Such transactions in a row without coming to rest, before it is said to spin."""
DEEPEST_CALL = 20
_ENDED = (Status.COMPLETED, Status.TERMINATED, Status.ERROR_ENDED, Status.CANCELLED)


class CallsSpin(Conflict):
    """Expected the instance to come to rest, but {element} goes round: {called} was called {count} times in one step."""

    zh = "“{element}”在一步之内反复调用“{called}”等流程 {count} 次仍未停下，请检查其所在的循环。"


class WorkSpins(CallsSpin):
    """Expected the instance to come to rest, but {element} goes round: {called} was done {count} times in a row."""

    zh = "“{element}”连续执行“{called}”等内部操作 {count} 次仍未停下，请检查其所在的循环。"


@dataclass(slots=True)
class Loaded:
    """An instance in hand. before: the waits that have rows; depth: calls above it."""

    row: dict[str, Any]
    plan: Plan
    state: kernel.State | None
    before: Mapping[str, Wait]
    waits: Mapping[str, Wait]
    is_new: bool
    depth: int = 0
    entries: list[Entry] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The instance's id."""
        return str(self.row["id"])

    @property
    def has_ended(self) -> bool:
        """Whether it will never move again."""
        return self.row["status"] in _ENDED


class Run:
    """The work of one transaction on one root; `apply` may be called again and again, `engine.runtime.project.save` ends it."""

    def __init__(self, tx: Transaction, root_id: str) -> None:
        self.tx = tx
        self.root_id = root_id
        self.head: tuple[int, str] = (0, "")
        self.loaded: dict[str, Loaded] = {}
        self.entries: list[tuple[str, tuple[object, ...]]] = []
        self.outgoing: list[SendMessage | BroadcastSignal] = []
        self.refused: list[tuple[Loaded, Wait, TongbanError]] = []
        self.slice = 1
        self._queue: deque[tuple[str, Event | Wait]] = deque()
        self._inline = 0

    def load(self, instance_id: str) -> Loaded:
        """The instance, read once. Raises NotFound."""
        known = self.loaded.get(instance_id)
        if known is not None:
            return known
        row = self.tx.find(instances, id=instance_id)
        if row is None:
            raise NotFound(thing=("流程实例", "instance"), key=instance_id)
        return self.hold(row)

    def hold(self, row: dict[str, Any]) -> Loaded:
        """An instance whose row has just been read under the root's lock."""
        plan, state = plans.plan_of(self.tx, row["definition_id"]), kernel.decode(row["state"])
        waits = {wait.id: wait for wait in kernel.waits(plan, state)}
        known = self.loaded[row["id"]] = Loaded(row, plan, state, waits, waits, is_new=False)
        if row["id"] == self.root_id:
            self.head = (row["chain_length"], row["chain_head"])
        return known

    def create(self, definition_id: str, *, business_key: str | None, parent: tuple[Loaded, str] | None = None) -> Loaded:
        """A new instance of a definition, a root unless it has a parent and the wait it answers."""
        plan = plans.plan_of(self.tx, definition_id)
        own_id = self.root_id if parent is None else new_id()
        row: dict[str, Any] = {
            "id": own_id,
            "root_id": self.root_id,
            "parent_id": parent[0].id if parent else None,
            "parent_wait_id": parent[1] if parent else None,
            "definition_id": definition_id,
            "process_id": plan.process_id,
            "business_key": business_key,
            "status": Status.ACTIVE,
            "version": 0,
            "error_code": None,
            "started_by": self.tx.actor.id,
            "started_at": self.tx.now,
            "ended_at": None,
            "chain_length": 0,
            "chain_head": "",
        }
        depth = parent[0].depth + 1 if parent else 0
        made = self.loaded[own_id] = Loaded(row, plan, None, {}, {}, is_new=True, depth=depth)
        return made

    def apply_all(self, events: Iterable[tuple[str, Event]]) -> None:
        """Applies several; one whose wait an earlier one took away has nothing left to do."""
        for instance_id, event in events:
            if self._still_matters(self.load(instance_id), event):
                self.apply(instance_id, event)

    def apply(self, instance_id: str, event: Event) -> None:
        """Applies one event and all that follows from it inside this root. Raises Conflict when its wait is gone."""
        self._step(self.load(instance_id), event)
        while self._queue:
            target, work = self._queue.popleft()
            loaded = self.load(target)
            if isinstance(work, Wait):
                self._work(loaded, work)
            elif self._still_matters(loaded, work):
                self._step(loaded, work)

    def _still_matters(self, loaded: Loaded, event: Event) -> bool:
        """Whether what followed has not been overtaken: a child that escalates and ends tells its caller twice."""
        if isinstance(event, Complete | Throw):
            return event.wait_id in loaded.waits
        return not loaded.has_ended

    def replace(self, loaded: Loaded, definition_id: str, plan: Plan, state: kernel.State, entry: Entry) -> None:
        """Another version under a running instance: its waits are read afresh, nothing is executed."""
        loaded.row["definition_id"] = definition_id
        loaded.row["version"] += 1
        loaded.plan, loaded.state = plan, state
        loaded.waits = {wait.id: wait for wait in kernel.waits(plan, state)}
        loaded.entries.append(entry)
        self.entries.append((loaded.id, tuple(entry)))

    def resume_inline(self, instance_id: str, wait_id: str, *, slice: int = 1) -> None:
        """Does the internal operation behind a wait that an earlier transaction left for later.

        slice: how many transactions in a row have worked on this without coming to rest."""
        self.slice = slice
        wait = self.load(instance_id).waits.get(wait_id)
        if wait is not None:
            self._work(self.load(instance_id), wait)
            if self._queue:
                self.apply(*self._queue.popleft())  # type: ignore[arg-type]  # an event: work just queued it

    def _step(self, loaded: Loaded, event: Event) -> None:
        before = loaded.waits
        outcome = kernel.step(loaded.plan, loaded.state, event, self.tx.now)
        loaded.state = outcome.state
        loaded.waits = {wait.id: wait for wait in outcome.waits}
        loaded.row["status"], loaded.row["error_code"] = outcome.status, outcome.error
        loaded.row["version"] += 1
        loaded.entries.extend(outcome.history)
        self.entries.extend((loaded.id, tuple(entry)) for entry in outcome.history)
        self._take_effects(loaded, outcome.effects)
        self._cancel_children(loaded, before)
        for wait in outcome.waits:
            if wait.id not in before and self._is_ours(wait):
                self._queue.append((loaded.id, wait))
        if outcome.status in _ENDED:
            self._end(loaded, outcome)

    def _is_ours(self, wait: Wait) -> bool:
        return wait.kind is WaitKind.CHILD or (
            wait.kind is WaitKind.JOB and str(wait.detail.get("operation")) in self.tx.engine.operations
        )

    def _take_effects(self, loaded: Loaded, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            match effect:
                case SendMessage() | BroadcastSignal():
                    self.outgoing.append(effect)
                case Escalate():
                    self._tell_parent(loaded, lambda wait, e=effect: Throw(wait, e.code, "", e.variables, escalation=True))
                case RaiseIncident() | ResolveIncident():
                    loaded.effects.append(effect)

    def _cancel_children(self, loaded: Loaded, before: Mapping[str, Wait]) -> None:
        gone = {id for id, wait in before.items() if wait.kind is WaitKind.CHILD and id not in loaded.waits}
        if not gone:
            return
        for child in self._children(loaded):
            if child.row["parent_wait_id"] in gone and not child.has_ended:
                self._queue.append((child.id, Cancel("parent went on")))

    def _children(self, loaded: Loaded) -> list[Loaded]:
        children = self.tx.find_all(instances, "id", root_id=self.root_id, parent_id=loaded.id)
        stored = [self.load(child["id"]) for child in children]
        return stored + [c for c in self.loaded.values() if c.is_new and c.row["parent_id"] == loaded.id and c not in stored]

    def _end(self, loaded: Loaded, outcome: kernel.Outcome) -> None:
        loaded.row["ended_at"] = self.tx.now
        values = kernel.variables(outcome.state)
        if outcome.status is Status.ERROR_ENDED:
            self._tell_parent(loaded, lambda wait: Throw(wait, outcome.error or "", "", values))
        elif outcome.status is not Status.CANCELLED:
            self._tell_parent(loaded, lambda wait: Complete(wait, values))

    def _tell_parent(self, loaded: Loaded, event: Any) -> None:
        parent_id, wait_id = loaded.row["parent_id"], loaded.row["parent_wait_id"]
        if parent_id is not None and wait_id in self.load(parent_id).waits:
            self._queue.append((parent_id, event(wait_id)))

    def _work(self, loaded: Loaded, wait: Wait) -> None:
        """An internal operation or a call, unless the wait is gone by now or the transaction has done enough."""
        if wait.id not in loaded.waits:
            return
        self._inline += 1
        if self._inline > INLINE_LIMIT:
            self._left_over(loaded, wait)
        elif wait.kind is WaitKind.CHILD:
            self._call(loaded, wait)
        else:
            self._operate(loaded, wait)

    def _left_over(self, loaded: Loaded, wait: Wait) -> None:
        """An operation goes on as a job, a call cannot; either has gone round too often at some point."""
        name = loaded.plan.nodes[wait.element_id].name or wait.element_id
        if wait.kind is WaitKind.CHILD:
            called = str(wait.detail.get("called_element"))
            self.refused.append((loaded, wait, CallsSpin(element=name, called=called, count=INLINE_LIMIT)))
        elif self.slice >= MOST_SLICES:
            called = str(wait.detail.get("operation"))
            self.refused.append((loaded, wait, WorkSpins(element=name, called=called, count=INLINE_LIMIT * self.slice)))

    def _operate(self, loaded: Loaded, wait: Wait) -> None:
        row = loaded.row
        context = {key: row[key] for key in ("root_id", "business_key", "definition_id", "process_id")}
        context |= {"instance_id": loaded.id, "element_id": wait.element_id, "actor_id": self.tx.actor.id}
        given = wait.detail.get("input")
        try:
            operation = self.tx.engine.operations[str(wait.detail["operation"])]
            answer = operation(self.tx, context, plain_values(given))
        except ConnectorRefused as refused:
            self._queue.appendleft((loaded.id, Throw(wait.id, refused.code, str(refused), refused.variables)))
            return
        self._queue.appendleft((loaded.id, Complete(wait.id, answer)))

    def _call(self, loaded: Loaded, wait: Wait) -> None:
        detail = wait.detail
        try:
            if loaded.depth >= DEEPEST_CALL:
                raise NotFound(thing=("更深的调用层级（上限 20）", "a call deeper than 20"), key=detail.get("called_element"))
            definition_id = plans.newest(
                self.tx,
                str(detail.get("called_element")),
                binding=str(detail.get("binding") or "latest"),
                version=str(detail["version"]) if detail.get("version") else None,
                beside=loaded.row["definition_id"],
            )
        except NotFound as missing:
            self.refused.append((loaded, wait, missing))
            return
        key = detail.get("business_key") or loaded.row["business_key"]
        child = self.create(definition_id, business_key=str(key) if key is not None else None, parent=(loaded, wait.id))
        self._queue.appendleft((child.id, Start(plain_values(detail.get("variables")))))


def plain_values(stored: object) -> Mapping[str, object]:
    """FEEL values out of their exact JSON, as waits carry them."""
    values = from_json(stored)
    return values if isinstance(values, Mapping) else {}


def typed(values: object) -> object:
    """Variables as exact JSON."""
    return to_json(dict(values)) if isinstance(values, Mapping) else to_json(values)
