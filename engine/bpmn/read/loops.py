"""Loop characteristics: BPMN's own data references, and what Camunda, Flowable, Zeebe and SpiffWorkflow write instead."""

from lxml import etree

from engine.bpmn.model import EventDefinition, Expression, Loop
from engine.bpmn.read.data import variable_name
from engine.bpmn.read.events import read_events, root_event
from engine.bpmn.read.names import (
    CAMUNDA_LIKE,
    ZEEBE,
    bare,
    camunda,
    child,
    child_text,
    children,
    extension,
    flag,
    number,
    text_of,
)
from engine.bpmn.read.reading import Reading

_BEHAVIOURS = frozenset(("None", "One", "All", "Complex"))


def read_loop(reading: Reading, activity: etree._Element, owner: str) -> Loop | None:
    """The loop of an activity; None when it has none."""
    standard = child(activity, "standardLoopCharacteristics")
    if standard is not None:
        return _standard(reading, standard, owner)
    multiple = child(activity, "multiInstanceLoopCharacteristics")
    return None if multiple is None else _multiple(reading, multiple, owner)


def _standard(reading: Reading, element: etree._Element, owner: str) -> Loop:
    return Loop(
        kind="standard",
        condition=reading.element_formula(child(element, "loopCondition"), owner),
        test_before=flag(element, "testBefore", False),
        maximum=_maximum(element),
    )


def _maximum(element: etree._Element) -> int | None:
    """The largest number of passes; negative where the file says something that is no number of passes."""
    return number(element, "loopMaximum", -1) if (element.get("loopMaximum") or "").strip() else None


def _multiple(reading: Reading, element: etree._Element, owner: str) -> Loop:
    zeebe = extension(element, ZEEBE, "loopCharacteristics")
    behaviour = element.get("behavior", "All")
    return Loop(
        kind="sequential" if flag(element, "isSequential", False) else "parallel",
        cardinality=reading.element_formula(child(element, "loopCardinality"), owner),
        collection=_collection(reading, element, zeebe, owner),
        element_variable=_element_variable(element, zeebe),
        output_collection=_output_collection(reading, element, zeebe),
        output_element=_output_element(reading, element, zeebe, owner),
        completion=reading.element_formula(child(element, "completionCondition"), owner),
        behaviour=behaviour if behaviour in _BEHAVIOURS else "All",
        none_event_ref=bare(element.get("noneBehaviorEventRef")),
        one_event_ref=bare(element.get("oneBehaviorEventRef")),
        none_event=root_event(reading, element.get("noneBehaviorEventRef"), owner),
        one_event=root_event(reading, element.get("oneBehaviorEventRef"), owner),
        complex_behaviours=tuple(_complex(reading, each, owner) for each in children(element, "complexBehaviorDefinition")),
    )


def _collection(reading: Reading, element: etree._Element, zeebe: etree._Element | None, owner: str) -> Expression | None:
    if zeebe is not None and zeebe.get("inputCollection"):
        return reading.formula(zeebe.get("inputCollection"), owner, "feel")
    nested = extension(element, CAMUNDA_LIKE, "collection")
    vendor = camunda(element, "collection") or (text_of(nested) if nested is not None else None)
    if vendor:
        return reading.formula(vendor, owner)
    reference = bare(child_text(element, "loopDataInputRef"))
    return reading.formula(variable_name(reading, reference), owner, "feel") if reference else None


def _element_variable(element: etree._Element, zeebe: etree._Element | None) -> str | None:
    item = child(element, "inputDataItem")
    named = (item.get("name") or item.get("id")) if item is not None else None
    return (zeebe.get("inputElement") if zeebe is not None else None) or camunda(element, "elementVariable") or named


def _output_collection(reading: Reading, element: etree._Element, zeebe: etree._Element | None) -> str | None:
    if zeebe is not None and zeebe.get("outputCollection"):
        return zeebe.get("outputCollection")
    reference = bare(child_text(element, "loopDataOutputRef"))
    return variable_name(reading, reference) if reference else None


def _output_element(reading: Reading, element: etree._Element, zeebe: etree._Element | None, owner: str) -> Expression | None:
    if zeebe is not None and zeebe.get("outputElement"):
        return reading.formula(zeebe.get("outputElement"), owner, "feel")
    item = child(element, "outputDataItem")
    name = (item.get("name") or item.get("id")) if item is not None else None
    return reading.formula(name, owner, "feel") if name else None


def _complex(reading: Reading, element: etree._Element, owner: str) -> tuple[Expression, EventDefinition | None]:
    condition = reading.element_formula(child(element, "condition"), owner) or Expression(source="", text=None)
    thrown = child(element, "event")
    events = read_events(reading, thrown, owner) if thrown is not None else ()
    return condition, events[0] if events else None
