"""All runs of one net, as far as they differ: which states can be reached, and which of them are faults.

Clusters do not compete with each other, so in each state one of them is enough: the earliest that nothing enabled can still bring
a token to. Tokens thus gather before they go on, which is what shows a missing join. A join that may go on without the missing
tokens, while others could still bring them, is tried both ways; so is an end that ends everything."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.bpmn.soundness.net import Cluster, Move, Net

State = tuple[tuple[str, int], ...]
"""Tokens by place, sorted, only where there are any."""

MAX_TOKENS = 3
"""More tokens than this on one flow are not told apart any more."""


@dataclass(slots=True)
class Exploration:
    """What was found. came_from: for each state the one before and the move between. fired: elements that fired in some run.

    leaves_stranded: a state in which some token can never move again is stuck, whatever the others could still do. looked_at: how
    many states, also of an attempt given up."""

    net: Net
    came_from: dict[State, tuple[State, Move] | None] = field(default_factory=dict)
    fired: set[str] = field(default_factory=set)
    stuck: list[State] = field(default_factory=list)
    doubled: dict[str, State] = field(default_factory=dict)
    growing: dict[str, State] = field(default_factory=dict)
    backwards: dict[State, list[State]] = field(default_factory=dict)
    done: list[State] = field(default_factory=list)
    completes: bool = False
    is_bounded: bool = False
    leaves_stranded: bool = False
    looked_at: int = 0

    def run_to(self, state: State) -> tuple[str, ...]:
        """The elements and flows of the shortest run found to a state."""
        path: list[str] = []
        step = self.came_from[state]
        while step is not None:
            before, move = step
            path.extend((*reversed([place for place in move.gives if place != move.element_id]), move.element_id))
            step = self.came_from[before]
        return tuple(reversed(path))

    def endless(self) -> State | None:
        """A state from which no run comes to an end, found first; None when there is none or a fault explains it."""
        if self.is_bounded or self.stuck or self.growing:
            return None
        good = set(self.done)
        queue = deque(self.done)
        while queue:
            for before in self.backwards.get(queue.popleft(), ()):
                if before not in good:
                    good.add(before)
                    queue.append(before)
        return next((state for state in self.came_from if state not in good), None)


def explore(net: Net, max_states: int) -> Exploration:
    """Every state of the net, breadth first, from each way to begin.

    When there are too many, they are looked at once more without what others do after a token is stranded: twenty branches that
    each may get stuck then have twenty faults and not a million."""
    found = _explored(Exploration(net), max_states)
    if not found.is_bounded or found.stuck:
        return found
    again = _explored(Exploration(net, leaves_stranded=True), max_states)
    again.is_bounded = True
    again.looked_at += found.looked_at
    return again if again.stuck else found


def _explored(found: Exploration, max_states: int) -> Exploration:
    net = found.net
    queue: deque[State] = deque()
    for way in net.starts:
        start = tuple(sorted((place, way.count(place)) for place in set(way)))
        if start not in found.came_from:
            found.came_from[start] = None
            queue.append(start)
    while queue:
        if len(found.came_from) > max_states:
            found.is_bounded = True
            break
        _expand(found, queue.popleft(), queue)
    found.looked_at = len(found.came_from)
    return found


def _expand(found: Exploration, state: State, queue: deque[State]) -> None:
    marking = dict(state)
    if not marking:
        found.completes = True
        found.done.append(state)
        return
    steps = _steps(found.net, marking)
    if not steps or (found.leaves_stranded and is_stranded(found.net, marking)):
        found.stuck.append(state)
        found.done.append(state)
        return
    for cluster, move in steps:
        found.fired.add(cluster.element_id)
        after = _after(marking, cluster, move)
        found.completes |= move.ends and not move.fails
        found.backwards.setdefault(after, []).append(state)
        if after in found.came_from:
            continue
        found.came_from[after] = (state, move)
        if _is_growing(found, state, move, after):
            continue
        queue.append(after)


def _after(marking: Mapping[str, int], cluster: Cluster, move: Move) -> State:
    if move.ends:
        return ()
    after = dict(marking)
    for place in cluster.takes:
        if place in after:
            after[place] -= 1
            if not after[place]:
                del after[place]
    for place in move.gives:
        after[place] = after.get(place, 0) + 1
    return tuple(sorted(after.items()))


def _is_growing(found: Exploration, state: State, move: Move, after: State) -> bool:
    """Notes doubled tokens; True when the new state holds all tokens of an earlier one and more, so that it never ends."""
    marking = dict(after)
    doubled = [place for place in move.gives if marking.get(place, 0) > 1]
    if not doubled:
        return False
    for place in doubled:
        found.doubled.setdefault(place, after)
    step = found.came_from[after]
    while step is not None:
        earlier = step[0]
        if earlier != after and all(marking.get(place, 0) >= number for place, number in earlier) and earlier:
            found.growing.setdefault(doubled[0], after)
            return True
        step = found.came_from[earlier]
    if any(marking[place] > MAX_TOKENS for place in doubled):
        found.is_bounded = True
        return True
    return False


def _steps(net: Net, marking: Mapping[str, int]) -> list[tuple[Cluster, Move]]:
    """The moves to try in this state: of one cluster, and of the joins that could also go on early."""
    ready: list[Cluster] = []
    early: list[Cluster] = []
    for cluster in _standing(net, marking):
        if cluster.any_of:
            verdict = _join(net, marking, cluster)
            if verdict:
                (ready if verdict == "ready" else early).append(cluster)
        elif all(place in marking for place in cluster.takes):
            ready.append(cluster)
    endings = [cluster for cluster in ready if any(move.ends for move in cluster.moves)]
    moving = [cluster for cluster in ready if cluster not in endings]
    enabled = (*moving, *early)
    first = (cluster for cluster in moving if not any(net.comes_before(other, cluster) for other in enabled))
    chosen = [cluster for cluster in (next(first, None), *moving) if cluster is not None][:1]
    return [(cluster, move) for cluster in (*chosen, *early, *endings) for move in cluster.moves]


def _standing(net: Net, marking: Mapping[str, int]) -> list[Cluster]:
    """The clusters before which a token stands, earliest first."""
    found = {cluster.index: cluster for place in marking for cluster in net.takers.get(place, ())}
    return [found[index] for index in sorted(found)]


def _join(net: Net, marking: Mapping[str, int], cluster: Cluster) -> str:
    """`ready`: nothing can bring what is missing. `early`: something could, but the join may go on (BPMN 2.0.2, 13.4.3). `` : it
    waits."""
    has = sum(1 << net.places[place] for place in cluster.takes if place in marking)
    if not has:
        return ""
    missing = sum(1 << net.places[place] for place in cluster.takes if place not in marking)
    verdict = "ready"
    for place in _others(net, marking, cluster):
        reached = net.reaches[place] | (1 << net.places[place])
        if reached & missing:
            if not reached & has:
                return ""
            verdict = "early"
    return verdict


def is_stranded(net: Net, marking: Mapping[str, int]) -> bool:
    """Whether some token waits for another that nothing can bring any more, and no end can sweep it away."""
    within = {place: net.reaches[place] | (1 << net.places[place]) for place in marking}
    everywhere = 0
    for reached in within.values():
        everywhere |= reached
    if everywhere & net.endings:
        return False
    return any(all(_lacks(net, within, cluster) for cluster in net.takers[place]) for place in marking if place in net.takers)


def _lacks(net: Net, within: Mapping[str, int], cluster: Cluster) -> bool:
    """Whether a join can never fire: a token it needs is not there, and no other can come to that place."""
    if cluster.any_of:
        return False
    brought = 0
    for place, reached in within.items():
        if place not in cluster.takes:
            brought |= reached
    return any(place not in within and not brought & (1 << net.places[place]) for place in cluster.takes)


def _others(net: Net, marking: Mapping[str, int], cluster: Cluster) -> Iterator[str]:
    return (place for place in marking if place not in cluster.takes)
