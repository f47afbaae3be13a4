"""Rules of events (BPMN 2.0.2, 10.5, tables 10.84 to 10.93): which trigger may stand where, and which flows touch an event."""

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.bpmn.read.names import BPMN, SUB_PROCESSES, child, children, flag, local
from engine.bpmn.rules.document import Document, error, is_event_triggered, shown, warning
from engine.errors import Finding

_TOP_START = frozenset(("message", "timer", "conditional", "signal"))
_EVENT_START = frozenset(("message", "timer", "error", "escalation", "compensate", "conditional", "signal"))
_CATCH = frozenset(("message", "timer", "conditional", "link", "signal"))
_THROW = frozenset(("message", "escalation", "compensate", "link", "signal"))
_END = frozenset(("message", "error", "escalation", "cancel", "compensate", "signal", "terminate"))
_BOUNDARY = frozenset(("message", "timer", "error", "escalation", "cancel", "compensate", "conditional", "signal"))
_ALWAYS_INTERRUPTING = frozenset(("error", "cancel", "compensate"))


def start_triggers(document: Document) -> Iterator[Finding]:
    """The trigger of a start event fits the place it begins: process, sub-process or event sub-process."""
    for event in document.of_type("startEvent"):
        scope = event.getparent()
        kinds = set(document.kinds(event))
        if is_event_triggered(scope):
            yield from _event_sub_process_start(event, kinds)
        elif scope is not None and local(scope) in SUB_PROCESSES:
            if kinds:
                yield error(
                    event,
                    "bpmn.start.sub-process",
                    f"{shown(event)} begins an embedded sub-process, which the flow begins: it may have no trigger.",
                    f"{shown(event)} 位于嵌入式子流程中，由顺序流启动，不能带触发器。",
                )
        elif kinds - _TOP_START:
            yield warning(
                event,
                "bpmn.start.trigger",
                f"{shown(event)} begins a process by {_listed(kinds - _TOP_START)}, which is not possible.",
                f"流程的开始事件 {shown(event)} 不能使用触发器 {_listed(kinds - _TOP_START)}。",
            )


def _event_sub_process_start(event: etree._Element, kinds: set[str]) -> Iterator[Finding]:
    if not kinds or kinds - _EVENT_START:
        yield error(
            event,
            "bpmn.start.event-sub-process",
            f"{shown(event)} begins an event sub-process and needs a message, timer, error, escalation, compensation, "
            f"condition or signal.",
            f"{shown(event)} 用于启动事件子流程，须为消息、定时、错误、升级、补偿、条件或信号事件。",
        )
    if not flag(event, "isInterrupting", True) and kinds & {"error", "compensate"}:
        yield warning(
            event,
            "bpmn.start.interrupting",
            f"{shown(event)} reacts to an error or compensation, which always interrupts.",
            f"{shown(event)} 响应错误或补偿，必须是中断型。",
        )


def intermediate_triggers(document: Document) -> Iterator[Finding]:
    """Intermediate events catch or throw only what can be caught or thrown in the flow."""
    for event in document.of_type("intermediateCatchEvent"):
        kinds = set(document.kinds(event))
        if not kinds or kinds - _CATCH:
            yield warning(
                event,
                "bpmn.catch.trigger",
                f"{shown(event)} waits for {_listed(kinds - _CATCH) or 'nothing'}; a message, timer, condition, link "
                f"or signal is possible.",
                f"捕获事件 {shown(event)} 的触发器无效（{_listed(kinds - _CATCH) or '无'}），应为消息、定时、条件、链接或信号。",
            )
    for event in document.of_type("intermediateThrowEvent"):
        kinds = set(document.kinds(event)) - _THROW
        if kinds:
            yield warning(
                event,
                "bpmn.throw.trigger",
                f"{shown(event)} throws {_listed(kinds)}; a message, escalation, compensation, link or signal is possible.",
                f"抛出事件 {shown(event)} 不能抛出 {_listed(kinds)}，应为消息、升级、补偿、链接或信号。",
            )


def end_triggers(document: Document) -> Iterator[Finding]:
    """End events throw what can end a path; cancel only inside a transaction."""
    for event in document.of_type("endEvent"):
        kinds = set(document.kinds(event))
        if kinds - _END:
            yield warning(
                event,
                "bpmn.end.trigger",
                f"{shown(event)} ends with {_listed(kinds - _END)}, which is not possible.",
                f"结束事件 {shown(event)} 不能使用 {_listed(kinds - _END)}。",
            )
        if "cancel" in kinds and next(event.iterancestors(f"{{{BPMN}}}transaction"), None) is None:
            yield error(
                event,
                "bpmn.cancel.end",
                f"{shown(event)} cancels, but stands in no transaction.",
                f"{shown(event)} 为取消结束事件，但不在事务中。",
            )


def boundary_triggers(document: Document) -> Iterator[Finding]:
    """Boundary events have a trigger that can interrupt or accompany an activity; cancel only on transactions, once."""
    for event in document.of_type("boundaryEvent"):
        kinds = set(document.kinds(event))
        is_interrupting = flag(event, "cancelActivity", True)
        if not kinds or kinds - _BOUNDARY:
            yield warning(
                event,
                "bpmn.boundary.trigger",
                f"The boundary event {shown(event)} has no trigger, or one that cannot stand there: {_listed(kinds) or 'none'}.",
                f"边界事件 {shown(event)} 没有触发器或触发器不适用：{_listed(kinds) or '无'}。",
            )
        elif not is_interrupting and kinds & _ALWAYS_INTERRUPTING:
            yield warning(
                event,
                "bpmn.boundary.interrupting",
                f"The boundary event {shown(event)} reacts to {_listed(kinds)} and cannot be non-interrupting.",
                f"边界事件 {shown(event)} 响应 {_listed(kinds)}，不能是非中断型。",
            )


def boundary_hosts(document: Document) -> Iterator[Finding]:
    """A boundary event is attached to an activity of its scope; a cancel event to a transaction, and only one."""
    cancels: Counter[str] = Counter()
    for event in document.of_type("boundaryEvent"):
        host = document.named(event.get("attachedToRef"))
        if host is None:
            yield error(
                event,
                "bpmn.boundary.host",
                f"{shown(event)} is attached to {event.get('attachedToRef')}, which does not exist.",
                f"边界事件 {shown(event)} 附着的 {event.get('attachedToRef')} 不存在。",
            )
            continue
        if "cancel" in document.kinds(event):
            cancels[host.get("id", "")] += 1
            if local(host) != "transaction":
                yield error(
                    event,
                    "bpmn.cancel.host",
                    f"{shown(event)} catches a cancellation, but {shown(host)} is no transaction.",
                    f"{shown(event)} 捕获取消，但 {shown(host)} 不是事务。",
                )
            elif cancels[host.get("id", "")] > 1:
                yield error(
                    event,
                    "bpmn.cancel.twice",
                    f"The transaction {shown(host)} has a second cancel event, {shown(event)}.",
                    f"事务 {shown(host)} 有多个取消边界事件：{shown(event)}。",
                )


def flows_at_events(document: Document) -> Iterator[Finding]:
    """Nothing flows into a start or boundary event, nothing out of an end event; the others have both."""
    for event in document.of_type("startEvent", "boundaryEvent"):
        if document.incoming(event) or child(event, "incoming") is not None:
            yield warning(
                event, "bpmn.event.incoming", f"Nothing may flow into {shown(event)}.", f"{shown(event)} 不能有流入的顺序流。"
            )
    for event in document.of_type("endEvent"):
        if document.outgoing(event) or child(event, "outgoing") is not None:
            yield warning(
                event, "bpmn.event.outgoing", f"Nothing may flow out of {shown(event)}.", f"{shown(event)} 不能有流出的顺序流。"
            )
        if not document.incoming(event):
            yield warning(
                event,
                "bpmn.event.unreached",
                f"Nothing flows into the end {shown(event)}.",
                f"结束事件 {shown(event)} 没有流入。",
            )
    for event in document.of_type("startEvent"):
        if not document.outgoing(event):
            yield warning(
                event,
                "bpmn.event.dead-end",
                f"Nothing flows out of the start {shown(event)}.",
                f"开始事件 {shown(event)} 没有流出。",
            )


def intermediate_events_lead_on(document: Document) -> Iterator[Finding]:
    """Intermediate and boundary events have a way out, and intermediate ones a way in; links and compensation are their own."""
    for event in document.of_type("intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"):
        kinds = document.kinds(event)
        is_throwing_link = local(event) == "intermediateThrowEvent" and "link" in kinds
        if "compensate" in kinds and local(event) == "boundaryEvent":
            if document.outgoing(event):
                yield warning(
                    event,
                    "bpmn.compensation.flow",
                    f"The compensation event {shown(event)} is joined to its handler by an association, never by a flow.",
                    f"补偿边界事件 {shown(event)} 应以关联连接补偿活动，不能有顺序流。",
                )
        elif not document.outgoing(event) and not is_throwing_link:
            yield warning(
                event, "bpmn.event.dead-end", f"Nothing flows out of {shown(event)}.", f"{shown(event)} 没有流出的顺序流。"
            )
        is_caught_link = local(event) == "intermediateCatchEvent" and "link" in kinds
        if local(event) != "boundaryEvent" and not document.incoming(event) and not is_caught_link and _needs_way_in(event):
            yield warning(
                event, "bpmn.event.unreached", f"Nothing flows into {shown(event)}.", f"{shown(event)} 没有流入的顺序流。"
            )


def _needs_way_in(event: etree._Element) -> bool:
    """Only where the scope begins with a start event; without one, everything without a way in begins."""
    scope = event.getparent()
    return scope is not None and next(children(scope, "startEvent"), None) is not None


def _listed(kinds: set[str]) -> str:
    return ", ".join(sorted(kinds))


RULES = (
    start_triggers,
    intermediate_triggers,
    end_triggers,
    boundary_triggers,
    boundary_hosts,
    flows_at_events,
    intermediate_events_lead_on,
)
