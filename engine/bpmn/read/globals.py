"""Global tasks: tasks at the root of a file that call activities may call; each is read as a process of one task."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Final

from lxml import etree

from engine.bpmn.model import Process, Scope
from engine.bpmn.read.names import BPMN, children, local
from engine.bpmn.read.nodes import read_node
from engine.bpmn.read.reading import Reading

KINDS: Final = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}


def read_globals(reading: Reading) -> Iterator[Process]:
    """A process for each global task, of the same id; a drawing only, where all processes of the file are."""
    drawn = [each.get("isExecutable") for each in children(reading.root, "process")]
    executable = False if drawn and all(value in ("false", "0") for value in drawn) else None
    for element in children(reading.root, *KINDS):
        inner = _as_task(element)
        reading.made_up.setdefault(inner, reading.id_of(element))
        node = read_node(reading, inner, None)
        yield Process(node.id, node.name, executable, Scope(nodes=(node,)))


def _as_task(element: etree._Element) -> etree._Element:
    """The same element as the flow node that it means, apart from the file."""
    copy = deepcopy(element)
    copy.tag = f"{{{BPMN}}}{KINDS[local(element)]}"
    return copy
