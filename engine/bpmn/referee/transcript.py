"""A model written out for the second engine: the same diagram with ids it cannot confuse, and numbers where expressions stand.

Ids such as `Start` and `End` clash with its internals, it wants a drawing, and it would evaluate expressions as Python: so every
element is called n0, n1, …, every condition is a number, and what rests becomes a task that is completed from outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from engine.bpmn.model import Expression, Node, Process, Scope
from engine.bpmn.read.names import BPMN, BPMNDI

JOINS = frozenset(("parallelGateway", "inclusiveGateway"))
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_NAMES: Mapping[str, str] = {None: BPMN, "bpmndi": BPMNDI, "dc": _DC}  # type: ignore[dict-item]  # the stubs know no default
_RESTS = frozenset(("userTask", "serviceTask", "receiveTask", "intermediateCatchEvent", "callActivity"))
_COMPUTES = frozenset(("scriptTask", "businessRuleTask", "task", "manualTask", "sendTask", "intermediateThrowEvent"))
"""What passes at once; its script is its own id, and does nothing where the model has none. (It would wait at a plain task.)"""


@dataclass(slots=True)
class Transcript:
    """root: the XML. nodes: the model's nodes by the new id. conditions: expressions by number. ids: new ids by old ones.

    joins: gateways, by their old ids, that wait for several tokens."""

    root: etree._Element
    nodes: dict[str, Node] = field(default_factory=dict)
    conditions: list[Expression] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    joins: set[str] = field(default_factory=set)

    def new_id(self, old: str) -> str:
        """The new id of an element or flow."""
        return self.ids.setdefault(old, f"n{len(self.ids)}")


def transcribe(process: Process) -> Transcript:
    """The transcript of a process that the second engine may be asked about."""
    root = etree.Element(f"{{{BPMN}}}definitions", nsmap=_NAMES, targetNamespace="referee")
    transcript = Transcript(root)
    holder = etree.SubElement(root, f"{{{BPMN}}}process", id="referee", isExecutable="true")
    _write(transcript, holder, process.scope)
    _draw(transcript)
    return transcript


def _write(transcript: Transcript, holder: etree._Element, scope: Scope) -> None:
    for node in scope.nodes:
        new = transcript.new_id(node.id)
        transcript.nodes[new] = node
        element = etree.SubElement(holder, f"{{{BPMN}}}{_type(node)}", id=new, name=new)
        if node.default_flow is not None:
            element.set("default", transcript.new_id(node.default_flow))
        for flow in scope.flows:
            if flow.target == node.id:
                etree.SubElement(element, f"{{{BPMN}}}incoming").text = transcript.new_id(flow.id)
        if node.type in JOINS and sum(flow.target == node.id for flow in scope.flows) > 1:
            transcript.joins.add(node.id)
        for flow in scope.flows:
            if flow.source == node.id:
                etree.SubElement(element, f"{{{BPMN}}}outgoing").text = transcript.new_id(flow.id)
        if _type(node) == "scriptTask":
            etree.SubElement(element, f"{{{BPMN}}}script").text = new
        if node.scope is not None:
            _write(transcript, element, node.scope)
    for flow in scope.flows:
        ends = {"sourceRef": transcript.new_id(flow.source), "targetRef": transcript.new_id(flow.target)}
        element = etree.SubElement(holder, f"{{{BPMN}}}sequenceFlow", {"id": transcript.new_id(flow.id), **ends})
        if flow.condition is not None:
            transcript.conditions.append(flow.condition)
            etree.SubElement(element, f"{{{BPMN}}}conditionExpression").text = str(len(transcript.conditions) - 1)


def _type(node: Node) -> str:
    if node.type in _COMPUTES or (node.type == "serviceTask" and node.script is not None):
        return "scriptTask"
    if node.type in _RESTS:
        return "userTask"
    return node.type


def _draw(transcript: Transcript) -> None:
    plane = etree.SubElement(
        etree.SubElement(transcript.root, f"{{{BPMNDI}}}BPMNDiagram"), f"{{{BPMNDI}}}BPMNPlane", bpmnElement="referee"
    )
    for number, new in enumerate(transcript.nodes):
        shape = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", bpmnElement=new)
        etree.SubElement(shape, f"{{{_DC}}}Bounds", x=str(number * 100), y="0", width="50", height="50")
