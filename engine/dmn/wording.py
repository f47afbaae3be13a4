"""What a cell of a decision table asks, in words: `>= 80` under `年龄（周岁）` is `满 80 周岁`.

The unit is what stands in brackets at the end of a column's label. Cells that are conditions are shown as written."""

import re
from functools import lru_cache

from engine.feel import render
from engine.feel.compiler import Compiler, is_constant
from engine.feel.errors import FeelSyntaxError
from engine.feel.parser import parse_unary_tests
from engine.feel.tree import ListLiteral, Node, RangeLiteral, Test
from engine.feel.values import Range

_UNIT = re.compile(r"\s*[（(]([^（()）]{1,8})[)）]\s*$")
_AGE = frozenset({"周岁", "岁", "years", "years old"})
_SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "=": "=", "!=": "≠"}


def label_and_unit(label: str) -> tuple[str, str]:
    """`年龄（周岁）` → `年龄`, `周岁`."""
    found = _UNIT.search(label)
    return (label[: found.start()], found[1]) if found else (label, "")


@lru_cache(maxsize=4096)
def question(label: str, cell: str, *, zh: bool) -> tuple[str, bool]:
    """The condition as words, and whether it is put the right way round: a cell that wants `false` asks the opposite."""
    name, unit = label_and_unit(label)
    if cell in {"true", "false"}:
        return name, cell == "true"
    try:
        tree = parse_unary_tests(cell, ("?",))
    except FeelSyntaxError:
        return f"{name} {cell}", True
    tests = _flat(tree.tests)
    if tree.is_any or not all(is_constant(test.operand) for test in tests):
        return f"{name} {_signs(cell)}", True
    alternatives = (" 或 " if zh else " or ").join(_test(name, unit, test, zh=zh) for test in tests)
    return alternatives, not tree.negated


def _signs(cell: str) -> str:
    return cell.replace("<=", "≤").replace(">=", "≥").replace("!=", "≠")


def _flat(tests: tuple[Test, ...]) -> list[Test]:
    """The tests with lists written out taken apart."""
    flat: list[Test] = []
    for test in tests:
        is_list = test.operator is None and isinstance(test.operand, ListLiteral)
        flat.extend(
            [Test(None, item) for item in test.operand.items] if is_list and isinstance(test.operand, ListLiteral) else [test]
        )
    return flat


def _test(name: str, unit: str, test: Test, *, zh: bool) -> str:
    value = _value(test.operand)
    if isinstance(value, Range):
        return _range(name, unit, value, zh=zh)
    if value is None:
        return f"{name}未知" if zh else f"{name} is not known"
    if test.operator in {None, "="}:
        return f"{name}为{_shown(value, unit)}" if zh else f"{name} is {_shown(value, unit)}"
    if unit in _AGE and test.operator in {"<", ">="}:
        return _age(test.operator == ">=", render.text(value), unit, zh=zh)
    return f"{name} {_SIGNS[test.operator or '=']} {_shown(value, unit)}"


def _range(name: str, unit: str, value: Range, *, zh: bool) -> str:
    low, high = value.low, value.high
    if unit in _AGE and low is not None and high is not None and value.low_included and not value.high_included:
        first, last = (_age(is_reached, render.text(end), unit, zh=zh) for is_reached, end in ((True, low), (False, high)))
        return f"{first}且{last}" if zh else f"{first} and {last}"
    parts = [
        f"{'≥' if value.low_included else '>'} {_shown(low, unit)}" if low is not None else "",
        f"{'≤' if value.high_included else '<'} {_shown(high, unit)}" if high is not None else "",
    ]
    joined = (" 且 " if zh else " and ").join(part for part in parts if part)
    return f"{name} {joined}"


def _age(is_reached: bool, years: str, unit: str, *, zh: bool) -> str:
    if not zh:
        return f"{years} or older" if is_reached else f"under {years}"
    return f"{'满' if is_reached else '未满'} {years} {unit if unit in {'周岁', '岁'} else '周岁'}"


def _shown(value: object, unit: str) -> str:
    text = f"“{value}”" if isinstance(value, str) else render.text(value)
    return f"{text} {unit}" if unit else text


def _value(node: Node) -> object:
    return Compiler().node(node)({}) if isinstance(node, RangeLiteral) or is_constant(node) else None
