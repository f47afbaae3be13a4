"""Made-up values: for each name that the conditions of a process look at, one that makes some of them true."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

from engine.bpmn.model import Process, Scope
from engine.feel import FeelSyntaxError, compile_expression

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_LITERAL = re.compile(r'"([^"]*)"|(\d+(?:\.\d+)?)')


def choices(process: Process, random: Random) -> dict[str, object]:
    """A value for each name: one that is compared with in the diagram, or a truth value, or nothing."""
    texts = list(_conditions(process.scope))
    literals: list[object] = [True, False, None]
    for text in texts:
        for match in _LITERAL.finditer(text):
            literals.append(match[1] if match[1] is not None else float(match[2]) if "." in match[2] else int(match[2]))
    names = sorted({name for text in texts for name in _names(text)})
    return {name: random.choice(literals) for name in names}


def _conditions(scope: Scope) -> Iterator[str]:
    for flow in scope.flows:
        if flow.condition is not None and flow.condition.text is not None:
            yield flow.condition.text
    for node in scope.nodes:
        if node.scope is not None:
            yield from _conditions(node.scope)


def _names(text: str) -> tuple[str, ...]:
    try:
        return compile_expression(text).names
    except FeelSyntaxError:
        return ()
