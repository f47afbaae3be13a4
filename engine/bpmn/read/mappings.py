"""Input and output mappings: Camunda's parameters, `in` and `out` of call activities, and Zeebe's ioMapping."""

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.dialect import quoted
from engine.bpmn.model import Expression, VariableMapping
from engine.bpmn.read.names import CAMUNDA_LIKE, ZEEBE, extension, extension_children, local
from engine.bpmn.read.reading import Reading


def read_inputs(reading: Reading, node: etree._Element, owner: str) -> tuple[VariableMapping, ...]:
    """What flows in, in file order."""
    return (
        *_parameters(reading, node, "inputParameter", owner),
        *_zeebe(reading, node, "input", owner),
        *_passed(reading, node, "in", owner),
    )


def read_outputs(reading: Reading, node: etree._Element, owner: str) -> tuple[VariableMapping, ...]:
    """What flows out, in file order."""
    return (
        *_parameters(reading, node, "outputParameter", owner),
        *_zeebe(reading, node, "output", owner),
        *_passed(reading, node, "out", owner),
    )


def business_key(reading: Reading, node: etree._Element, owner: str) -> Expression | None:
    """The business key that a call activity hands on."""
    for element in extension_children(node, CAMUNDA_LIKE, "in"):
        if element.get("businessKey"):
            return reading.literal(element.get("businessKey"), owner)
    return None


def _parameters(reading: Reading, node: etree._Element, name: str, owner: str) -> Iterator[VariableMapping]:
    holder = extension(node, CAMUNDA_LIKE, "inputOutput")
    if holder is None:
        return
    for element in holder.iterchildren(f"{{*}}{name}"):
        source = _value(reading, element, owner)
        if source is not None and element.get("name"):
            yield VariableMapping(source, element.get("name", ""))


def _value(reading: Reading, element: etree._Element, owner: str) -> Expression | None:
    """Text, a script, a list or a map. An empty parameter is null."""
    inner = next(element.iterchildren(etree.Element), None)
    if inner is None:
        return reading.literal(element.text, owner) or Expression("", "null")
    if local(inner) == "script":
        return reading.formula(inner.text, owner, inner.get("scriptFormat", ""))
    text = _compound(reading, inner, owner)
    return Expression(source=" ".join("".join(str(t) for t in element.itertext()).split()), text=text)


def _compound(reading: Reading, element: etree._Element, owner: str) -> str | None:
    """FEEL for a list or a map."""
    parts: list[str] = []
    for each in element.iterchildren(etree.Element):
        found = _value(reading, each, owner)
        if found is None or found.text is None:
            return None
        text = quoted(found.text) if found.is_literal else found.text
        parts.append(f"{quoted(each.get('key', ''))}: {text}" if local(each) == "entry" else text)
    return "{" + ", ".join(parts) + "}" if local(element) == "map" else "[" + ", ".join(parts) + "]"


def _zeebe(reading: Reading, node: etree._Element, name: str, owner: str) -> Iterator[VariableMapping]:
    holder = extension(node, ZEEBE, "ioMapping")
    if holder is None:
        return
    for element in holder.iterchildren(f"{{{ZEEBE}}}{name}"):
        source = reading.literal(element.get("source"), owner)
        if source is not None and element.get("target"):
            yield VariableMapping(source, element.get("target", ""))


def _passed(reading: Reading, node: etree._Element, name: str, owner: str) -> Iterator[VariableMapping]:
    for element in extension_children(node, CAMUNDA_LIKE, name):
        if element.get("variables") == "all":
            yield VariableMapping(Expression("*", "*", is_literal=True), "*")
            continue
        source = element.get("source")
        found = reading.formula(source, owner, "feel") if source else reading.formula(element.get("sourceExpression"), owner)
        if found is not None and element.get("target"):
            yield VariableMapping(found, element.get("target", ""))
