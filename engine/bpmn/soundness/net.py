"""A scope of a plan as a token game: what each element takes from its incoming flows and gives to its outgoing ones.

Data are abstracted to any value: every gateway may choose every way, every timer and message may come, every task may end by its
boundary events. A sub-process is one move of the scope around it, and a game of its own. Flows are places; where a token can
wait before an element without a flow (a start, a link) there is a place named after the element."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from engine.bpmn.plan import PlanFlow, PlanNode, PlanScope

MAX_SUBSETS = 6
"""With more conditional ways out than this, only single ways, all and none are tried, and the result says so."""


@dataclass(frozen=True, slots=True)
class Move:
    """One way an element fires. gives: flows that get a token. ends: the scope is over, whatever else is in it.

    fails: it is over by an error or cancellation, not by completion."""

    element_id: str
    gives: tuple[str, ...] = ()
    ends: bool = False
    fails: bool = False


@dataclass(frozen=True, slots=True)
class Cluster:
    """Moves that compete for the same tokens and for no others. takes: places, each with one token.

    any_of: a join that goes on without the missing ones when none of them can come any more."""

    index: int
    element_id: str
    takes: tuple[str, ...]
    moves: tuple[Move, ...]
    any_of: bool = False


@dataclass(frozen=True, slots=True)
class Net:
    """The game of one scope. starts: places that hold a token at the beginning, one tuple for each way to begin.

    takers: for each place the clusters that take from it. needs, brings: for each cluster, as bits, the places it takes from
    and those that its tokens can come to. reaches: for each place, as bits, the places a token there can come to. endings: as
    bits, the places before what ends the whole scope. elements: what should fire in some run."""

    scope_id: str
    clusters: tuple[Cluster, ...]
    starts: tuple[tuple[str, ...], ...]
    places: Mapping[str, int]
    takers: Mapping[str, tuple[Cluster, ...]]
    needs: tuple[int, ...]
    brings: tuple[int, ...]
    reaches: Mapping[str, int]
    endings: int
    elements: tuple[str, ...]
    is_approximate: bool

    def comes_before(self, one: Cluster, other: Cluster) -> bool:
        """Whether one can still bring the other tokens, but the other not the one."""
        return bool(self.brings[one.index] & self.needs[other.index]) and not self.brings[other.index] & self.needs[one.index]


def net_of(scope: PlanScope, starts: Sequence[tuple[str, ...]], never_completes: frozenset[str]) -> Net:
    """The net of a scope. never_completes: sub-processes inside that were found never to complete by themselves."""
    nodes = _ordered(scope, starts)
    clusters: list[Cluster] = []
    is_approximate = False
    for node in nodes:
        moves, is_partial = _moves(node, never_completes)
        is_approximate |= is_partial
        for takes, any_of in _takes(node):
            clusters.append(Cluster(len(clusters), node.id, takes, moves, any_of))
    places = {place: number for number, place in enumerate(dict.fromkeys(_places(clusters)))}
    reaches = _reaches(clusters, places)
    return Net(
        scope_id=scope.id,
        clusters=tuple(clusters),
        starts=tuple(starts),
        places=places,
        takers=_takers(clusters),
        needs=tuple(sum(1 << places[place] for place in cluster.takes) for cluster in clusters),
        brings=tuple(_brings(clusters, places, reaches)),
        reaches=reaches,
        endings=_endings(clusters, places),
        elements=tuple(node.id for node in nodes),
        is_approximate=is_approximate,
    )


def _ordered(scope: PlanScope, starts: Sequence[tuple[str, ...]]) -> list[PlanNode]:
    """The nodes depth first from the starts, so that a branch is numbered before its neighbour; then the unreachable ones."""
    by_id = {node.id: node for node in scope.nodes}
    found: dict[str, PlanNode] = {}
    stack = [by_id[start] for way in reversed(starts) for start in reversed(way)]
    for last in ([], list(reversed(scope.nodes))):
        stack = [*last, *stack]
        while stack:
            node = stack.pop()
            if node.id in found or not _takes_part(node):
                continue
            found[node.id] = node
            stack.extend(reversed([*_next(node), *(each for boundary in node.boundaries for each in _next(boundary))]))
    return list(found.values())


def _takes_part(node: PlanNode) -> bool:
    """Boundary events fire with their activity; compensation handlers and event sub-processes outside the flow."""
    is_event_sub_process = node.inner is not None and node.inner.event_triggered
    return node.attached is None and not node.undoes and not is_event_sub_process


def _next(node: PlanNode) -> list[PlanNode]:
    return [node.link] if node.link is not None else [flow.target for flow in node.outgoing]


def _takes(node: PlanNode) -> Iterator[tuple[tuple[str, ...], bool]]:
    incoming = tuple(flow.id for flow in node.incoming)
    if node.kind == "gateway.parallel" and len(incoming) > 1:
        yield incoming, False
    elif node.kind in ("gateway.inclusive", "gateway.complex") and len(incoming) > 1:
        yield incoming, True
    else:
        for place in incoming:
            yield (place,), False
    yield (node.id,), False


def _moves(node: PlanNode, never_completes: frozenset[str]) -> tuple[tuple[Move, ...], bool]:
    ended = _end(node)
    if ended is not None:
        return (ended,), False
    ways, is_partial = _ways(node)
    found = [] if node.id in never_completes else [Move(node.id, way) for way in ways]
    for boundary in node.boundaries:
        for way in _ways(boundary)[0]:
            if boundary.interrupting:
                found.append(Move(node.id, way))
            else:
                found.extend(Move(node.id, (*normal, *way)) for normal in ways)
    return tuple(dict.fromkeys(found)), is_partial


def _end(node: PlanNode) -> Move | None:
    """How an end event ends its scope, if it does more than take one token away."""
    kinds = {event.kind for event in node.events} if node.type == "endEvent" else set()
    if kinds & {"error", "cancel"}:
        return Move(node.id, ends=True, fails=True)
    return Move(node.id, ends=True) if "terminate" in kinds else None


def _ways(node: PlanNode) -> tuple[list[tuple[str, ...]], bool]:
    """The sets of flows that can get a token when the node is left, and whether some were left out."""
    if node.link is not None:
        return [(node.link.id,)], False
    if node.kind in ("gateway.exclusive", "gateway.event"):
        return [(flow.id,) for flow in node.outgoing], False
    if node.kind == "gateway.parallel":
        return [tuple(flow.id for flow in node.outgoing)], False
    return _chosen(node)


def _chosen(node: PlanNode) -> tuple[list[tuple[str, ...]], bool]:
    """Flows without a condition always, those with one in every combination, the default when no condition held."""
    always = tuple(flow.id for flow in node.outgoing if flow.condition is None and flow is not node.default)
    free = [flow for flow in node.outgoing if flow.condition is not None and flow is not node.default]
    ways = [(*always, *(flow.id for flow in some)) for some in _subsets(free) if some]
    is_gateway = node.kind in ("gateway.inclusive", "gateway.complex")
    if node.default is not None and not (is_gateway and always):
        ways.append((*always, node.default.id))
    elif always or not node.outgoing:
        ways.append(always)
    return ways, len(free) > MAX_SUBSETS


def _subsets(flows: list[PlanFlow]) -> Iterator[tuple[PlanFlow, ...]]:
    sizes = range(len(flows) + 1) if len(flows) <= MAX_SUBSETS else sorted({0, 1, len(flows)})
    for size in sizes:
        yield from combinations(flows, size)


def _places(clusters: list[Cluster]) -> Iterator[str]:
    for cluster in clusters:
        yield from cluster.takes
        for move in cluster.moves:
            yield from move.gives


def _reaches(clusters: list[Cluster], places: Mapping[str, int]) -> dict[str, int]:
    """Closed under the moves; a few rounds over bits, at most as many as the longest way."""
    reached = dict.fromkeys(places, 0)
    steps = [(cluster.takes, [place for move in cluster.moves for place in move.gives]) for cluster in reversed(clusters)]
    is_changing = True
    while is_changing:
        is_changing = False
        for takes, gives in steps:
            new = 0
            for place in gives:
                new |= reached[place] | (1 << places[place])
            for place in takes:
                if reached[place] | new != reached[place]:
                    reached[place] |= new
                    is_changing = True
    return reached


def _endings(clusters: list[Cluster], places: Mapping[str, int]) -> int:
    before = {place for cluster in clusters if any(move.ends for move in cluster.moves) for place in cluster.takes}
    return sum(1 << places[place] for place in before)


def _takers(clusters: list[Cluster]) -> dict[str, tuple[Cluster, ...]]:
    found: dict[str, list[Cluster]] = {}
    for cluster in clusters:
        for place in cluster.takes:
            found.setdefault(place, []).append(cluster)
    return {place: tuple(takers) for place, takers in found.items()}


def _brings(clusters: list[Cluster], places: Mapping[str, int], reaches: Mapping[str, int]) -> Iterator[int]:
    for cluster in clusters:
        brought = 0
        for place in {place for move in cluster.moves for place in move.gives}:
            brought |= reaches[place] | (1 << places[place])
        yield brought
