"""Habits of the Camunda family that it refuses itself: half mappings, impossible priorities, unusable names."""

import re
from collections.abc import Iterator

from lxml import etree

from engine.bpmn.read.names import CAMUNDA_LIKE, ZEEBE, camunda, child, children, extension, extension_children, local, text_of
from engine.bpmn.rules.document import Document, shown, warning
from engine.errors import Finding

_NUMBER = re.compile(r"-?\d{1,9}")
_DAYS = re.compile(r"\d{1,6}|P\d{1,6}D")


def mappings_are_whole(document: Document) -> Iterator[Finding]:
    """What is passed into or out of a call has a source and a target."""
    for node in document.of_type("callActivity"):
        for name in ("in", "out"):
            for element in extension_children(node, CAMUNDA_LIKE, name):
                if element.get("variables") or element.get("businessKey"):
                    continue
                if not (element.get("source") or element.get("sourceExpression")) or not element.get("target"):
                    yield warning(
                        node,
                        "camunda.call.mapping",
                        f"A variable passed {name} at {shown(node)} lacks its source or target.",
                        f"{shown(node)} 的 {name} 变量缺少来源或目标。",
                    )


def outputs_where_possible(document: Document) -> Iterator[Finding]:
    """Output parameters stand neither at end events nor at multi-instance activities."""
    for node in document.nodes:
        holder = extension(node, CAMUNDA_LIKE, "inputOutput")
        if holder is None or next(holder.iterchildren("{*}outputParameter"), None) is None:
            continue
        is_multiple = child(node, "multiInstanceLoopCharacteristics") is not None
        if local(node) == "endEvent" and not document.definitions(node):
            yield warning(
                node,
                "camunda.output.end",
                f"Nothing can read the output of {shown(node)}.",
                f"{shown(node)} 的输出参数无人读取。",
            )
        elif is_multiple:
            yield warning(
                node,
                "camunda.output.multiple",
                f"The output of {shown(node)} is written once for each of its instances; the last one wins.",
                f"多实例 {shown(node)} 的输出参数会被反复覆盖。",
            )


def priorities_are_numbers(document: Document) -> Iterator[Finding]:
    """A job priority is a whole number or an expression."""
    for element in (*document.every("process"), *document.nodes):
        for name in ("jobPriority", "taskPriority", "priority"):
            value = (camunda(element, name) or "0").strip()
            if "{" not in value and not value.startswith("=") and not _NUMBER.fullmatch(value):
                yield warning(
                    element,
                    "camunda.priority",
                    f"{name} of {shown(element)} is no number: {value[:40]}.",
                    f"{shown(element)} 的 {name} 不是数字：{value[:40]}。",
                )


def history_is_kept_forward(document: Document) -> Iterator[Finding]:
    """A time to live is a number of days."""
    for element in document.every("process"):
        value = (camunda(element, "historyTimeToLive") or "P1D").strip()
        if "{" not in value and not _DAYS.fullmatch(value):
            yield warning(
                element,
                "camunda.time-to-live",
                f"historyTimeToLive of {shown(element)} is no number of days.",
                f"{shown(element)} 的 historyTimeToLive 不是天数。",
            )


def continuations_are_possible(document: Document) -> Iterator[Finding]:
    """Nothing continues asynchronously after an event gateway; flows out of what does need ids there."""
    for node in document.nodes:
        if camunda(node, "asyncAfter") != "true":
            continue
        if local(node) == "eventBasedGateway":
            yield warning(
                node,
                "camunda.async.gateway",
                f"{shown(node)} already waits; asyncAfter has no effect.",
                f"{shown(node)} 本身会等待，asyncAfter 无效。",
            )
        for flow in document.outgoing(node):
            if not flow.get("id"):
                yield warning(
                    node, "camunda.async.flow", f"A flow out of {shown(node)} has no id.", f"{shown(node)} 的流出顺序流没有 id。"
                )


def results_have_a_source(document: Document) -> Iterator[Finding]:
    """A result variable belongs to an expression or a decision, not to a delegate class."""
    for node in document.of_type("serviceTask", "sendTask", "businessRuleTask"):
        named = camunda(node, "resultVariable") or camunda(node, "resultVariableName")
        if named and (camunda(node, "class") or camunda(node, "delegateExpression")):
            yield warning(
                node,
                "camunda.result",
                f"{shown(node)} computes nothing for {named}.",
                f"{shown(node)} 没有可写入 {named} 的结果。",
            )


def one_assignee(document: Document) -> Iterator[Finding]:
    """A task is assigned in one way."""
    for node in document.of_type("userTask"):
        performers = list(children(node, "humanPerformer"))
        if len(performers) + (camunda(node, "assignee") is not None) > 1:
            yield warning(node, "camunda.assignee", f"{shown(node)} is assigned twice.", f"{shown(node)} 重复指定办理人。")


def scripts_have_a_language(document: Document) -> Iterator[Finding]:
    """A script task has a script."""
    for node in document.of_type("scriptTask"):
        if not _script(node) and document.is_executable(node):
            yield warning(node, "bpmn.script.empty", f"{shown(node)} has no script.", f"{shown(node)} 没有脚本。")


def _script(node: etree._Element) -> bool:
    return (
        bool(text_of(child(node, "script")))
        or camunda(node, "resource") is not None
        or child(node, "extensionElements") is not None
    )


_LISTENERS = ("executionListener", "taskListener", "eventListener")


def listeners_are_not_run(document: Document) -> Iterator[Finding]:
    """Listeners are code of another engine: kept in the file, named here, never run."""
    for element in (*document.every("process"), *document.every("sequenceFlow"), *document.nodes):
        found = [each for name in _LISTENERS for each in extension_children(element, (*CAMUNDA_LIKE, ZEEBE), name)]
        if found:
            yield warning(
                element,
                "camunda.listener",
                f"{len(found)} listener(s) of {shown(element)} are not run here; draw what they do as a task or a mapping.",
                f"{shown(element)} 的 {len(found)} 个监听器在此不会执行；请将其改画为任务或输出映射。",
            )


RULES = (
    listeners_are_not_run,
    mappings_are_whole,
    outputs_where_possible,
    priorities_are_numbers,
    history_is_kept_forward,
    continuations_are_possible,
    results_have_a_source,
    one_assignee,
    scripts_have_a_language,
)
