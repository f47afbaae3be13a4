"""The BPMN 2.0 schemas that SpiffWorkflow bundles, loaded once and never from the network."""

from functools import lru_cache
from importlib import resources

from lxml import etree


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    folder = resources.files("SpiffWorkflow") / "bpmn" / "parser" / "schema" / "BPMN20.xsd"
    with resources.as_file(folder) as path:
        return etree.XMLSchema(etree.parse(str(path), etree.XMLParser(no_network=True, resolve_entities=False)))


def violations(root: etree._Element) -> list[tuple[int, str, str]]:
    """Line, kind and sentence of each violation; the kind is libxml2's name of the broken constraint."""
    schema = _schema()
    if schema.validate(root):
        return []
    return [(entry.line, entry.type_name, entry.message) for entry in schema.error_log]  # type: ignore[attr-defined]  # not in the stubs
