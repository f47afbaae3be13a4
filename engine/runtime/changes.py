"""Changing a running instance by hand: move, send back, suspend, resume, cancel, restart, add, remove.

Each is one step of the instance, with its reason in the history. Who may is decided above; the legal verbs are casework's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.bpmn.kernel import returning
from engine.bpmn.kernel import step as kernel
from engine.bpmn.plan import Plan, PlanNode
from engine.bpmn.terms import AddInstance, Cancel, Event, Move, RemoveInstance, Resume, SetVariables, Start, Status, Suspend, Wait
from engine.errors import Conflict, NotFound
from engine.models.base import new_id
from engine.models.instances import instances
from engine.models.work import incidents, jobs
from engine.runtime import history, lanes, messages, plans, project
from engine.runtime.incidents import open_one
from engine.runtime.run import Run
from engine.runtime.start import Instance, get
from engine.runtime.step import lock, move, step
from engine.transaction import Transaction

Row = Mapping[str, Any]
_RUNNING = (Status.ACTIVE, Status.SUSPENDED)


class NothingThere(Conflict):
    """Expected something that waits at {element}, but nothing does; look at the diagram again."""

    zh = "“{element}”处没有等待中的事项；请刷新流程图后再试。"


class NotBehind(Conflict):
    """Expected an earlier element to send back to, but nothing that waits lies behind {element}; choose one that was passed."""

    zh = "当前等待的事项均不在“{element}”之后，无法退回；请选择已经过的环节。"


@dataclass(frozen=True, slots=True)
class Passed:
    """An element that an instance has passed: where it may be sent back to."""

    element_id: str
    name: str
    type: str


def move_token(
    tx: Transaction, instance_id: str, away: Sequence[str], to: Sequence[str], reason: str, *, incident_id: str | None = None
) -> Row:
    """Takes away what stands on the elements `away` and enters each of `to` afresh.

    incident_id: an incident whose work is given up too. Raises NotFound for an unknown element, NothingThere, Conflict."""
    plan, state = _where(tx, instance_id)
    _known(plan, (*away, *to))
    waiting: dict[str, list[str]] = {}
    for wait in kernel.waits(plan, state):
        waiting.setdefault(wait.element_id, []).append(wait.id)
    for element in away:
        if element not in waiting:
            raise NothingThere(element=element)
    gone = tuple(wait_id for element in away for wait_id in waiting[element])
    given_up = (_kernel_id(tx, incident_id),) if incident_id is not None else ()
    return step(tx, instance_id, Move(gone, tuple(to), reason, given_up))


def move_on(tx: Transaction, incident_id: str, to: str, reason: str) -> Row:
    """Gives up what an open incident stands on and enters another element afresh. Raises NotFound, IncidentSettled, Conflict."""
    row = open_one(tx, incident_id)
    if row["kernel_id"] is not None:
        return move_token(tx, row["instance_id"], (), (to,), reason, incident_id=incident_id)
    return move_token(tx, row["instance_id"], (row["element_id"],), (to,), reason)


def send_back(tx: Transaction, instance_id: str, to: str, reason: str) -> Row:
    """Enters an earlier element afresh; everything behind it is void, in all branches and instances of activities.

    Branches beside it keep what they have done. Raises NotFound, NotBehind, Conflict."""
    plan, state = _where(tx, instance_id)
    _known(plan, (to,))
    gone, given_up = returning.void(plan, state, to), returning.void_incidents(plan, state, to)
    if not gone and not given_up:
        raise NotBehind(element=plan.nodes[to].name or to)
    return step(tx, instance_id, Move(gone, (to,), reason, given_up))


def behind(tx: Transaction, instance_id: str, element: str) -> frozenset[str]:
    """Ids of the waits that sending back to an element would make void. Raises NotFound."""
    plan, state = _where(tx, instance_id)
    _known(plan, (element,))
    return frozenset(returning.void(plan, state, element))


def ways_back(tx: Transaction, instance_id: str) -> tuple[Passed, ...]:
    """The activities that an instance has completed and may be sent back to now, in the order they were first passed."""
    row = _row(tx, instance_id)
    plan, state = plans.plan_of(tx, row["definition_id"]), kernel.decode(row["state"])
    passed = {
        line.element_id: None
        for line in history.of(tx, row["root_id"])
        if line.kind == "element.completed" and line.instance_id == instance_id and line.element_id in plan.nodes
    }
    nodes = [plan.nodes[element] for element in passed if element is not None]
    tasks = [node for node in nodes if not node.type.endswith(("Event", "Gateway")) and not node.undoes]
    return tuple(_shown(node) for node in tasks if returning.void(plan, state, node.id))


def suspend(tx: Transaction, instance_id: str, reason: str) -> None:
    """An instance and all that it called stand still: timers keep what remains, jobs are not taken, messages wait.

    The answer of a job that is out is not waited for; after the resumption it is asked again under the same idempotency key."""
    family = _family(tx, instance_id, Status.ACTIVE)
    if not family:
        raise Conflict(expected="a running instance", found=f"it is {_row(tx, instance_id)['status']}")
    move(tx, instance_id, lambda run: _all(run, family, Suspend(reason)))
    free = sa.and_(jobs.c.instance_id.in_(family), jobs.c.state.in_(("waiting", "leased", "offered", "fetched")))
    still = {"state": "held", "lease_owner": None, "lease_until": None, "fence": jobs.c.fence + 1}
    tx.connection.execute(jobs.update().where(free).values(still))


def resume(tx: Transaction, instance_id: str, reason: str = "") -> None:
    """They go on, each timer after what remained; signals that came meanwhile are heard now."""
    family = _family(tx, instance_id, Status.SUSPENDED)
    if not family:
        raise Conflict(expected="a suspended instance", found=f"it is {_row(tx, instance_id)['status']}")
    move(tx, instance_id, lambda run: _all(run, family, Resume(reason)))
    held = sa.and_(jobs.c.instance_id.in_(family), jobs.c.state == "held")
    tx.connection.execute(jobs.update().where(held).values(state=lanes.at_rest(tx.engine), due_at=tx.now))
    for each in family:
        messages.release(tx, each)


def cancel(tx: Transaction, instance_id: str, reason: str) -> Row:
    """Ends an instance and all that it called, wherever they stand. Raises Conflict when it has ended."""
    return step(tx, instance_id, Cancel(reason))


def restart(tx: Transaction, instance_id: str, at: str, reason: str, variables: Mapping[str, object] | None = None) -> Instance:
    """Does an instance again from an element: a running one there and then, an ended one as a new instance of the same version.

    variables: laid over those that it had. Raises NotFound, Conflict."""
    plan, state = _where(tx, instance_id)
    _known(plan, (at,))
    if state.status in _RUNNING:
        if variables:
            step(tx, instance_id, SetVariables(variables))
        step(tx, instance_id, Move((), (at,), reason, clears=True))
        return get(tx, instance_id)
    row = _row(tx, instance_id)
    run = Run(tx, new_id())
    made = run.create(row["definition_id"], business_key=row["business_key"])
    tx.open_roots[run.root_id] = run
    try:
        run.apply(made.id, Start({**kernel.variables(state), **(variables or {})}, at, is_restart=True))
        project.save(run)
    finally:
        del tx.open_roots[run.root_id]
    history.append(tx, row["root_id"], "instance.restarted", {"as": made.id, "at": at, "reason": reason})
    return get(tx, made.id)


def add_instance(tx: Transaction, instance_id: str, element_id: str, variables: Mapping[str, object], reason: str) -> Row:
    """One more instance of a running multi-instance activity, with local variables of its own. Raises Conflict."""
    return step(tx, instance_id, AddInstance(element_id, variables, reason))


def remove_instance(tx: Transaction, instance_id: str, wait_id: str, reason: str) -> Row:
    """Takes away the instance of a multi-instance activity that holds a wait; it is no longer counted. Raises Conflict."""
    return step(tx, instance_id, RemoveInstance(wait_id, reason))


def _all(run: Run, family: Sequence[str], event: Event) -> None:
    for instance_id in family:
        run.apply(instance_id, event)


def _where(tx: Transaction, instance_id: str) -> tuple[Plan, kernel.State]:
    """The plan and the state, with the root locked: nobody moves it between looking and moving."""
    lock(tx, instance_id)
    row = _row(tx, instance_id)
    return plans.plan_of(tx, row["definition_id"]), kernel.decode(row["state"])


def _row(tx: Transaction, instance_id: str) -> Row:
    row = tx.row(sa.select(instances).where(instances.c.id == instance_id))
    if row is None:
        raise NotFound(thing=("流程实例", "instance"), key=instance_id)
    return row


def _known(plan: Plan, elements: Sequence[str]) -> None:
    for element in elements:
        if element not in plan.nodes:
            raise NotFound(thing=("流程环节", "element"), key=element)


def _family(tx: Transaction, instance_id: str, status: Status) -> list[str]:
    """The instance and all that it called, directly or not, in that status; callers first."""
    lock(tx, instance_id)
    root_id = _row(tx, instance_id)["root_id"]
    query = sa.select(instances.c.id, instances.c.parent_id, instances.c.status).where(instances.c.root_id == root_id)
    rows = tx.rows(query)
    found = [instance_id]
    for each in found:
        found.extend(row["id"] for row in rows if row["parent_id"] == each)
    return [each for each in found if any(row["id"] == each and row["status"] == status for row in rows)]


def _kernel_id(tx: Transaction, incident_id: str) -> str:
    found: str | None = tx.value(sa.select(incidents.c.kernel_id).where(incidents.c.id == incident_id))
    if found is None:
        raise NotFound(thing=("流程事故", "incident of the diagram"), key=incident_id)
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that an instance waits for. is_repeated: it stands in a multi-instance activity; that instance may be removed."""

    wait_id: str
    element_id: str
    name: str
    kind: str
    is_repeated: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be done to an instance now. elements: what a token can be put before; loops: running multi-instance activities."""

    waiting: tuple[Waiting, ...]
    elements: tuple[Passed, ...]
    ways_back: tuple[Passed, ...]
    loops: tuple[Passed, ...]


def choices(tx: Transaction, instance_id: str) -> Choices:
    """What an operator may choose from; reads only. Raises NotFound."""
    row = _row(tx, instance_id)
    plan, state = plans.plan_of(tx, row["definition_id"]), kernel.decode(row["state"])
    nodes = [node for node in plan.nodes.values() if node.type not in ("boundaryEvent", "startEvent") and not node.undoes]
    enterable = [node for node in nodes if node.inner is None or not node.inner.event_triggered]
    waiting = tuple(_waiting(plan, wait) for wait in kernel.waits(plan, state))
    repeated = {each.element_id for each in waiting if each.is_repeated}
    loops = [node for node in enterable if node.loop is not None and node.loop.kind != "standard" and node.id in repeated]
    back = ways_back(tx, instance_id) if state.status is Status.ACTIVE else ()
    return Choices(waiting, tuple(map(_shown, enterable)), back, tuple(map(_shown, loops)))


def _waiting(plan: Plan, wait: Wait) -> Waiting:
    node = plan.nodes[wait.element_id]
    is_repeated = node.loop is not None and node.loop.kind != "standard"
    return Waiting(wait.id, node.id, node.name or node.id, wait.kind.value, is_repeated)


def _shown(node: PlanNode) -> Passed:
    return Passed(node.id, node.name or node.id, node.type)
