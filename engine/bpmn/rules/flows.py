"""Rules of sequence flows (BPMN 2.0.2, 8.4.13 and tables 7.3, 8.5): what they join, and who knows of them."""

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.read.names import BPMN, FLOW_NODES, bare, child, children, flag, local, text_of
from engine.bpmn.rules.document import Document, error, is_event_triggered, shown, warning
from engine.errors import Finding

_ARTIFACTS = ("association", "group", "textAnnotation")


def ends_exist(document: Document) -> Iterator[Finding]:
    """Both ends of a sequence flow are flow nodes of the file."""
    for flow in document.flows:
        for end, en, zh in (("sourceRef", "begins", "起点"), ("targetRef", "ends", "终点")):
            reference = bare(flow.get(end))
            node = document.named(reference)
            if reference is None:
                yield warning(flow, "bpmn.flow.open", f"Flow {shown(flow)} {en} nowhere.", f"顺序流 {shown(flow)} 没有{zh}。")
            elif node is None:
                yield error(
                    flow,
                    "bpmn.flow.dangling",
                    f"Flow {shown(flow)} {en} at {reference}, which does not exist.",
                    f"顺序流 {shown(flow)} 的{zh} {reference} 不存在。",
                )
            elif local(node) not in FLOW_NODES:
                is_artifact = local(node) in _ARTIFACTS
                code = "bpmn.flow.artifact" if is_artifact else "bpmn.flow.no-node"
                yield warning(
                    flow,
                    code,
                    f"Flow {shown(flow)} {en} at {reference}, a {local(node)}; only activities, gateways and events "
                    f"may be joined.",
                    f"顺序流 {shown(flow)} 的{zh} {reference} 是 {local(node)}，只能连接活动、网关和事件。",
                )


def stays_in_its_scope(document: Document) -> Iterator[Finding]:
    """A sequence flow crosses neither the border of a pool nor that of a sub-process."""
    for flow in document.flows:
        source, target = document.named(flow.get("sourceRef")), document.named(flow.get("targetRef"))
        if source is not None and target is not None and source.getparent() is not target.getparent():
            yield warning(
                flow,
                "bpmn.flow.crosses",
                f"Flow {shown(flow)} crosses the border of a pool or sub-process; use a message or an event.",
                f"顺序流 {shown(flow)} 跨越了泳池或子流程边界，请改用消息或事件。",
            )


def known_at_both_ends(document: Document) -> Iterator[Finding]:
    """Where a file lists incoming and outgoing flows at its nodes, the lists agree with the flows. Files that list none are read
    as they are."""
    for process in document.every("process"):
        if process.find(f".//{{{BPMN}}}incoming") is None and process.find(f".//{{{BPMN}}}outgoing") is None:
            continue
        yield from _disagreements(document, process)


def _disagreements(document: Document, process: etree._Element) -> Iterator[Finding]:
    for flow in process.iter(f"{{{BPMN}}}sequenceFlow"):
        for end, listed in (("sourceRef", "outgoing"), ("targetRef", "incoming")):
            node = document.named(flow.get(end))
            if node is None or flow.get("id") is None or local(node) not in FLOW_NODES:
                continue
            if flow.get("id") not in {bare(text_of(each)) for each in children(node, listed)}:
                yield warning(
                    node,
                    "bpmn.flow.unlisted",
                    f"{shown(node)} does not list flow {shown(flow)} as {listed}.",
                    f"{shown(node)} 的 {listed} 未列出顺序流 {shown(flow)}。",
                )


def listed_flows_exist(document: Document) -> Iterator[Finding]:
    """What a node lists as incoming or outgoing is a flow that ends or begins there."""
    for node in document.nodes:
        for listed, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
            for each in children(node, listed):
                flow = document.named(text_of(each))
                if flow is None or bare(flow.get(end)) != node.get("id"):
                    yield warning(
                        node,
                        "bpmn.flow.listed",
                        f"{shown(node)} lists {text_of(each)} as {listed}, but no such flow is joined to it.",
                        f"{shown(node)} 的 {listed} 列出了 {text_of(each)}，但没有这样的顺序流。",
                    )


def immediate(document: Document) -> Iterator[Finding]:
    """In an executable process a flow is never `isImmediate="false"`."""
    for flow in document.flows:
        if not flag(flow, "isImmediate", True) and document.is_executable(flow):
            yield warning(
                flow,
                "bpmn.flow.immediate",
                f"Flow {shown(flow)} is not immediate, which an executable process may not have.",
                f"可执行流程中的顺序流 {shown(flow)} 不能设 isImmediate=false。",
            )


def no_flow_at_event_sub_process(document: Document) -> Iterator[Finding]:
    """Nothing flows into or out of an event sub-process."""
    for node in document.of_type("subProcess"):
        if not is_event_triggered(node):
            continue
        joined = [*document.incoming(node), *document.outgoing(node)]
        lists = child(node, "incoming") is not None or child(node, "outgoing") is not None
        if joined or lists:
            for each in [node, *joined]:
                yield error(
                    each,
                    "bpmn.flow.event-sub-process",
                    f"The event sub-process {shown(node)} is begun by its event; no flow may touch it.",
                    f"事件子流程 {shown(node)} 由事件触发，不能连接顺序流。",
                )


def default_leaves_its_node(document: Document) -> Iterator[Finding]:
    """A default flow begins at the node that names it."""
    for node in document.nodes:
        default = bare(node.get("default"))
        if default is None:
            continue
        flow = document.named(default)
        if flow is None or bare(flow.get("sourceRef")) != node.get("id"):
            yield warning(
                node,
                "bpmn.flow.default",
                f"{shown(node)} names {default} as its default, but that flow does not begin there.",
                f"{shown(node)} 的默认顺序流 {default} 并非由它发出。",
            )


def conditions_where_allowed(document: Document) -> Iterator[Finding]:
    """A condition stands on flows out of activities, exclusive, inclusive and complex gateways only; a lone one needs company."""
    for flow in document.flows:
        source = document.named(flow.get("sourceRef"))
        if source is None or child(flow, "conditionExpression") is None:
            continue
        if local(source) in ("parallelGateway", "eventBasedGateway", "startEvent", "intermediateCatchEvent", "boundaryEvent"):
            yield warning(
                flow,
                "bpmn.flow.condition",
                f"Flow {shown(flow)} has a condition, but {shown(source)} chooses no way.",
                f"顺序流 {shown(flow)} 带有条件，但 {shown(source)} 不作选择。",
            )


RULES = (
    ends_exist,
    stays_in_its_scope,
    known_at_both_ends,
    listed_flows_exist,
    immediate,
    no_flow_at_event_sub_process,
    default_leaves_its_node,
    conditions_where_allowed,
)
