"""Rules of references (BPMN 2.0.2, 8.4 and 10.5): messages, signals, errors, escalations and links that events name."""

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.bpmn.read.names import ACTIVITI, BPMN, FLOWABLE, bare, camunda, child, children, local, text_of
from engine.bpmn.rules.document import Document, error, note, pointer, shown, warning
from engine.errors import Finding

_REFS = {"message": "messageRef", "signal": "signalRef", "escalation": "escalationRef"}
_THROWERS = ("endEvent", "intermediateThrowEvent")
_WAITERS = ("intermediateCatchEvent", "boundaryEvent")
"""Where a signal without a name would be waited for until the end of days."""


def events_name_what_exists(document: Document) -> Iterator[Finding]:
    """A message, signal or escalation that an event names is defined in the file, and is one."""
    for event in document.of_type("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"):
        for definition in document.definitions(event):
            kind = local(definition).removesuffix("EventDefinition")
            reference = bare(definition.get(_REFS[kind])) if kind in _REFS else None
            if reference is None:
                continue
            found = document.named(reference)
            if found is None and kind == "escalation" and _writes_codes(document):
                continue
            if found is None or local(found) != kind:
                yield error(
                    event,
                    "bpmn.reference.undefined",
                    f"{shown(event)} names the {kind} {reference}, which is not defined.",
                    f"{shown(event)} 引用的 {kind} {reference} 未定义。",
                )


def _writes_codes(document: Document) -> bool:
    """Flowable and Activiti write the code itself as the reference; the reader takes it so and says it.

    Their files are known by their namespaces, or by defining no escalation at all, since tools drop unused namespaces."""
    if any(space in (FLOWABLE, ACTIVITI) for space in document.root.nsmap.values()):
        return True
    return next(document.every("escalation"), None) is None


def events_name_something(document: Document) -> Iterator[Finding]:
    """Signals are always named; a thrown escalation is, too. A message may be named later, a caught one may stand for all."""
    for event in document.of_type("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"):
        for definition in document.definitions(event):
            if local(definition) == "signalEventDefinition" and not definition.get("signalRef") and _runs(document, event):
                make = error if local(event) in _WAITERS else warning
                yield make(event, "bpmn.signal.ref", f"{shown(event)} names no signal.", f"{shown(event)} 没有指定信号。")
            if local(definition) == "escalationEventDefinition" and local(event) in _THROWERS and _runs(document, event):
                yield from _thrown_escalation(document, event, definition)


def _thrown_escalation(document: Document, event: etree._Element, definition: etree._Element) -> Iterator[Finding]:
    found = document.named(definition.get("escalationRef"))
    if not definition.get("escalationRef"):
        yield error(
            event,
            "bpmn.escalation.ref",
            f"{shown(event)} throws an escalation, but names none.",
            f"{shown(event)} 抛出升级但没有指定升级。",
        )
    elif found is not None and not found.get("escalationCode"):
        yield warning(
            event,
            "bpmn.escalation.code",
            f"{shown(event)} throws {shown(found)}, which has no code to be caught by.",
            f"{shown(event)} 抛出的升级 {shown(found)} 没有代码。",
        )


def _runs(document: Document, element: etree._Element) -> bool:
    return document.is_executable(element)


def definitions_are_complete(document: Document) -> Iterator[Finding]:
    """What others refer to has an id; a signal has a name."""
    for element in document.every("signal", "escalation", "message", "error"):
        if not element.get("id"):
            yield error(
                element,
                "bpmn.definition.id",
                f"A {local(element)} has no id, so nothing can refer to it.",
                f"一个 {local(element)} 没有 id，无法被引用。",
            )
        elif local(element) == "signal" and not element.get("name"):
            yield error(
                element, "bpmn.signal.name", f"The signal {shown(element)} has no name.", f"信号 {shown(element)} 没有名称。"
            )


def links_pair(document: Document) -> Iterator[Finding]:
    """Each link thrown is caught in one place of its scope, and each one caught is thrown. Ends pair by name or by reference."""
    thrown, caught = _links(document, "intermediateThrowEvent"), _links(document, "intermediateCatchEvent")
    for scope, event, definition in thrown:
        if not any(scope is place and _are_ends(definition, other) for place, _, other in caught):
            yield warning(event, "bpmn.link.target", f"The link {shown(event)} leads nowhere.", f"链接 {shown(event)} 没有目标。")
    for scope, event, definition in caught:
        if not any(scope is place and _are_ends(other, definition) for place, _, other in thrown):
            yield warning(
                event, "bpmn.link.source", f"Nothing leads to the link {shown(event)}.", f"链接 {shown(event)} 没有来源。"
            )
    seen: set[tuple[etree._Element | None, str]] = set()
    for scope, event, definition in caught:
        key = (scope, definition.get("name") or event.get("name") or "")
        if key in seen:
            yield error(
                event, "bpmn.link.twice", f"The link “{key[1]}” is caught in two places.", f"链接“{key[1]}”有多个捕获位置。"
            )
        seen.add(key)


_Link = tuple[etree._Element | None, etree._Element, etree._Element]


def _links(document: Document, name: str) -> list[_Link]:
    """Scope, event and definition of each link."""
    return [
        (event.getparent(), event, definition)
        for event in document.of_type(name)
        for definition in document.definitions(event)
        if local(definition) == "linkEventDefinition"
    ]


def _are_ends(thrown: etree._Element, caught: etree._Element) -> bool:
    """Whether two link definitions are the two ends of one link: each names the other where it names any, else by name."""
    targets = {bare(text_of(each)) for each in children(thrown, "target")}
    sources = {bare(text_of(each)) for each in children(caught, "source")}
    if targets or sources:
        return (not targets or caught.get("id") in targets) and (not sources or thrown.get("id") in sources)
    return _link_name(thrown) == _link_name(caught)


def _link_name(definition: etree._Element) -> str:
    event = definition.getparent()
    return definition.get("name") or (event.get("name") if event is not None else None) or ""


def definitions_are_not_shared(document: Document) -> Iterator[Finding]:
    """An event definition that stands in an event is used by no other event."""
    for event in document.nodes:
        for reference in children(event, "eventDefinitionRef"):
            found = document.named(text_of(reference))
            owner = found.getparent() if found is not None else None
            if owner is not None and local(owner) != "definitions":
                yield warning(
                    event,
                    "bpmn.definition.shared",
                    f"{shown(event)} uses a definition that stands in {shown(owner)}; put it at the top of the file.",
                    f"{shown(event)} 使用了 {shown(owner)} 内部的事件定义，应移到文件顶层。",
                )


def catches_are_unambiguous(document: Document) -> Iterator[Finding]:
    """Of several events that catch the same thing at the same place, it would be chance which one reacts."""
    seen: Counter[tuple[object, str, str | None]] = Counter()
    for event in document.of_type("boundaryEvent", "startEvent"):
        place = event.get("attachedToRef") or _start_place(event)
        for definition in document.definitions(event):
            kind = local(definition).removesuffix("EventDefinition")
            if place is None or kind not in ("escalation", "signal", "error", "compensate"):
                continue
            key = (place, kind, _caught(document, definition, kind))
            seen[key] += 1
            wide = (place, kind, None)
            if (
                seen[key] > 1
                or (kind == "escalation" and key != wide and seen[wide])
                or (key == wide and _others(seen, place, kind))
            ):
                yield warning(
                    event,
                    "bpmn.catch.ambiguous",
                    f"{shown(event)} catches what another event catches at the same place.",
                    f"{shown(event)} 与同一位置的其他事件捕获相同内容。",
                )


def _others(seen: Counter[tuple[object, str, str | None]], place: object, kind: str) -> bool:
    return kind == "escalation" and any(key[:2] == (place, kind) and key[2] is not None for key in seen)


def _start_place(event: etree._Element) -> object:
    scope = event.getparent()
    if scope is None or local(event) != "startEvent":
        return None
    is_nested = local(scope) == "subProcess" and scope.get("triggeredByEvent") == "true"
    outer = scope.getparent() if is_nested else scope
    return ("start", id(outer) if outer is None else outer.get("id"), is_nested)


def _caught(document: Document, definition: etree._Element, kind: str) -> str | None:
    if kind == "compensate":
        return None
    reference = bare(definition.get(f"{kind}Ref"))
    found = document.named(reference)
    if found is None:
        return reference
    return found.get("name") if kind == "signal" else found.get(f"{kind}Code")


def compensation_is_caught_once(document: Document) -> Iterator[Finding]:
    """A sub-process is undone by its compensation event sub-process or by a boundary event's handler, not by both."""
    hosts = {event.get("attachedToRef") for event in document.of_type("boundaryEvent") if "compensate" in document.kinds(event)}
    for event in document.of_type("startEvent"):
        inner = event.getparent()
        outer = inner.getparent() if inner is not None else None
        if outer is not None and "compensate" in document.kinds(event) and outer.get("id") in hosts:
            yield warning(
                outer,
                "bpmn.compensation.both",
                f"{shown(outer)} is compensated by a boundary event and by {shown(event)}; keep one.",
                f"{shown(outer)} 同时有补偿边界事件和补偿事件子流程 {shown(event)}，请保留一个。",
            )


def escalations_have_a_source(document: Document) -> Iterator[Finding]:
    """Escalations come out of sub-processes, call activities and human tasks."""
    for event in document.of_type("boundaryEvent"):
        host = document.named(event.get("attachedToRef"))
        allowed = ("subProcess", "transaction", "adHocSubProcess", "callActivity", "userTask")
        if host is not None and "escalation" in document.kinds(event) and local(host) not in allowed:
            yield warning(
                event,
                "bpmn.escalation.host",
                f"{shown(event)} waits for an escalation, but {shown(host)} can throw none.",
                f"{shown(event)} 等待升级，但 {shown(host)} 不会抛出升级。",
            )


def messages_have_operations(document: Document) -> Iterator[Finding]:
    """BPMN asks for an operation at every message of an executable process; here messages are correlated by name and key."""
    for definition in document.every("messageEventDefinition"):
        if (
            document.is_executable(definition)
            and child(definition, "operationRef") is None
            and camunda(definition, "type") is None
        ):
            yield note(
                definition,
                "bpmn.message.operation",
                f"The message event {pointer(definition)} names no operation; it is correlated by its name.",
                f"消息事件 {pointer(definition)} 没有指定操作，将按消息名关联。",
            )


def associations_lead_somewhere(document: Document) -> Iterator[Finding]:
    """Both ends of an association exist."""
    for element in document.root.iter(f"{{{BPMN}}}association"):
        for end in ("sourceRef", "targetRef"):
            if document.named(element.get(end)) is None:
                yield warning(
                    element,
                    "bpmn.association.dangling",
                    f"The association {shown(element)} names {element.get(end)}, which does not exist.",
                    f"关联 {shown(element)} 引用的 {element.get(end)} 不存在。",
                )


RULES = (
    events_name_what_exists,
    events_name_something,
    definitions_are_complete,
    links_pair,
    definitions_are_not_shared,
    catches_are_unambiguous,
    compensation_is_caught_once,
    escalations_have_a_source,
    messages_have_operations,
    associations_lead_somewhere,
)
