"""Message flows between pools: a message that only the flow names belongs to both of its ends.

BPMN lets an event or task leave its message out; what joins sender and receiver is then the flow that is drawn."""

from lxml import etree

from engine.bpmn.model import Definition
from engine.bpmn.read.names import BPMN, FLOW_NODES, bare, child, local
from engine.bpmn.read.reading import Reading


def read_conversations(reading: Reading) -> None:
    """Gives each end of a message flow that has no message of its own the one of the flow, or of its other end."""
    for flow in reading.root.iter(f"{{{BPMN}}}messageFlow"):
        ends = [reading.ids.get(bare(flow.get(end)) or "") for end in ("sourceRef", "targetRef")]
        nodes = [end for end in ends if end is not None and local(end) in FLOW_NODES]
        if len(nodes) < 2:
            continue
        own = [_own(reading, node) for node in nodes]
        named = reading.definition(flow.get("messageRef")) or own[0] or own[1] or _made_up(reading, flow)
        for node, message in zip(nodes, own, strict=True):
            if message is None:
                reading.conversations.setdefault(node.get("id", ""), named)


def _own(reading: Reading, node: etree._Element) -> Definition | None:
    """The message that a node names itself, in place or by a definition of the root."""
    holder = child(node, "messageEventDefinition")
    return reading.definition((node if holder is None else holder).get("messageRef"))


def _made_up(reading: Reading, flow: etree._Element) -> Definition:
    return Definition(id=reading.id_of(flow), type="message", name=flow.get("name") or reading.id_of(flow))
