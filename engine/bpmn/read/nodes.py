"""One flow node: the facts every node has, then what its kind adds."""

from lxml import etree

from engine.bpmn.model import Node, Scope
from engine.bpmn.read.data import read_associations
from engine.bpmn.read.events import read_events
from engine.bpmn.read.extensions import extensions, properties
from engine.bpmn.read.loops import read_loop
from engine.bpmn.read.mappings import read_inputs, read_outputs
from engine.bpmn.read.names import ACTIVITIES, EVENTS, attributes, bare, camunda, child, child_text, flag, local, number
from engine.bpmn.read.reading import Reading
from engine.bpmn.read.work import Facts, read_work


def read_node(reading: Reading, element: etree._Element, scope: Scope | None) -> Node:
    """The node. scope: what is inside, for sub-processes."""
    name = local(element)
    node_id = reading.id_of(element)
    facts: Facts = {
        "documentation": child_text(element, "documentation") or "",
        "attributes": attributes(element),
        "default_flow": bare(element.get("default")),
        "inputs": read_inputs(reading, element, node_id),
        "outputs": read_outputs(reading, element, node_id),
        "data_inputs": read_associations(reading, element, "dataInputAssociation", node_id),
        "data_outputs": read_associations(reading, element, "dataOutputAssociation", node_id),
        "properties": _properties(element),
        "extensions": extensions(element),
        "scope": scope,
    }
    facts |= read_work(reading, element, node_id)
    if name in EVENTS:
        facts |= _event(reading, element, name, node_id)
    elif name in ACTIVITIES:
        facts |= _activity(reading, element, node_id)
    else:
        facts |= _gateway(reading, element, node_id)
    return Node(id=node_id, type=name, name=element.get("name", ""), **facts)  # type: ignore[arg-type]  # the readers' facts by field name


def _properties(element: etree._Element) -> dict[str, str]:
    """Properties, and the Camunda facts about jobs that the runtime reads as properties."""
    found = properties(element)
    variable = camunda(element, "async")
    return found if variable is None else {"async": variable, **found}


def _event(reading: Reading, element: etree._Element, name: str, owner: str) -> Facts:
    attached = bare(element.get("attachedToRef"))
    interrupting = "cancelActivity" if name == "boundaryEvent" else "isInterrupting"
    return {
        "events": read_events(reading, element, owner),
        "parallel_multiple": flag(element, "parallelMultiple", False),
        "attached_to": attached,
        "is_interrupting": flag(element, interrupting, True),
    }


def _activity(reading: Reading, element: etree._Element, owner: str) -> Facts:
    return {
        "loop": read_loop(reading, element, owner),
        "is_for_compensation": flag(element, "isForCompensation", False),
        "start_quantity": number(element, "startQuantity", 1),
        "completion_quantity": number(element, "completionQuantity", 1),
        "instantiate": flag(element, "instantiate", False),
    }


def _gateway(reading: Reading, element: etree._Element, owner: str) -> Facts:
    return {
        "instantiate": flag(element, "instantiate", False),
        "event_gateway_type": element.get("eventGatewayType", "Exclusive"),
        "activation": reading.element_formula(child(element, "activationCondition"), owner),
    }
