"""Event definitions of an event: written in place, or once at the root and referred to."""

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from engine.bpmn.model import Definition, EventDefinition, Expression
from engine.bpmn.read.definitions import dynamic_name
from engine.bpmn.read.extensions import extensions
from engine.bpmn.read.names import attributes, bare, camunda, child, child_text, children, flag, local, text_of
from engine.bpmn.read.reading import Reading

_SUFFIX = "EventDefinition"
_REFS = {"message": "messageRef", "signal": "signalRef", "error": "errorRef", "escalation": "escalationRef"}
_TIMERS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


def read_events(reading: Reading, event: etree._Element, owner: str) -> tuple[EventDefinition, ...]:
    """The definitions of an event, in file order, those it refers to last."""
    inline = [each for each in children(event) if local(each).endswith(_SUFFIX)]
    return tuple(_definition(reading, each, event, owner) for each in (*inline, *_referred(reading, event, owner)))


def root_event(reading: Reading, reference: str | None, owner: str) -> EventDefinition | None:
    """The root event definition behind a reference."""
    found = reading.event_definitions.get(bare(reference) or "")
    return None if found is None else _definition(reading, found, found, owner)


def _referred(reading: Reading, event: etree._Element, owner: str) -> Iterator[etree._Element]:
    for reference in children(event, "eventDefinitionRef"):
        found = reading.event_definitions.get(bare(text_of(reference)) or "")
        if found is not None:
            yield found
        else:
            reading.warn(
                "bpmn.reference.missing",
                owner,
                f"{owner} refers to the event definition {text_of(reference)}, which is not in the file.",
                f"{owner} 引用的事件定义 {text_of(reference)} 不存在。",
            )


def _definition(reading: Reading, element: etree._Element, event: etree._Element, owner: str) -> EventDefinition:
    kind = local(element).removesuffix(_SUFFIX)
    reference = bare(element.get(_REFS.get(kind, "id"))) if kind in _REFS else None
    timer_kind, expression = _expression(reading, element, kind, owner)
    target = _target(reading, element, kind, reference, owner)
    return EventDefinition(
        kind=kind,
        id=element.get("id"),
        ref=reference,
        target=target,
        name=_link_name(reading, element, event) if kind == "link" else element.get("name", ""),
        timer_kind=timer_kind,
        expression=expression,
        activity_ref=bare(element.get("activityRef")),
        wait_for_completion=flag(element, "waitForCompletion", True),
        attributes=attributes(element),
        extensions=extensions(element),
    )


def _link_name(reading: Reading, element: etree._Element, event: etree._Element) -> str:
    """The name that both ends share; a thrown link that names its target by reference takes the target's."""
    target = reading.ids.get(bare(child_text(element, "target")) or "")
    named = element if target is None else target
    return named.get("name") or event.get("name") or ""


def _target(reading: Reading, element: etree._Element, kind: str, reference: str | None, owner: str) -> Definition | None:
    computed = camunda(element, f"{kind}Expression")
    if computed and kind in ("message", "signal"):
        known = reading.definition(reference) or Definition(id="", type=kind)
        return replace(known, name=dynamic_name(reading, computed if "{" in computed else f"${{{computed}}}", owner))
    if kind == "message" and reference is None:
        return reading.conversations.get(owner)
    if reference is None or kind not in _REFS:
        return None
    found = reading.definition(reference)
    if found is None and kind in ("error", "escalation"):
        reading.note(
            "bpmn.error.code",
            owner,
            f"No {kind} {reference} is defined, so {reference} is read as its code.",
            f"未定义 {reference}，按代码处理。",
        )
        return Definition(id=reference, type=kind, code=reference)
    return found


def _expression(reading: Reading, element: etree._Element, kind: str, owner: str) -> tuple[str | None, Expression | None]:
    """The timer kind and the expression of a timer or conditional event."""
    if kind == "conditional":
        return None, reading.element_formula(child(element, "condition"), owner)
    if kind == "timer":
        for name, timer_kind in _TIMERS.items():
            found = child(element, name)
            if found is not None:
                return timer_kind, reading.literal(text_of(found), owner, found.get("language", ""))
    return None, None
