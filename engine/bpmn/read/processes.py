"""Processes with their lanes, and the collaboration around them: pools and message flows."""

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.model import Lane, MessageFlow, Participant, Process
from engine.bpmn.read.correlation import subscriptions
from engine.bpmn.read.extensions import extensions, properties
from engine.bpmn.read.names import BPMN, ZEEBE, bare, camunda, child_text, children, extension, flag, text_of
from engine.bpmn.read.reading import Reading
from engine.bpmn.read.scopes import read_scope


def read_process(reading: Reading, element: etree._Element) -> Process:
    """One process of the file."""
    tag = extension(element, ZEEBE, "versionTag")
    return Process(
        id=reading.id_of(element),
        name=element.get("name", ""),
        executable=flag(element, "isExecutable", False) if element.get("isExecutable") else None,
        scope=read_scope(reading, element),
        lanes=tuple(_lanes(reading, element)),
        documentation=child_text(element, "documentation") or "",
        version_tag=camunda(element, "versionTag") or (tag.get("value") if tag is not None else None),
        properties=properties(element),
        extensions=extensions(element),
        subscriptions=subscriptions(reading, element),
    )


def _lanes(reading: Reading, process: etree._Element) -> Iterator[Lane]:
    for lane in process.iter(f"{{{BPMN}}}lane"):
        above = [each.get("name") or each.get("id") or "" for each in lane.iterancestors(f"{{{BPMN}}}lane")]
        name = " / ".join([*reversed(above), lane.get("name") or lane.get("id") or ""])
        nodes = tuple(bare(text_of(each)) or "" for each in children(lane, "flowNodeRef"))
        yield Lane(reading.id_of(lane), name, nodes)


def read_participants(reading: Reading) -> tuple[Participant, ...]:
    """The pools of all collaborations."""
    return tuple(
        Participant(reading.id_of(each), each.get("name", ""), bare(each.get("processRef")))
        for each in reading.root.iter(f"{{{BPMN}}}participant")
    )


def read_message_flows(reading: Reading) -> tuple[MessageFlow, ...]:
    """The message flows of all collaborations."""
    return tuple(
        MessageFlow(
            reading.id_of(each),
            bare(each.get("sourceRef")) or "",
            bare(each.get("targetRef")) or "",
            each.get("name", ""),
            reading.definition(each.get("messageRef")),
        )
        for each in reading.root.iter(f"{{{BPMN}}}messageFlow")
    )
