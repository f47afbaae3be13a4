"""Soundness: whether every run of a diagram can come to its end, proved before publication by playing all of them.

Each scope of a plan is a token game (`net`), played in every way that matters (`explore`). Found are: a run that gets stuck,
tokens that nobody joins, tokens that multiply without end, elements that no run reaches, and loops without a way out; each with
the shortest run found. The search is bounded and says so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.bpmn.plan import Plan, PlanScope
from engine.bpmn.soundness.explore import Exploration, State, explore
from engine.bpmn.soundness.net import net_of
from engine.bpmn.soundness.sentences import finding_of
from engine.errors import Finding

__all__ = ["Fault", "FaultKind", "Soundness", "analyse", "soundness"]

MAX_STATES = 20_000


class FaultKind(StrEnum):
    """What can go wrong with tokens."""

    DEADLOCK = "deadlock"
    LEFT_OVER = "left-over"
    UNSYNCHRONISED = "unsynchronised"
    UNBOUNDED = "unbounded"
    DEAD = "dead"
    ENDLESS = "endless"
    BOUNDED = "bounded"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. element_id: where it shows. path: ids of elements and flows from the start of the scope to the fault."""

    kind: FaultKind
    element_id: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Soundness:
    """faults: none for a sound plan. states: how many were looked at. is_bounded: the search stopped before its end."""

    faults: tuple[Fault, ...]
    states: int
    is_bounded: bool


def soundness(plan: Plan) -> tuple[Finding, ...]:
    """What is unsound about a plan, as warnings on the elements; a bound that was hit is a note."""
    found = analyse(plan)
    return tuple(finding_of(fault.kind.value, fault.element_id, fault.path, found.states) for fault in found.faults)


def analyse(plan: Plan, *, max_states: int = MAX_STATES) -> Soundness:
    """The faults of all scopes of a plan, inner ones first. max_states: for the whole plan."""
    faults: list[Fault] = []
    states = 0
    is_bounded = False
    never: set[str] = set()
    for scope, starts in _scopes(plan):
        found = explore(net_of(scope, starts, frozenset(never)), max_states - states)
        states += found.looked_at
        is_bounded |= found.is_bounded or found.net.is_approximate
        faults.extend(_faults(found))
        if scope.owner is not None and not found.completes and not found.is_bounded:
            never.add(scope.owner.id)
    if is_bounded:
        faults.append(Fault(FaultKind.BOUNDED, plan.process_id))
    return Soundness(tuple(faults), states, is_bounded)


def _scopes(plan: Plan) -> Iterator[tuple[PlanScope, Sequence[tuple[str, ...]]]]:
    """All scopes with their ways to begin, inner ones before those around them."""
    order = [plan.scope]
    for scope in order:
        order.extend(node.inner for node in scope.nodes if node.inner is not None)
    for scope in reversed(order):
        yield scope, _starts(plan, scope)


def _starts(plan: Plan, scope: PlanScope) -> list[tuple[str, ...]]:
    entries = tuple(node.id for node in scope.entries)
    if scope.ad_hoc:
        return [(entry,) for entry in entries]
    if scope.event_triggered:
        return [(node.id,) for node in scope.nodes if node.type == "startEvent"]
    if scope is not plan.scope:
        return [entries]
    return [(point.element_id,) for point in plan.starts] or [entries]


def _faults(found: Exploration) -> Iterator[Fault]:
    net = found.net
    for state in found.stuck[:1]:
        kind = FaultKind.LEFT_OVER if _reached_an_end(found, state) else FaultKind.DEADLOCK
        yield Fault(kind, _waiting(found, state), found.run_to(state))
    for place, state in list(found.growing.items())[:1]:
        yield Fault(FaultKind.UNBOUNDED, place, found.run_to(state))
    if not found.growing:
        for place, state in list(found.doubled.items())[:1]:
            yield Fault(FaultKind.UNSYNCHRONISED, place, found.run_to(state))
    endless = found.endless()
    if endless is not None:
        yield Fault(FaultKind.ENDLESS, _waiting(found, endless), found.run_to(endless))
    elif not found.is_bounded and not found.growing:
        yield from (Fault(FaultKind.DEAD, element) for element in net.elements if element not in found.fired)


def _waiting(found: Exploration, state: State) -> str:
    """The element before which a token stands: the join that waits, if it is one."""
    places = {place for place, _ in state}
    standing = [cluster for cluster in found.net.clusters if places & set(cluster.takes)]
    joins = [cluster for cluster in standing if len(cluster.takes) > 1]
    return (joins or standing)[0].element_id if standing else found.net.scope_id


def _reached_an_end(found: Exploration, state: State) -> bool:
    """Whether a token was consumed on the way, so that the run looked finished in one branch."""
    step = found.came_from[state]
    while step is not None:
        before, move = step
        if not move.gives:
            return True
        step = found.came_from[before]
    return False
