"""Reachability on the plan: from where a token can still arrive at a gateway, and over which of its incoming flows."""

from collections.abc import Mapping

from engine.bpmn.plan.shapes import PlanFlow, PlanNode


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
