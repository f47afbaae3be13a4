"""What of a diagram took part in one run: without boundary events and event sub-processes that never fired, nor what only they
lead to."""

from dataclasses import replace

from engine.bpmn.model import Node, Scope


def reduced(scope: Scope, met: frozenset[str]) -> Scope:
    """The scope without what the run did not need. met: ids of elements that were completed or begun."""
    kept = [node for node in scope.nodes if not _is_idle(node, met)]
    behind = _behind(scope, [node for node in kept if node.type != "boundaryEvent" or node.attached_to])
    nodes = tuple(
        replace(node, scope=reduced(node.scope, met)) if node.scope is not None else node for node in kept if node.id in behind
    )
    flows = tuple(flow for flow in scope.flows if flow.source in behind and flow.target in behind)
    return replace(scope, nodes=nodes, flows=flows)


def _is_idle(node: Node, met: frozenset[str]) -> bool:
    is_handler = node.scope is not None and node.scope.triggered_by_event
    is_undo = node.is_for_compensation
    return (node.type == "boundaryEvent" or is_handler or is_undo) and node.id not in met


def _behind(scope: Scope, kept: list[Node]) -> set[str]:
    """Nodes that a token can come to: from what nothing flows into, along the flows."""
    known = {node.id for node in kept}
    entered = {flow.target for flow in scope.flows}
    stack = [node.id for node in kept if node.id not in entered]
    found = set(stack)
    while stack:
        at = stack.pop()
        for flow in scope.flows:
            if flow.source == at and flow.target in known and flow.target not in found:
                found.add(flow.target)
                stack.append(flow.target)
    return found
