"""Data objects, properties, inputs and outputs, and the associations that move values between them."""

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.model import Association, DataItem, Expression
from engine.bpmn.read.names import bare, child, children, flag, local, text_of
from engine.bpmn.read.reading import Reading

_ITEMS = ("dataObject", "dataObjectReference", "dataStoreReference", "property")
_REFS = ("dataObjectRef", "dataStoreRef")


def read_data(reading: Reading, scope: etree._Element) -> tuple[DataItem, ...]:
    """The data items of a scope: its own, and the inputs, outputs and properties of the nodes right inside it."""
    found: list[DataItem] = []
    for element in children(scope):
        found.extend(_item(reading, element) if local(element) in _ITEMS else _inner(reading, element))
    found.extend(_specified(reading, scope))
    return tuple(found)


def _inner(reading: Reading, node: etree._Element) -> Iterator[DataItem]:
    if node.find("{*}incoming") is None and len(node) == 0:
        return
    yield from _specified(reading, node)
    for element in children(node, "dataInput", "dataOutput", "property"):
        yield from _item(reading, element)


def _specified(reading: Reading, owner: etree._Element) -> Iterator[DataItem]:
    specification = child(owner, "ioSpecification")
    if specification is not None:
        for element in children(specification, "dataInput", "dataOutput"):
            yield from _item(reading, element)


def _item(reading: Reading, element: etree._Element) -> Iterator[DataItem]:
    reference = next((element.get(name) for name in _REFS if element.get(name)), None)
    yield DataItem(
        id=reading.id_of(element),
        kind=local(element),
        name=element.get("name", ""),
        ref=bare(reference),
        is_collection=flag(element, "isCollection", False),
    )


def variable_name(reading: Reading, reference: str | None) -> str | None:
    """The variable that a data reference means: the name of the object behind it where that is an identifier, else its id."""
    element = reading.ids.get(reference or "")
    if element is None:
        return reference
    behind = next((bare(element.get(name)) for name in _REFS if element.get(name)), None)
    source = _fed_from(reading, element)
    target = reading.ids.get(behind or source or "")
    named = element if target is None else target
    name = named.get("name") or ""
    return name if name.isidentifier() else named.get("id")


def _fed_from(reading: Reading, element: etree._Element) -> str | None:
    """The data object that an association feeds into a data input, or that a data output feeds."""
    specification = element.getparent()
    activity = specification.getparent() if specification is not None and local(specification) == "ioSpecification" else None
    if activity is None:
        return None
    own = element.get("id")
    for association in children(activity, "dataInputAssociation", "dataOutputAssociation"):
        ends = [bare(text_of(each)) for each in children(association, "sourceRef", "targetRef")]
        if own in ends and len(ends) == 2:
            return next((end for end in ends if end != own), None)
    return None


def read_associations(reading: Reading, node: etree._Element, name: str, owner: str) -> tuple[Association, ...]:
    """The data input or output associations of a node."""
    return tuple(_association(reading, each, owner) for each in children(node, name))


def _association(reading: Reading, element: etree._Element, owner: str) -> Association:
    target = child(element, "targetRef")
    return Association(
        sources=tuple(bare(text_of(each)) or "" for each in children(element, "sourceRef")),
        target=bare(text_of(target)) if target is not None else None,
        transformation=reading.element_formula(child(element, "transformation"), owner),
        assignments=tuple(_assignment(reading, each, owner) for each in children(element, "assignment")),
    )


def _assignment(reading: Reading, element: etree._Element, owner: str) -> tuple[Expression, Expression]:
    source = reading.element_formula(child(element, "from"), owner) or Expression("", None)
    target = text_of(child(element, "to"))
    return source, Expression(source=target, text=target, is_literal=True)
