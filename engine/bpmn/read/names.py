"""Namespaces and names of BPMN XML, and access to attributes whichever vendor wrote them."""

from collections.abc import Iterator

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
ACTIVITI = "http://activiti.org/bpmn"
FLOWABLE = "http://flowable.org/bpmn"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

CAMUNDA_LIKE = (CAMUNDA, FLOWABLE, ACTIVITI)
"""Three namespaces of one family; what Camunda 7, Flowable and Activiti call the same means the same."""

ACTIVITIES = frozenset(
    [
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "callActivity",
        "subProcess",
        "transaction",
        "adHocSubProcess",
    ]
)
SUB_PROCESSES = frozenset(("subProcess", "transaction", "adHocSubProcess"))
EVENTS = frozenset(
    ["startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "implicitThrowEvent", "boundaryEvent"]
)
GATEWAYS = frozenset(["exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"])
FLOW_NODES = ACTIVITIES | EVENTS | GATEWAYS
STRANGERS = frozenset(
    ["callChoreography", "choreographyTask", "subChoreography", "activity", "catchEvent", "throwEvent", "event", "gateway"]
)
"""Flow elements that stand in a choreography, or are only the abstract kind of others: no process can execute them."""


def is_bpmn(element: etree._Element, *names: str) -> bool:
    """Whether it is a BPMN element, of one of these local names if any are given."""
    space, _, name = str(element.tag).rpartition("}")
    return space[1:] == BPMN and (not names or name in names)


def local(element: etree._Element) -> str:
    """The tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def bare(reference: str | None) -> str | None:
    """A reference without its namespace prefix; ids never hold a colon. None when it is empty."""
    text = (reference or "").strip()
    return text.rpartition(":")[2] or None


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """BPMN children in file order, of these local names, or all."""
    for child in element.iterchildren(etree.Element):
        if is_bpmn(child, *names):
            yield child


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first BPMN child of that name."""
    return element.find(f"{{{BPMN}}}{name}")


def text_of(element: etree._Element | None) -> str:
    """All text in an element, stripped; '' for None."""
    return "" if element is None else "".join(str(part) for part in element.itertext()).strip()


def child_text(element: etree._Element, name: str) -> str | None:
    """The text of the first BPMN child of that name; None when there is no such child or it is empty."""
    return text_of(child(element, name)) or None


def camunda(element: etree._Element, name: str) -> str | None:
    """An attribute of the Camunda family, under whichever of its namespaces."""
    for space in CAMUNDA_LIKE:
        value = element.get(f"{{{space}}}{name}")
        if value is not None:
            return value
    return None


def flag(element: etree._Element, name: str, default: bool) -> bool:
    """A boolean attribute as XML Schema spells it."""
    value = (element.get(name) or "").strip()
    return default if value not in ("true", "false", "1", "0") else value in ("true", "1")


def number(element: etree._Element, name: str, default: int) -> int:
    """A whole-number attribute; the default when it is none."""
    value = (element.get(name) or "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else default


def extension_children(element: etree._Element, space: str | tuple[str, ...], name: str) -> Iterator[etree._Element]:
    """Children of `extensionElements` with that local name in one of these namespaces."""
    holder = child(element, "extensionElements")
    if holder is None:
        return
    for space_name in (space,) if isinstance(space, str) else space:
        yield from holder.iterchildren(f"{{{space_name}}}{name}")


def extension(element: etree._Element, space: str | tuple[str, ...], name: str) -> etree._Element | None:
    """The first such extension element."""
    return next(extension_children(element, space, name), None)


_PREFIXES = {CAMUNDA: "camunda:", FLOWABLE: "camunda:", ACTIVITI: "camunda:", ZEEBE: "zeebe:", SPIFF: "spiffworkflow:"}


def attributes(element: etree._Element) -> dict[str, str]:
    """Attributes by name: plain ones as written, vendors' as `camunda:…`, `zeebe:…`, `spiffworkflow:…`, others as `{ns}name`."""
    found: dict[str, str] = {}
    for key, value in element.attrib.items():
        space, _, name = str(key).rpartition("}")
        found[f"{_PREFIXES[space[1:]]}{name}" if space[1:] in _PREFIXES else str(key)] = str(value)
    return found
