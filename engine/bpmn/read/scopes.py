"""Scopes: what a process or sub-process holds. Innermost first, so that no depth of nesting costs recursion."""

from collections.abc import Mapping

from lxml import etree

from engine.bpmn.model import Flow, Node, Scope
from engine.bpmn.read.data import read_data
from engine.bpmn.read.names import BPMN, FLOW_NODES, STRANGERS, SUB_PROCESSES, bare, child, children, flag, local
from engine.bpmn.read.nodes import read_node
from engine.bpmn.read.reading import Reading


def read_scope(reading: Reading, process: etree._Element) -> Scope:
    """The scope of a process with all sub-processes inside."""
    handlers = _compensations(process)
    scopes: dict[etree._Element, Scope] = {}
    inner = [element for element in process.iter(f"{{{BPMN}}}*") if local(element) in SUB_PROCESSES]
    for element in reversed(inner):
        scopes[element] = _scope(reading, element, scopes, handlers)
    return _scope(reading, process, scopes, handlers)


def _scope(
    reading: Reading, element: etree._Element, scopes: Mapping[etree._Element, Scope], handlers: Mapping[str, str]
) -> Scope:
    nodes = tuple(read_node(reading, each, scopes.get(each)) for each in children(element) if local(each) in FLOW_NODES)
    return Scope(
        nodes=nodes,
        flows=tuple(_flow(reading, each) for each in children(element, "sequenceFlow")),
        data=read_data(reading, element),
        compensations=tuple((node.id, handlers[node.id]) for node in nodes if _compensates(node) and node.id in handlers),
        triggered_by_event=flag(element, "triggeredByEvent", False),
        ordering=element.get("ordering", "Parallel"),
        cancel_remaining=flag(element, "cancelRemainingInstances", True),
        completion=reading.element_formula(child(element, "completionCondition"), reading.id_of(element)),
        strangers=tuple((reading.id_of(each), local(each)) for each in children(element) if local(each) in STRANGERS),
    )


def _compensates(node: Node) -> bool:
    return node.type == "boundaryEvent" and any(event.kind == "compensate" for event in node.events)


def _compensations(process: etree._Element) -> dict[str, str]:
    """Target by source of all associations: a compensation boundary event names its handler by one of them."""
    return {
        bare(each.get("sourceRef")) or "": bare(each.get("targetRef")) or "" for each in process.iter(f"{{{BPMN}}}association")
    }


def _flow(reading: Reading, element: etree._Element) -> Flow:
    flow_id = reading.id_of(element)
    return Flow(
        id=flow_id,
        source=bare(element.get("sourceRef")) or "",
        target=bare(element.get("targetRef")) or "",
        name=element.get("name", ""),
        condition=reading.element_formula(child(element, "conditionExpression"), flow_id),
    )
