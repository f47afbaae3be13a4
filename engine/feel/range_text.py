"""Ranges from texts: `[1..10)`, `(@"2026-01-01"..@"2026-12-31"]`, with ends that are written out."""

import re

from engine.feel import order
from engine.feel.compiler import Compiler
from engine.feel.errors import FeelSyntaxError
from engine.feel.parser import parse_expression
from engine.feel.tree import Call, Literal, Name, Negation, Node, RangeLiteral
from engine.feel.values import Range

_UNBOUNDED = re.compile(
    r"\s*(?:(?P<opening>[\[(\]])\s*(?P<low>[^.\s](?:[^.]|\.(?!\.))*)\.\.\s*[)\[]|[(\]]\s*\.\.(?P<high>[^)\]\[]+)(?P<closing>[\])\[]))\s*"
)
_CONSTRUCTORS = frozenset({"date", "time", "date and time", "duration"})


def parse_range(text: str) -> Range | None:
    """The range, or None."""
    if (found := _UNBOUNDED.fullmatch(text)) is not None:
        return _unbounded(found)
    try:
        tree = parse_expression(text)
    except FeelSyntaxError:
        return None
    if not isinstance(tree, RangeLiteral) or not (_is_written_out(tree.low) and _is_written_out(tree.high)):
        return None
    value = Compiler().node(tree)({})
    is_range = isinstance(value, Range) and (
        value.low is None or value.high is None or order.less_or_equal(value.low, value.high)
    )
    return value if is_range and isinstance(value, Range) else None


def _unbounded(found: re.Match[str]) -> Range | None:
    """`(..10]` or `[10..)`."""
    written = found["low"] or found["high"]
    try:
        tree = parse_expression(written)
    except FeelSyntaxError:
        return None
    end = Compiler().node(tree)({}) if _is_written_out(tree) else None
    if end is None or isinstance(end, bool):
        return None
    if found["low"]:
        return Range(end, None, found["opening"] == "[", False, is_bounded=False)
    return Range(None, end, False, found["closing"] == "]", is_bounded=False)


def _is_written_out(node: Node | None) -> bool:
    if node is None or isinstance(node, Literal):
        return True
    if isinstance(node, Negation):
        return _is_written_out(node.operand)
    is_constructor = isinstance(node, Call) and isinstance(node.function, Name) and node.function.name in _CONSTRUCTORS
    return is_constructor and isinstance(node, Call) and all(isinstance(argument, Literal) for argument in node.arguments)
