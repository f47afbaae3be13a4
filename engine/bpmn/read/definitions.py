"""Root definitions: messages, signals, errors, escalations, interfaces, items and data stores that others refer to."""

from lxml import etree

from engine.bpmn.model import Definition, Expression
from engine.bpmn.read.correlation import message_keys
from engine.bpmn.read.extensions import extensions, properties
from engine.bpmn.read.names import ZEEBE, children, extension, local
from engine.bpmn.read.reading import Reading

_EVENTS = "EventDefinition"
_ELSEWHERE = frozenset(("process", "collaboration", "choreography", "globalConversation"))


def read_definitions(reading: Reading) -> None:
    """Fills the reading's definitions and root event definitions."""
    keys = message_keys(reading)
    for element in children(reading.root):
        name = local(element)
        if name.endswith(_EVENTS):
            reading.event_definitions[reading.id_of(element)] = element
        elif name == "interface":
            for operation in children(element, "operation"):
                _keep(reading, operation)
            _keep(reading, element)
        elif name not in _ELSEWHERE:
            _keep(reading, element, keys.get(element.get("id", "")))


def _keep(reading: Reading, element: etree._Element, message_key: Expression | None = None) -> None:
    element_id = (element.get("id") or "").strip()
    if not element_id:
        return
    subscription = extension(element, ZEEBE, "subscription")
    key = subscription.get("correlationKey") if subscription is not None else properties(element).get("correlationKey")
    reading.definitions[element_id] = Definition(
        id=element_id,
        type=local(element),
        name=dynamic_name(reading, element.get("name", ""), element_id),
        code=(element.get("errorCode") or element.get("escalationCode") or None),
        correlation_key=reading.formula(key, element_id, "feel"),
        message_key=message_key,
        extensions=extensions(element),
    )


def dynamic_name(reading: Reading, name: str, owner: str) -> str:
    """A name as a literal, or `=` and FEEL when the file computes it."""
    if "${" not in name and "#{" not in name:
        return name
    found = reading.literal(name, owner)
    return f"={found.text}" if found is not None and found.text is not None else name
