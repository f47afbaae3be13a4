"""Rules of processes and sub-processes (BPMN 2.0.2, 10.2.5, 10.4): how they begin and end, and what each kind may hold."""

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.read.names import ACTIVITIES, BPMN, FLOW_NODES, SUB_PROCESSES, bare, children, flag, local
from engine.bpmn.rules.document import Document, error, is_event_triggered, shown, warning
from engine.errors import Finding

_CHOREOGRAPHY = ("choreographyTask", "callChoreography", "subChoreography")


def _scopes(document: Document) -> Iterator[etree._Element]:
    return document.every("process", *sorted(SUB_PROCESSES))


def _of(scope: etree._Element, *names: str) -> list[etree._Element]:
    return list(children(scope, *names))


def starts_and_ends_together(document: Document) -> Iterator[Finding]:
    """A level that has a start event has an end event, and the other way round."""
    for scope in _scopes(document):
        starts, ends = _of(scope, "startEvent"), _of(scope, "endEvent")
        if starts and not ends:
            yield warning(
                scope,
                "bpmn.scope.no-end",
                f"{shown(scope)} has a start but no end event.",
                f"{shown(scope)} 有开始事件但没有结束事件。",
            )
        begins_otherwise = any(flag(node, "instantiate", False) for node in _of(scope, "receiveTask", "eventBasedGateway"))
        if ends and not starts and not begins_otherwise:
            yield warning(
                scope,
                "bpmn.scope.no-start",
                f"{shown(scope)} has an end but no start event.",
                f"{shown(scope)} 有结束事件但没有开始事件。",
            )


def nodes_lead_on(document: Document) -> Iterator[Finding]:
    """Where a level has start and end events, every other node has a way in and a way out."""
    for scope in _scopes(document):
        has_start, has_end = bool(_of(scope, "startEvent")), bool(_of(scope, "endEvent"))
        for node in _of(scope, *sorted(ACTIVITIES), "exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway"):
            if is_event_triggered(node) or flag(node, "isForCompensation", False):
                continue
            if has_end and not document.outgoing(node):
                yield warning(
                    node, "bpmn.node.dead-end", f"Nothing flows out of {shown(node)}.", f"{shown(node)} 没有流出的顺序流。"
                )
            if has_start and not document.incoming(node):
                yield warning(
                    node, "bpmn.node.unreached", f"Nothing flows into {shown(node)}.", f"{shown(node)} 没有流入的顺序流。"
                )


def event_sub_process_has_one_start(document: Document) -> Iterator[Finding]:
    """An event sub-process has exactly one start event."""
    for scope in document.of_type("subProcess"):
        if is_event_triggered(scope) and len(_of(scope, "startEvent")) != 1:
            yield warning(
                scope,
                "bpmn.event-sub-process.starts",
                f"The event sub-process {shown(scope)} needs exactly one start event.",
                f"事件子流程 {shown(scope)} 必须有且仅有一个开始事件。",
            )


def ad_hoc_holds_activities(document: Document) -> Iterator[Finding]:
    """An ad-hoc sub-process holds at least one activity, and no start or end event."""
    for scope in document.of_type("adHocSubProcess"):
        if not _of(scope, *sorted(ACTIVITIES)):
            yield warning(
                scope,
                "bpmn.ad-hoc.empty",
                f"The ad-hoc sub-process {shown(scope)} holds no activity.",
                f"任意次序子流程 {shown(scope)} 中没有活动。",
            )
        for event in _of(scope, "startEvent", "endEvent", *_CHOREOGRAPHY):
            yield warning(
                event,
                "bpmn.ad-hoc.event",
                f"{shown(event)} may not stand in the ad-hoc sub-process {shown(scope)}.",
                f"任意次序子流程 {shown(scope)} 中不能有 {shown(event)}。",
            )


def no_choreography_in_process(document: Document) -> Iterator[Finding]:
    """A process holds no choreography activities."""
    for element in document.every(*_CHOREOGRAPHY):
        if next(element.iterancestors(f"{{{BPMN}}}process"), None) is not None:
            yield warning(
                element,
                "bpmn.process.choreography",
                f"{shown(element)} belongs into a choreography, not into a process.",
                f"{shown(element)} 属于编排图，不能放在流程中。",
            )


def compensation_handlers_stand_apart(document: Document) -> Iterator[Finding]:
    """A compensation activity has no way in or out, and every compensation boundary event names one by an association."""
    targets = {bare(each.get("sourceRef")): document.named(each.get("targetRef")) for each in document.every("association")}
    for node in document.nodes:
        if flag(node, "isForCompensation", False) and (document.incoming(node) or document.outgoing(node)):
            yield warning(
                node,
                "bpmn.compensation.handler",
                f"{shown(node)} undoes another activity, so no flow may touch it.",
                f"补偿活动 {shown(node)} 不能连接顺序流。",
            )
    for event in document.of_type("boundaryEvent"):
        if "compensate" in document.kinds(event):
            handler = targets.get(event.get("id"))
            if handler is None or not flag(handler, "isForCompensation", False):
                yield warning(
                    event,
                    "bpmn.compensation.none",
                    f"The compensation event {shown(event)} is not associated with a compensation activity.",
                    f"补偿边界事件 {shown(event)} 没有关联补偿活动。",
                )


def compensation_is_named_in_scope(document: Document) -> Iterator[Finding]:
    """A compensation that names an activity names one of its own scope, or of the scope around its event sub-process."""
    for event in document.of_type("endEvent", "intermediateThrowEvent"):
        for definition in document.definitions(event):
            reference = bare(definition.get("activityRef"))
            if local(definition) == "compensateEventDefinition" and reference and not _is_in_scope(document, event, reference):
                yield error(
                    event,
                    "bpmn.compensation.ref",
                    f"{shown(event)} compensates {reference}, but there is no such activity in its scope.",
                    f"{shown(event)} 要补偿的 {reference} 不在其作用域内。",
                )


def _is_in_scope(document: Document, event: etree._Element, reference: str) -> bool:
    scope = event.getparent()
    places = {scope, scope.getparent() if is_event_triggered(scope) and scope is not None else scope}
    found = document.named(reference)
    return found is not None and found.getparent() in places


def receive_begins(document: Document) -> Iterator[Finding]:
    """A receive task that begins a process has no way in."""
    for node in document.of_type("receiveTask"):
        if flag(node, "instantiate", False) and document.incoming(node):
            yield warning(
                node,
                "bpmn.receive.instantiate",
                f"{shown(node)} begins the process, so nothing may flow into it.",
                f"{shown(node)} 用于启动流程，不能有流入。",
            )


def called_process_begins_by_itself(document: Document) -> Iterator[Finding]:
    """A process of this file that is called has a none start event."""
    for call in document.of_type("callActivity"):
        called = document.named(call.get("calledElement"))
        if called is None or local(called) != "process":
            continue
        starts = _of(called, "startEvent")
        if starts and all(document.kinds(start) or list(children(start, "eventDefinitionRef")) for start in starts):
            yield warning(
                call,
                "bpmn.call.start",
                f"{shown(call)} calls {shown(called)}, which has no start event without a trigger.",
                f"{shown(call)} 调用的 {shown(called)} 没有无触发器的开始事件。",
            )


def quantities(document: Document) -> Iterator[Finding]:
    """Token quantities are one or more."""
    for node in document.nodes:
        for name in ("startQuantity", "completionQuantity"):
            text = (node.get(name) or "1").strip()
            if not text.isdigit() or int(text) < 1:
                yield warning(
                    node, "bpmn.quantity", f"{name} of {shown(node)} is below 1.", f"{shown(node)} 的 {name} 不能小于 1。"
                )


def lanes_name_nodes(document: Document) -> Iterator[Finding]:
    """What a lane lists are nodes of its process."""
    for reference in document.every("flowNodeRef"):
        found = document.named(reference.text)
        if found is None or local(found) not in FLOW_NODES:
            yield warning(
                reference,
                "bpmn.lane.node",
                f"A lane lists {(reference.text or '').strip()}, which is no node of the process.",
                f"泳道列出的 {(reference.text or '').strip()} 不是流程节点。",
            )


RULES = (
    starts_and_ends_together,
    nodes_lead_on,
    event_sub_process_has_one_start,
    ad_hoc_holds_activities,
    no_choreography_in_process,
    compensation_handlers_stand_apart,
    compensation_is_named_in_scope,
    receive_begins,
    called_process_begins_by_itself,
    quantities,
    lanes_name_nodes,
)
