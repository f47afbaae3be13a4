"""Rules of expressions (BPMN 2.0.2, 8.4.7): a formal expression has a body, and an executable process has formal expressions."""

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.read.names import XSI, local, text_of
from engine.bpmn.rules.document import Document, note, pointer, shown, warning
from engine.errors import Finding

_PLACES = (
    "conditionExpression",
    "completionCondition",
    "loopCardinality",
    "loopCondition",
    "condition",
    "activationCondition",
    "timeDate",
    "timeDuration",
    "timeCycle",
    "from",
    "to",
)
_ALWAYS_FORMAL = ("transformation", "messagePath", "dataPath", "formalExpression")


def _is_formal(element: etree._Element) -> bool:
    return local(element) in _ALWAYS_FORMAL or (element.get(f"{{{XSI}}}type") or "").endswith("FormalExpression")


def bodies(document: Document) -> Iterator[Finding]:
    """An expression says something."""
    for element in document.every(*_PLACES, *_ALWAYS_FORMAL):
        if not text_of(element):
            yield warning(
                element,
                "bpmn.expression.empty",
                f"The {local(element)} of {pointer(element)} is empty.",
                f"{pointer(element)} 的 {local(element)} 为空。",
            )


def formal(document: Document) -> Iterator[Finding]:
    """In an executable process an expression is declared formal. It is read all the same."""
    for element in document.every(*_PLACES):
        if text_of(element) and not _is_formal(element) and document.is_executable(element):
            yield note(
                element,
                "bpmn.expression.informal",
                f"The {local(element)} of {pointer(element)} is declared as natural language; it is read as an expression.",
                f"{pointer(element)} 的 {local(element)} 声明为自然语言，将按表达式读取。",
            )


def timers_say_when(document: Document) -> Iterator[Finding]:
    """A timer has exactly one of date, duration and cycle, in a process that shall run."""
    for definition in document.every("timerEventDefinition"):
        given = [each for each in definition if local(each) in ("timeDate", "timeDuration", "timeCycle")]
        if len(given) != 1 and document.is_executable(definition):
            yield warning(
                definition,
                "bpmn.timer.kind",
                f"The timer {shown(definition)} needs exactly one of date, duration and cycle.",
                f"定时器 {shown(definition)} 必须且只能有日期、时长、周期之一。",
            )


RULES = (bodies, formal, timers_say_when)
