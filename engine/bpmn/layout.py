"""Where everything stands on a diagram: from the file's own diagram interchange, or laid out when it has none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from engine.bpmn.autolayout import arrange
from engine.bpmn.geometry import Edge, Layout, Shape
from engine.bpmn.model import Model

_EVENT_DEFINITION = "EventDefinition"
_FLAT = {"lane", "participant", "group", "textAnnotation"}


def layout(model: Model) -> Layout:
    """Shapes and edges in drawing order, moved so that the drawing begins at (0, 0) with a margin of 20."""
    root = _root(model.source)
    facts = dict(_facts(root))
    drawn = _from_interchange(root, facts)
    return drawn if drawn.shapes else arrange(model)


def _root(source: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
    return etree.fromstring(source, parser)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the drawing has to know of an element besides its place."""

    kind: str
    name: str
    marker: str
    attributes: Mapping[str, str]


def _facts(root: etree._Element) -> Iterator[tuple[str, _Facts]]:
    for element in root.iter(etree.Element):
        element_id = element.get("id")
        if element_id:
            yield (
                element_id,
                _Facts(_local(element), _name(element), _marker(element), {str(k): str(v) for k, v in element.items()}),
            )


def _name(element: etree._Element) -> str:
    if _local(element) == "textAnnotation":
        return " ".join(str(t) for t in element.itertext()).strip()
    return element.get("name", "")


def _marker(element: etree._Element) -> str:
    """The kinds of its event definitions, or its loop marker."""
    found = []
    for child in element.iterchildren(etree.Element):
        local = _local(child)
        if local.endswith(_EVENT_DEFINITION):
            found.append(local.removesuffix(_EVENT_DEFINITION))
        elif local == "multiInstanceLoopCharacteristics":
            found.append("sequential" if child.get("isSequential") == "true" else "parallel")
        elif local == "standardLoopCharacteristics":
            found.append("loop")
    return found[0] if len(found) == 1 else "multiple" if found else ""


def _from_interchange(root: etree._Element, facts: Mapping[str, _Facts]) -> Layout:
    shapes: list[Shape] = []
    edges: list[Edge] = []
    for element in root.iter("{*}BPMNShape", "{*}BPMNEdge"):
        fact = facts.get(element.get("bpmnElement", "").split(":")[-1])
        if fact is None:
            continue
        if _local(element) == "BPMNShape":
            shapes.extend(_shape(element, fact))
        else:
            edges.extend(_edge(element, fact))
    order = {"participant": 0, "lane": 1, "subProcess": 2, "transaction": 2, "adHocSubProcess": 2, "boundaryEvent": 4}
    shapes.sort(key=lambda s: order.get(s.kind, 3))
    return Layout(tuple(shapes), tuple(edges)).moved_to_origin()


def _shape(element: etree._Element, fact: _Facts) -> Iterator[Shape]:
    bounds = element.find("{*}Bounds")
    if bounds is None:
        return
    x, y, width, height = (_number(bounds.get(k)) for k in ("x", "y", "width", "height"))
    is_expanded = element.get("isExpanded", "true" if fact.kind in ("participant", "lane") else "false") == "true"
    yield Shape(
        element_id=element.get("bpmnElement", "").split(":")[-1],
        kind=fact.kind,
        name=fact.name,
        marker=fact.marker,
        x=x,
        y=y,
        width=width,
        height=height,
        is_expanded=is_expanded or fact.kind in _FLAT,
        is_horizontal=element.get("isHorizontal", "true") == "true",
        is_interrupting=fact.attributes.get("cancelActivity", fact.attributes.get("isInterrupting", "true")) != "false",
    )


def _edge(element: etree._Element, fact: _Facts) -> Iterator[Edge]:
    points = tuple((_number(p.get("x")), _number(p.get("y"))) for p in element.iter("{*}waypoint"))
    if len(points) >= 2:
        yield Edge(element.get("bpmnElement", "").split(":")[-1], fact.kind, fact.name, points)


def _number(text: str | None) -> float:
    try:
        value = float(text or 0)
    except ValueError:
        return 0.0
    return value if abs(value) < 1e6 else 0.0


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
