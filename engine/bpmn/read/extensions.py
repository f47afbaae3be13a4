"""Vendors' extension elements: kept as found, and their `properties` merged by name."""

from lxml import etree

from engine.bpmn.model import Extension
from engine.bpmn.read.names import CAMUNDA_LIKE, SPIFF, ZEEBE, child, extension_children


def extensions(element: etree._Element) -> tuple[Extension, ...]:
    """The children of `extensionElements` as they are. Bounded by the depth that the parser allows."""
    holder = child(element, "extensionElements")
    return () if holder is None else tuple(_kept(each) for each in holder.iterchildren(etree.Element))


def _kept(element: etree._Element) -> Extension:
    return Extension(
        tag=str(element.tag),
        attributes={str(k): str(v) for k, v in element.attrib.items()},
        text=(element.text or "").strip(),
        children=tuple(_kept(each) for each in element.iterchildren(etree.Element)),
    )


def properties(element: etree._Element) -> dict[str, str]:
    """Camunda's and Zeebe's properties, Zeebe's task headers and SpiffWorkflow's properties, in one mapping."""
    found: dict[str, str] = {}
    for holder in extension_children(element, (*CAMUNDA_LIKE, ZEEBE, SPIFF), "properties"):
        for each in holder.iterchildren(etree.Element):
            name = each.get("name") or each.get("key") or each.get("id")
            if name:
                found[name] = each.get("value") or (each.text or "").strip()
    for holder in extension_children(element, ZEEBE, "taskHeaders"):
        for each in holder.iterchildren(f"{{{ZEEBE}}}header"):
            found[each.get("key", "")] = each.get("value", "")
    return found
