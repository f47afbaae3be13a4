"""Rules of collaborations (BPMN 2.0.2, 9.2 to 9.4): message flows, pools and their multiplicity, choreographies."""

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.read.names import BPMN, EVENTS, GATEWAYS, bare, child, children, local
from engine.bpmn.rules.document import Document, shown, warning
from engine.errors import Finding

_ARTIFACTS = ("association", "group", "textAnnotation")


def message_flow_ends(document: Document) -> Iterator[Finding]:
    """A message flow joins pools, activities and message events; never artifacts, gateways, or the wrong end of an event."""
    for flow in document.every("messageFlow"):
        for end in ("sourceRef", "targetRef"):
            node = document.named(flow.get(end))
            problem = _end_problem(document, flow, node, end)
            if problem is not None:
                yield warning(
                    flow,
                    "bpmn.message-flow.end",
                    f"Message flow {shown(flow)} {problem[0]}.",
                    f"消息流 {shown(flow)} {problem[1]}。",
                )


def _end_problem(document: Document, flow: etree._Element, node: etree._Element | None, end: str) -> tuple[str, str] | None:
    is_source = end == "sourceRef"
    reference = bare(flow.get(end))
    if node is None:
        return (f"joins {reference}, which does not exist", f"连接的 {reference} 不存在")
    name = local(node)
    if name in _ARTIFACTS or name in GATEWAYS:
        return (f"joins {reference}, a {name}", f"不能连接 {reference}（{name}）")
    if is_source and name in ("startEvent", "boundaryEvent", "intermediateCatchEvent"):
        return (f"comes from {reference}, which only receives", f"的起点 {reference} 只能接收")
    if not is_source and name in ("endEvent", "intermediateThrowEvent"):
        return (f"goes to {reference}, which only sends", f"的终点 {reference} 只能发送")
    if name in EVENTS and "message" not in document.kinds(node):
        return (f"joins {reference}, an event without a message", f"连接的事件 {reference} 没有消息定义")
    return None


def message_flow_leaves_its_pool(document: Document) -> Iterator[Finding]:
    """A message flow goes from one pool to another."""
    pools = {bare(each.get("processRef")): each.get("id") for each in document.every("participant") if each.get("processRef")}
    for flow in document.every("messageFlow"):
        ends = [_pool(document, flow.get(end), pools) for end in ("sourceRef", "targetRef")]
        if None not in ends and ends[0] == ends[1]:
            yield warning(
                flow,
                "bpmn.message-flow.pool",
                f"Message flow {shown(flow)} stays within one pool; use a sequence flow.",
                f"消息流 {shown(flow)} 在同一泳池内，请改用顺序流。",
            )


def _pool(document: Document, reference: str | None, pools: dict[str | None, str | None]) -> str | None:
    node = document.named(reference)
    if node is None:
        return None
    if local(node) == "participant":
        return node.get("id")
    process = next(node.iterancestors(f"{{{BPMN}}}process"), None)
    return pools.get(process.get("id")) if process is not None else None


def multiplicity(document: Document) -> Iterator[Finding]:
    """The multiplicity of a pool is 0 or more at least, and at most no less than that and than 1."""
    for element in document.every("participantMultiplicity"):
        least, most = _whole(element.get("minimum"), 0), _whole(element.get("maximum"), 1)
        if least is None or most is None or least < 0 or most < 1 or most < least:
            yield warning(
                element,
                "bpmn.pool.multiplicity",
                "The multiplicity of a pool needs 0 ≤ minimum ≤ maximum and maximum ≥ 1.",
                "泳池的重数应满足 0 ≤ 最小值 ≤ 最大值且最大值 ≥ 1。",
            )


def _whole(text: str | None, default: int) -> int | None:
    try:
        return default if text is None else int(text)
    except ValueError:
        return None


def no_choreography_reference(document: Document) -> Iterator[Finding]:
    """A choreography or global conversation refers to no choreography."""
    for element in document.every("choreography", "globalConversation"):
        if child(element, "choreographyRef") is not None:
            yield warning(
                element,
                "bpmn.choreography.ref",
                f"{shown(element)} may not refer to a choreography.",
                f"{shown(element)} 不能引用编排图。",
            )


def one_pool_per_process(document: Document) -> Iterator[Finding]:
    """The process of a pool exists."""
    for element in document.every("participant"):
        reference = bare(element.get("processRef"))
        found = document.named(reference)
        if reference and (found is None or local(found) != "process"):
            yield warning(
                element,
                "bpmn.pool.process",
                f"The pool {shown(element)} names the process {reference}, which is not in the file.",
                f"泳池 {shown(element)} 引用的流程 {reference} 不在文件中。",
            )


def services_are_bound(document: Document) -> Iterator[Finding]:
    """A process or global task that offers an interface says how its data meet the operations."""
    for element in document.every(
        "process", "globalTask", "globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask"
    ):
        if next(children(element, "supportedInterfaceRef"), None) is not None and child(element, "ioBinding") is None:
            yield warning(
                element,
                "bpmn.interface.unbound",
                f"{shown(element)} offers an interface but has no ioBinding.",
                f"{shown(element)} 声明了接口但没有 ioBinding。",
            )


RULES = (
    message_flow_ends,
    message_flow_leaves_its_pool,
    multiplicity,
    no_choreography_reference,
    one_pool_per_process,
    services_are_bound,
)
