"""Expressions made at random, beside an independent and obvious evaluation, and texts made at random beside nothing at all."""

import time
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import FeelSyntaxError, compile_expression, compile_script, compile_unary_tests

Tree = tuple[object, ...]
numbers = st.integers(-1000, 1000) | st.decimals(-1000, 1000, places=3)
trees = st.recursive(
    numbers.map(lambda number: ("number", number)) | st.sampled_from(["a", "b"]).map(lambda name: ("name", name)),
    lambda inner: st.tuples(st.sampled_from(["+", "-", "*", "/", "<", "<=", "=", "and", "or", "if"]), inner, inner, inner),
    max_leaves=12,
)
SCOPE = {"a": 7, "b": Decimal("0.5")}


def written(tree: Tree) -> str:
    match tree:
        case ("number", number):
            return f"({number})" if not isinstance(number, Decimal) else f"({number:f})"
        case ("name", name):
            return str(name)
        case ("if", condition, yes, no):
            return f"(if {written(condition)} then {written(yes)} else {written(no)})"
        case (operator, left, right, _):
            return f"({written(left)} {operator} {written(right)})"
    raise AssertionError(tree)


def obvious(tree: Tree) -> object:
    """The value by the letter of the specification, with nothing optimised."""
    match tree:
        case ("number", number):
            return Decimal(number)
        case ("name", name):
            return Decimal(SCOPE[str(name)])
        case ("if", condition, yes, no):
            return obvious(yes) if obvious(condition) is True else obvious(no)
        case (("and" | "or") as word, left, right, _):
            return _logic(word, obvious(left), obvious(right))
        case (operator, left, right, _):
            return _operation(str(operator), obvious(left), obvious(right))
    raise AssertionError(tree)


def _logic(word: str, left: object, right: object) -> bool | None:
    decisive = word == "or"
    if left is decisive or right is decisive:
        return decisive
    return (not decisive) if left is (not decisive) and right is (not decisive) else None


def _operation(operator: str, left: object, right: object) -> object:
    if operator == "=" and (left is None or right is None):
        return left is right
    if operator == "=" and isinstance(left, bool) and isinstance(right, bool):
        return left is right
    if not isinstance(left, Decimal) or not isinstance(right, Decimal):
        return None
    if operator in {"<", "<=", "="}:
        return {"<": left < right, "<=": left <= right, "=": left == right}[operator]
    with localcontext(prec=34, rounding=ROUND_HALF_EVEN):
        try:
            return {"+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right, "/": lambda: left / right}[
                operator
            ]()
        except (ZeroDivisionError, InvalidOperation):
            return None


@given(trees)
def test_generated_expressions_agree_with_an_obvious_evaluation(tree: Tree) -> None:
    assert compile_expression(written(tree)).evaluate(SCOPE) == obvious(tree)


words = st.sampled_from(
    [
        "a",
        "b",
        "item",
        "?",
        "1",
        "2.5",
        ".5",
        "1e9",
        '"x"',
        '"\\u00e9"',
        '@"2026-01-01"',
        '@"P1D"',
        "null",
        "true",
        "false",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        ".",
        "..",
        ";",
        "+",
        "-",
        "*",
        "/",
        "**",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "not",
        "between",
        "instance",
        "of",
        "function",
        "list<number>",
        "date",
        "time",
        "duration",
        "string",
        "count",
        "sum",
        "matches",
        "replace",
        "concatenate",
        "sort",
        "range",
        "now",
        "today",
        "//",
        "/*",
        "*/",
        "市",
        "__class__",
        "external",
    ]
)
texts = st.lists(words, max_size=25).map(" ".join) | st.text(max_size=40)


@settings(max_examples=400, deadline=None)
@given(texts)
def test_no_text_crashes_hangs_or_escapes(text: str) -> None:
    started = time.monotonic()
    for compile_text in (compile_expression, compile_script, compile_unary_tests):
        try:
            compiled = compile_text(text)
        except FeelSyntaxError as refused:
            assert refused.findings  # noqa: PT017
            continue
        scope = {"a": [1, 2, {"b": None}], "b": "text", "?": 3}
        if hasattr(compiled, "evaluate"):
            _is_feel(compiled.evaluate(scope))
        elif hasattr(compiled, "matches"):
            assert compiled.matches(3, scope) in {True, False, None}
        else:
            _is_feel(compiled.run(scope))
    assert time.monotonic() - started < 10


def _is_feel(value: object) -> None:
    """Only FEEL's own kinds come out; never a Python object of any other make."""
    from engine.feel.kinds import kind
    from engine.feel.values import Function

    if isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            _is_feel(item)
    else:
        assert isinstance(value, Function) or kind(value) != "context"


@given(st.lists(st.integers(-50, 50), max_size=20))
def test_sorting_twice_changes_nothing_and_keeps_every_item(items: list[int]) -> None:
    once = compile_expression("sort(items, function(x, y) x < y)").evaluate({"items": items})

    assert once == sorted(items)


@given(st.integers(-999_999, 999_999), st.integers(1, 12), st.integers(1, 28), st.integers(-400_000, 400_000))
def test_adding_and_taking_away_days_comes_back_to_the_same_day(year: int, month: int, day: int, days: int) -> None:
    scope = {"y": year, "m": month, "d": day, "n": days}

    assert (
        compile_expression('(date(y, m, d) + n * duration("P1D")) - n * duration("P1D") = date(y, m, d)').evaluate(scope) is True
    )
