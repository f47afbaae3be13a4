"""What the rules look at: the file's elements by id, its flows by their ends, and events with what they react to."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from engine.bpmn.model import Model
from engine.bpmn.read.names import BPMN, FLOW_NODES, bare, children, flag, local, text_of
from engine.errors import Finding, Severity

_SUFFIX = "EventDefinition"


@dataclass(slots=True)
class Document:
    """One file. into, out_of: sequence flows by the id of their target and source."""

    root: etree._Element
    model: Model
    ids: dict[str, etree._Element] = field(default_factory=dict)
    nodes: list[etree._Element] = field(default_factory=list)
    flows: list[etree._Element] = field(default_factory=list)
    into: dict[str, list[etree._Element]] = field(default_factory=lambda: defaultdict(list))
    out_of: dict[str, list[etree._Element]] = field(default_factory=lambda: defaultdict(list))

    def every(self, *names: str) -> Iterator[etree._Element]:
        """All BPMN elements of these local names, in file order."""
        return self.root.iter(*(f"{{{BPMN}}}{name}" for name in names))

    def of_type(self, *names: str) -> Iterator[etree._Element]:
        """All flow nodes of these types."""
        return (node for node in self.nodes if local(node) in names)

    def incoming(self, node: etree._Element) -> list[etree._Element]:
        """Sequence flows that end at the node."""
        return self.into.get(node.get("id", ""), [])

    def outgoing(self, node: etree._Element) -> list[etree._Element]:
        """Sequence flows that begin at the node."""
        return self.out_of.get(node.get("id", ""), [])

    def named(self, reference: str | None) -> etree._Element | None:
        """The element a reference means."""
        return self.ids.get(bare(reference) or "")

    def definitions(self, event: etree._Element) -> list[etree._Element]:
        """Event definitions of an event, in place or referred to."""
        inline = [each for each in children(event) if local(each).endswith(_SUFFIX)]
        referred = [self.ids.get(bare(text_of(each)) or "") for each in children(event, "eventDefinitionRef")]
        return inline + [each for each in referred if each is not None]

    def kinds(self, event: etree._Element) -> list[str]:
        """Kinds of an event's definitions: message, timer, …"""
        return [local(each).removesuffix(_SUFFIX) for each in self.definitions(event)]

    def is_executable(self, element: etree._Element) -> bool:
        """Whether the element's process says `isExecutable`."""
        process = next(element.iterancestors(f"{{{BPMN}}}process"), element)
        return flag(process, "isExecutable", False)


def is_event_triggered(element: etree._Element | None) -> bool:
    """Whether it is an event sub-process."""
    return element is not None and local(element) == "subProcess" and flag(element, "triggeredByEvent", False)


def open_document(root: etree._Element, model: Model) -> Document:
    """The document of a parsed file."""
    document = Document(root, model)
    for element in root.iter(f"{{{BPMN}}}*"):
        element_id = element.get("id")
        if element_id:
            document.ids.setdefault(element_id, element)
        name = local(element)
        if name in FLOW_NODES:
            document.nodes.append(element)
        elif name == "sequenceFlow":
            document.flows.append(element)
            document.into[bare(element.get("targetRef")) or ""].append(element)
            document.out_of[bare(element.get("sourceRef")) or ""].append(element)
    return document


Rule = Callable[[Document], Iterator[Finding]]


def pointer(element: etree._Element) -> str | None:
    """The id of the element or of the nearest one around it."""
    at: etree._Element | None = element
    while at is not None and not at.get("id"):
        at = at.getparent()
    return at.get("id") if at is not None else None


def shown(element: etree._Element) -> str:
    """The element as a sentence names it: its id and, if it has one, its name."""
    name = (element.get("name") or "").strip()
    return f"{pointer(element) or local(element)}" + (f" “{name[:40]}”" if name else "")


def warning(element: etree._Element, code: str, en: str, zh: str) -> Finding:
    """A rule of BPMN that is broken, though the meaning is still clear."""
    return Finding(Severity.WARNING, code, pointer(element), en, zh)


def error(element: etree._Element, code: str, en: str, zh: str) -> Finding:
    """A rule of BPMN that is broken so that the diagram has no meaning."""
    return Finding(Severity.ERROR, code, pointer(element), en, zh)


def note(element: etree._Element, code: str, en: str, zh: str) -> Finding:
    """A formality of BPMN that modern tools leave out and that nothing here depends on."""
    return Finding(Severity.NOTE, code, pointer(element), en, zh)
