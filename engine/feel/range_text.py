"""Ranges from texts: `[1..10)`, `(@"2026-01-01"..@"2026-12-31"]`, with ends that are written out."""

from engine.feel.compiler import Compiler
from engine.feel.errors import FeelSyntaxError
from engine.feel.parser import parse_expression
from engine.feel.tree import Call, Literal, Name, Negation, Node, RangeLiteral
from engine.feel.values import Range

_CONSTRUCTORS = frozenset({"date", "time", "date and time", "duration"})


def parse_range(text: str) -> Range | None:
    """The range, or None."""
    try:
        tree = parse_expression(text)
    except FeelSyntaxError:
        return None
    if not isinstance(tree, RangeLiteral) or not (_is_written_out(tree.low) and _is_written_out(tree.high)):
        return None
    value = Compiler().node(tree)({})
    return value if isinstance(value, Range) else None


def _is_written_out(node: Node | None) -> bool:
    if node is None or isinstance(node, Literal):
        return True
    if isinstance(node, Negation):
        return _is_written_out(node.operand)
    is_constructor = isinstance(node, Call) and isinstance(node.function, Name) and node.function.name in _CONSTRUCTORS
    return is_constructor and isinstance(node, Call) and all(isinstance(argument, Literal) for argument in node.arguments)
