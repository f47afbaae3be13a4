"""The XML schema of BPMN 2.0 (BPMN 2.0.2, annex B): names, types and order of elements and attributes."""

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.read.names import BPMN
from engine.bpmn.referee.schema import violations
from engine.bpmn.rules.document import Document, pointer
from engine.errors import Finding, Severity

_MAX_SHOWN = 20
_FATAL = frozenset(("SCHEMAV_CVC_DATATYPE_VALID_1_2_1", "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2"))
"""Values of a wrong type and attributes that do not exist. The rest is order and completeness, which the reader does not need."""
_HARMLESS = ("attribute '{http://www.w3.org/2001/XMLSchema-instance}type'", "attribute 'implementation'")
"""A type named with a prefix that a rewriting tool dropped, and the technology of a task, also where the schema has no place for
it: the reader needs neither."""


def valid(document: Document) -> Iterator[Finding]:
    """The file is valid against the schema."""
    found = violations(document.root)[:_MAX_SHOWN]
    elements = document.root.iter(f"{{{BPMN}}}*") if found else ()
    by_line: dict[object, etree._Element] = {element.sourceline: element for element in elements}
    for line, kind, message in found:
        element = by_line.get(line)
        sentence = message.replace(f"{{{BPMN}}}", "")
        yield Finding(
            Severity.ERROR if _is_fatal(kind, message) else Severity.WARNING,
            "bpmn.schema",
            pointer(element) if element is not None else None,
            f"Line {line}: {sentence}",
            f"第 {line} 行不符合 BPMN 2.0 结构：{sentence}",
        )


def _is_fatal(kind: str, message: str) -> bool:
    return kind in _FATAL and not any(part in message for part in _HARMLESS)


RULES = (valid,)
