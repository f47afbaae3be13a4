"""A layered layout for diagrams that come without one: columns by the longest way from a start, rows by branch."""

from collections.abc import Iterator

from engine.bpmn.geometry import Edge, Layout, Shape
from engine.bpmn.model import Flow, Model, Node, Scope

COLUMN_GAP, ROW_GAP, PADDING = 60.0, 40.0, 30.0
_EVENT, _GATEWAY, _TASK = (36.0, 36.0), (50.0, 50.0), (120.0, 80.0)


def arrange(model: Model) -> Layout:
    """All processes of the file, one below the other."""
    shapes: list[Shape] = []
    edges: list[Edge] = []
    top = 0.0
    for process in model.processes:
        placed, flows, _, height = _scope(process.scope, 0.0, top)
        shapes += placed
        edges += flows
        top += height + 2 * ROW_GAP
    return Layout(tuple(shapes), tuple(edges)).moved_to_origin()


def _scope(scope: Scope, left: float, top: float) -> tuple[list[Shape], list[Edge], float, float]:
    """Shapes and edges of one scope placed at (left, top), and its width and height."""
    nodes = [n for n in scope.nodes if n.attached_to is None]
    boundary = [n for n in scope.nodes if n.attached_to is not None]
    columns = _columns(nodes, boundary, scope.flows)
    sizes = {n.id: _size(n) for n in nodes}
    widths = [max(sizes[n.id][0] for n in column) for column in columns]
    row_height = max((s[1] for s in sizes.values()), default=0.0) + ROW_GAP
    shapes: list[Shape] = []
    edges: list[Edge] = []
    x = left
    for column, width in zip(columns, widths, strict=True):
        for row, node in enumerate(column):
            own, inner = _place(node, x + (width - sizes[node.id][0]) / 2, top + row * row_height, sizes[node.id], row_height)
            shapes += own
            edges += inner
        x += width + COLUMN_GAP
    shapes += _on_the_rim(boundary, shapes)
    edges += _flows(scope.flows, {s.element_id: s for s in shapes})
    rows = max((len(c) for c in columns), default=0)
    return shapes, edges, x - left - COLUMN_GAP, rows * row_height


def _columns(nodes: list[Node], boundary: list[Node], flows: tuple[Flow, ...]) -> list[list[Node]]:
    hosts = {b.id: b.attached_to or "" for b in boundary}
    ahead: dict[str, list[str]] = {n.id: [] for n in nodes}
    for flow in flows:
        source = hosts.get(flow.source, flow.source)
        if source in ahead and flow.target in ahead:
            ahead[source].append(flow.target)
    rank = _ranks([n.id for n in nodes], ahead)
    columns: list[list[Node]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    for node in nodes:
        columns[rank[node.id]].append(node)
    return [c for c in columns if c]


def _ranks(ids: list[str], ahead: dict[str, list[str]]) -> dict[str, int]:
    """Longest way from a start without its back edges; iterative, so that long chains do not recurse."""
    targets = {t for ts in ahead.values() for t in ts}
    order: list[str] = []
    seen: set[str] = set()
    back: set[tuple[str, str]] = set()
    for root in [i for i in ids if i not in targets] + ids:
        if root in seen:
            continue
        path = {root}
        stack: list[tuple[str, Iterator[str]]] = [(root, iter(ahead[root]))]
        seen.add(root)
        while stack:
            here, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                path.discard(here)
                order.append(here)
            elif following in path:
                back.add((here, following))
            elif following not in seen:
                seen.add(following)
                path.add(following)
                stack.append((following, iter(ahead[following])))
    rank = dict.fromkeys(ids, 0)
    for here in reversed(order):
        for following in ahead[here]:
            if (here, following) not in back:
                rank[following] = max(rank[following], rank[here] + 1)
    return rank


def _size(node: Node) -> tuple[float, float]:
    if node.type.endswith("Event"):
        return _EVENT
    if node.type.endswith("Gateway"):
        return _GATEWAY
    if node.scope is not None and node.scope.nodes:
        _, _, width, height = _scope(node.scope, 0, 0)
        return width + 2 * PADDING, height + 2 * PADDING
    return _TASK


def _place(node: Node, x: float, y: float, size: tuple[float, float], row: float) -> tuple[list[Shape], list[Edge]]:
    width, height = size
    y += (row - ROW_GAP - height) / 2
    marker = node.events[0].kind if len(node.events) == 1 else "multiple" if node.events else node.loop.kind if node.loop else ""
    is_expanded = node.scope is not None and bool(node.scope.nodes)
    shape = Shape(node.id, node.type, node.name, x, y, width, height, marker, is_expanded=is_expanded)
    if node.scope is None or not is_expanded:
        return [shape], []
    inner, edges, _, _ = _scope(node.scope, x + PADDING, y + PADDING + ROW_GAP / 2)
    return [shape, *inner], edges


def _on_the_rim(boundary: list[Node], shapes: list[Shape]) -> Iterator[Shape]:
    hosts = {s.element_id: s for s in shapes}
    used: dict[str, int] = {}
    for node in boundary:
        host = hosts.get(node.attached_to or "")
        if host is None:
            continue
        number = used[host.element_id] = used.get(host.element_id, 0) + 1
        x = host.x + host.width - 20 - 44 * number + 8
        marker = node.events[0].kind if node.events else ""
        yield Shape(
            node.id, node.type, node.name, x, host.y + host.height - 18, *_EVENT, marker, is_interrupting=node.is_interrupting
        )


def _flows(flows: tuple[Flow, ...], at: dict[str, Shape]) -> Iterator[Edge]:
    for flow in flows:
        source, target = at.get(flow.source), at.get(flow.target)
        if source and target:
            yield Edge(flow.id, "sequenceFlow", flow.name, _route(source, target))


def _route(source: Shape, target: Shape) -> tuple[tuple[float, float], ...]:
    y1, y2 = source.y + source.height / 2, target.y + target.height / 2
    if source.kind == "boundaryEvent":
        return _from_the_rim(source, target, y2)
    x1, x2 = source.x + source.width, target.x
    if x2 < x1:
        below = max(source.y + source.height, target.y + target.height) + ROW_GAP / 2
        return ((x1, y1), (x1 + 15, y1), (x1 + 15, below), (x2 - 15, below), (x2 - 15, y2), (x2, y2))
    if abs(y1 - y2) < 1:
        return ((x1, y1), (x2, y2))
    middle = x2 - COLUMN_GAP / 2
    return ((x1, y1), (middle, y1), (middle, y2), (x2, y2))


def _from_the_rim(source: Shape, target: Shape, y2: float) -> tuple[tuple[float, float], ...]:
    x1, y1 = source.x + source.width / 2, source.y + source.height
    if y2 > y1:
        return ((x1, y1), (x1, y2), (target.x, y2))
    below, before = y1 + ROW_GAP / 2, target.x - COLUMN_GAP / 3
    return ((x1, y1), (x1, below), (before, below), (before, y2), (target.x, y2))
