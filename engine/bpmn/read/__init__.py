"""The reader: BPMN XML in, model out.

Whatever is well-formed BPMN is read, also what cannot run: what is broken or foreign becomes located findings, and nothing is
lost, because the model keeps the bytes it came from."""

from engine.bpmn.model import Model
from engine.bpmn.read.conversations import read_conversations
from engine.bpmn.read.definitions import read_definitions
from engine.bpmn.read.globals import read_globals
from engine.bpmn.read.names import BPMNDI, children
from engine.bpmn.read.processes import read_message_flows, read_participants, read_process
from engine.bpmn.read.reading import open_reading
from engine.bpmn.read.xml import parse

__all__ = ["read"]


def read(source: bytes) -> Model:
    """The model of a BPMN file; raises Invalid when it is no well-formed, harmless BPMN XML."""
    root = parse(source)
    reading = open_reading(root)
    read_definitions(reading)
    has_diagram = root.find(f".//{{{BPMNDI}}}BPMNShape") is not None
    if not has_diagram:
        reading.note(
            "bpmn.diagram.missing",
            None,
            "The file has no drawing, so one is laid out for it.",
            "文件没有图形信息，系统将自动排版。",
        )
    read_conversations(reading)
    processes = (*(read_process(reading, each) for each in children(root, "process")), *read_globals(reading))
    return Model(
        source=source,
        processes=processes,
        participants=read_participants(reading),
        message_flows=read_message_flows(reading),
        definitions=reading.definitions,
        expression_language=reading.language,
        has_diagram=has_diagram,
        findings=tuple(reading.findings),
    )
