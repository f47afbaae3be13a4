"""Reachability on the plan: from where a token can still arrive at a gateway, and over which of its incoming flows."""

from collections.abc import Mapping

from engine.bpmn.plan.shapes import PlanFlow, PlanNode, PlanScope


def upstream(gateway: PlanNode, flow: PlanFlow) -> frozenset[str]:
    """Ids of the nodes from which a token can come along `flow` without passing the gateway itself.

    Boundary events count as ways out of their activity, link catch events as behind their throwers."""
    found: set[str] = set()
    stack = [flow.source]
    while stack:
        node = stack.pop()
        if node.id in found or node is gateway:
            continue
        found.add(node.id)
        stack.extend(incoming.source for incoming in node.incoming)
        if node.attached is not None:
            stack.append(node.attached)
        if node.type == "intermediateCatchEvent" and any(event.kind == "link" for event in node.events):
            stack.extend(other for other in node.scope.nodes if other.link is node)
    return frozenset(found)


def reach_of(gateway: PlanNode) -> Mapping[str, frozenset[str]]:
    """For each node that can reach the gateway: the ids of the incoming flows it can reach."""
    reached: dict[str, set[str]] = {}
    for flow in gateway.incoming:
        for node in upstream(gateway, flow):
            reached.setdefault(node, set()).add(flow.id)
    return {node: frozenset(flows) for node, flows in reached.items()}


def forward(start: PlanNode) -> frozenset[str]:
    """Ids of the nodes of the same scope that lie behind a node when flows that lead back in a loop are left out.

    A flow leads back when its target was on the way from the scope's beginning to its source."""
    back = _back_edges(start.scope)
    found: set[str] = set()
    stack = [start]
    while stack:
        node = stack.pop()
        for following, edge in _ways_on(node):
            if edge not in back and following.id not in found:
                found.add(following.id)
                stack.append(following)
    return frozenset(found)


def _ways_on(node: PlanNode) -> list[tuple[PlanNode, tuple[str, str]]]:
    following = [flow.target for flow in node.outgoing]
    following.extend(flow.target for boundary in node.boundaries for flow in boundary.outgoing)
    if node.link is not None:
        following.append(node.link)
    return [(each, (node.id, each.id)) for each in following]


def _back_edges(scope: PlanScope) -> frozenset[tuple[str, str]]:
    """Edges to a node that a depth-first walk from the beginning is still inside of."""
    back: set[tuple[str, str]] = set()
    seen: set[str] = set()
    for first in (*scope.entries, *(node for node in scope.nodes if not node.incoming), *scope.nodes):
        if first.id in seen:
            continue
        seen.add(first.id)
        inside = {first.id}
        stack = [(first, iter(_ways_on(first)))]
        while stack:
            node, ways = stack[-1]
            following, edge = next(ways, (None, None))
            if following is None or edge is None:
                stack.pop()
                inside.discard(node.id)
            elif following.id in inside:
                back.add(edge)
            elif following.id not in seen:
                seen.add(following.id)
                inside.add(following.id)
                stack.append((following, iter(_ways_on(following))))
    return frozenset(back)
