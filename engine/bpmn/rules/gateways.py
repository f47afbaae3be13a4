"""Rules of gateways (BPMN 2.0.2, 10.6): directions, and what an event gateway may wait for."""

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.read.names import GATEWAYS, children, local
from engine.bpmn.rules.document import Document, error, shown, warning
from engine.errors import Finding

_TRIGGERS = frozenset(("message", "signal", "timer", "conditional"))


def _counts(document: Document, node: etree._Element) -> tuple[int, int]:
    """How many flows go in and out, by the flows or by what the gateway lists, whichever says more."""
    into = max(len(document.incoming(node)), len(list(children(node, "incoming"))))
    out = max(len(document.outgoing(node)), len(list(children(node, "outgoing"))))
    return into, out


def directions(document: Document) -> Iterator[Finding]:
    """Declared directions agree with the number of flows."""
    for node in document.of_type(*GATEWAYS):
        into, out = _counts(document, node)
        wrong = {
            "Converging": into < 2 or out > 1,
            "Diverging": into > 1 or out < 2,
            "Mixed": into < 2 or out < 2,
        }.get(node.get("gatewayDirection", ""), False)
        if wrong:
            yield warning(
                node,
                "bpmn.gateway.direction",
                f"{shown(node)} says it is {node.get('gatewayDirection')}, but has {into} flows in and {out} out.",
                f"网关 {shown(node)} 声明为 {node.get('gatewayDirection')}，实际流入 {into} 条、流出 {out} 条。",
            )


def splits_or_joins(document: Document) -> Iterator[Finding]:
    """A gateway has several flows in or several out."""
    for node in document.of_type(*GATEWAYS):
        into, out = _counts(document, node)
        if into < 2 and out < 2 and local(node) != "eventBasedGateway":
            yield warning(
                node,
                "bpmn.gateway.idle",
                f"{shown(node)} neither splits nor joins ({into} in, {out} out); remove it or draw what is missing.",
                f"网关 {shown(node)} 既不分支也不汇合（流入 {into}，流出 {out}），请删除或补全连线。",
            )


def event_gateway_has_two_ways(document: Document) -> Iterator[Finding]:
    """An event gateway has two or more ways out."""
    for node in document.of_type("eventBasedGateway"):
        if _counts(document, node)[1] < 2:
            yield warning(
                node,
                "bpmn.gateway.event.ways",
                f"The event gateway {shown(node)} needs two or more ways out.",
                f"事件网关 {shown(node)} 至少需要两条流出。",
            )


def event_gateway_leads_to_events(document: Document) -> Iterator[Finding]:
    """Behind an event gateway stand receive tasks, or catching message, signal, timer and conditional events, without boundary
    events."""
    for node in document.of_type("eventBasedGateway"):
        targets = [document.named(flow.get("targetRef")) for flow in document.outgoing(node)]
        for target in targets:
            if target is not None and not _may_follow(document, target):
                make = error if "link" in document.kinds(target) else warning
                yield make(
                    target,
                    "bpmn.gateway.event.target",
                    f"{shown(target)} follows the event gateway {shown(node)}, but is no message, signal, timer or "
                    f"conditional event.",
                    f"{shown(target)} 位于事件网关 {shown(node)} 之后，但不是消息、信号、定时或条件事件。",
                )
        yield from _mixed(document, node, [each for each in targets if each is not None])


def _may_follow(document: Document, target: etree._Element) -> bool:
    if local(target) == "receiveTask":
        return True
    kinds = document.kinds(target)
    return local(target) == "intermediateCatchEvent" and bool(kinds) and set(kinds) <= _TRIGGERS


def _mixed(document: Document, node: etree._Element, targets: list[etree._Element]) -> Iterator[Finding]:
    has_tasks = any(local(each) == "receiveTask" for each in targets)
    has_messages = any("message" in document.kinds(each) for each in targets if local(each) == "intermediateCatchEvent")
    if has_tasks and has_messages:
        yield warning(
            node,
            "bpmn.gateway.event.mixed",
            f"Behind {shown(node)} use either receive tasks or message events, not both.",
            f"事件网关 {shown(node)} 之后，接收任务与消息事件不能混用。",
        )


def event_gateway_targets_are_its_own(document: Document) -> Iterator[Finding]:
    """What follows an event gateway has no other way in."""
    for node in document.of_type("eventBasedGateway"):
        for flow in document.outgoing(node):
            target = document.named(flow.get("targetRef"))
            if target is not None and len(document.incoming(target)) > 1:
                yield warning(
                    target,
                    "bpmn.gateway.event.shared",
                    f"{shown(target)} follows the event gateway {shown(node)} and may have no other way in.",
                    f"{shown(target)} 位于事件网关 {shown(node)} 之后，不能再有其他流入。",
                )


def instantiating_gateway_has_no_way_in(document: Document) -> Iterator[Finding]:
    """An event gateway that begins a process has no way in."""
    for node in document.of_type("eventBasedGateway"):
        if node.get("instantiate") == "true" and document.incoming(node):
            yield warning(
                node,
                "bpmn.gateway.event.instantiate",
                f"{shown(node)} begins the process, so nothing may flow into it.",
                f"{shown(node)} 用于启动流程，不能有流入。",
            )
        if node.get("eventGatewayType") == "Parallel" and node.get("instantiate") != "true":
            yield warning(
                node,
                "bpmn.gateway.event.parallel",
                f"{shown(node)} is parallel, which only an instantiating event gateway may be.",
                f"{shown(node)} 为并行类型，只有启动流程的事件网关才允许。",
            )


RULES = (
    directions,
    splits_or_joins,
    event_gateway_has_two_ways,
    event_gateway_leads_to_events,
    event_gateway_targets_are_its_own,
    instantiating_gateway_has_no_way_in,
)
