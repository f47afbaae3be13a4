from decimal import Decimal

import pytest

from engine.feel import compile_expression


def value(text: str, **scope: object) -> object:
    return compile_expression(text).evaluate(scope)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n < 10", True),
        ("n + 1", 4),
        ('n = 3 and s = "a"', True),
        ('if n > 2 then "many" else "few"', "many"),
        ("[1, 2, 3][item > 1]", [2, 3]),
        ("[1, 2, 3][-1]", 3),
        ("{a: 1, b: a + 1}.b", 2),
        ("for i in 1..3 return i * i", [1, 4, 9]),
        ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", [1, 1, 2, 6, 24]),
        ("some x in [1, 2] satisfies x > 1", True),
        ("every x in [1, 2] satisfies x > 1", False),
        ("n in (1, [3..5), > 10)", True),
        ("n between 3 and 4", True),
        ("sort([3, 1, 2], function(x, y) x > y)", [3, 2, 1]),
        ("(function(a, b) a - b)(b: 1, a: 5)", 4),
        ("-2 ** 2", 4),
        ("2 ** 3 ** 2", 64),
        ("n instance of number", True),
        ("[1, null] instance of list<number>", True),
        ('string([1, "a", {b: null}])', '[1, "a", {b: null}]'),
        ("1 + /* a comment */ 2 // another", 3),
        ('"\\U01F40E" = "\\uD83D\\uDC0E"', True),
    ],
)
def test_an_expression_has_the_value_that_the_specification_gives_it(text: str, expected: object) -> None:
    assert value(text, n=3, s="a") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true and unknown", None),
        ("false and unknown", False),
        ("true or unknown", True),
        ("false or unknown", None),
        ("not(unknown)", None),
        ("unknown = null", True),
        ("unknown > 1", None),
        ('1 = "1"', None),
        ("if unknown then 1 else 2", 2),
    ],
)
def test_logic_has_three_values(text: str, expected: object) -> None:
    assert value(text) is expected or value(text) == expected


def test_plain_python_values_are_read_as_feel_values() -> None:
    scope = {"price": 0.1, "half": Decimal("0.5"), "person": {"年龄": 82, "tags": ("a", "b")}}

    assert value("price + price + price = 0.3", **scope) is True
    assert value("half * 2", **scope) == 1
    assert value("person.年龄 >= 80 and count(person.tags) = 2", **scope) is True


def test_an_unknown_object_is_null_and_never_reached_into() -> None:
    assert value("x.__class__", x=object()) is None
    assert value("x", x=object()) is None
    assert value("s.upper", s="a") is None


def test_a_null_keeps_its_reason_in_both_languages() -> None:
    found, reasons = compile_expression("total / 0 + missing").explain({"total": 1})

    assert found is None
    assert {reason.code for reason in reasons} == {"feel.arithmetic", "feel.name", "feel.type"}
    assert all(reason.en and reason.zh for reason in reasons)


def test_free_variables_are_named_once_and_bound_ones_not_at_all() -> None:
    compiled = compile_expression("for i in items return i * rate + rate + {a: rate}.a")

    assert compiled.names == ("items", "rate")


def test_the_same_text_is_compiled_once() -> None:
    assert compile_expression("a + b") is compile_expression("a + b")


def test_a_filter_sees_the_members_of_the_item_before_the_scope() -> None:
    rows = [{"x": 1, "y": 2}, {"x": 2, "y": 3}, {"y": 4}]

    assert value("rows[x = 2].y", rows=rows, x=9) == [3]
    assert value("rows[x = 9].y", rows=rows, x=9) == [4]
