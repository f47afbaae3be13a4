"""The XML schema of BPMN 2.0 (BPMN 2.0.2, annex B): names, types and order of elements and attributes."""

from collections.abc import Iterator

from engine.bpmn.read.names import BPMN
from engine.bpmn.referee.schema import violations
from engine.bpmn.rules.document import Document, pointer
from engine.errors import Finding, Severity

_MAX_SHOWN = 20
_FATAL = frozenset(("SCHEMAV_CVC_DATATYPE_VALID_1_2_1", "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2"))
"""Values of a wrong type and attributes that do not exist. The rest is order and completeness, which the reader does not need."""


def valid(document: Document) -> Iterator[Finding]:
    """The file is valid against the schema."""
    found = violations(document.root)[:_MAX_SHOWN]
    by_line = {element.sourceline: element for element in document.root.iter(f"{{{BPMN}}}*")} if found else {}
    for line, kind, message in found:
        element = by_line.get(line)
        sentence = message.replace(f"{{{BPMN}}}", "")
        yield Finding(
            Severity.ERROR if kind in _FATAL else Severity.WARNING,
            "bpmn.schema",
            pointer(element) if element is not None else None,
            f"Line {line}: {sentence}",
            f"第 {line} 行不符合 BPMN 2.0 结构：{sentence}",
        )


RULES = (valid,)
