import time

import pytest

from engine.feel import FeelSyntaxError, compile_expression, limits


@pytest.mark.parametrize(
    "text",
    [
        "for a in 1..1000000000 return a",
        "count(for a in 1..10000, b in 1..10000 return a)",
        "{f: function(n) f(n + 1), r: f(0)}.r",
        "{a: [1, 1], b: concatenate(a, a), c: for i in 1..30000 return concatenate(b, b, b, b)}.c = null or every x "
        "in 1..9999999 satisfies true",
        "some x in 1..1000000000 satisfies x < 0",
    ],
)
def test_work_without_end_is_null_with_a_reason(text: str) -> None:
    started = time.monotonic()

    value, reasons = compile_expression(text).explain({})

    assert value is None
    assert reasons[-1].code == "feel.limit"
    assert time.monotonic() - started < 4 * limits.SECONDS


def test_doubling_lists_and_strings_stops_at_the_limit() -> None:
    lists = (
        "{a: [1, 2]"
        + "".join(f", l{n}: concatenate({'a' if n == 0 else f'l{n - 1}'}, {'a' if n == 0 else f'l{n - 1}'})" for n in range(40))
        + "}"
    )
    strings = (
        '{a: "xx"'
        + "".join(f", s{n}: {'a' if n == 0 else f's{n - 1}'} + {'a' if n == 0 else f's{n - 1}'}" for n in range(40))
        + "}"
    )

    assert compile_expression(lists).evaluate({}) is None
    grown = compile_expression(strings).evaluate({})
    assert isinstance(grown, dict)
    assert grown["s39"] is None
    assert all(len(value) <= limits.STRING_LENGTH for value in grown.values() if value is not None)


@pytest.mark.parametrize(
    "item",
    ['s + "b"', "substring(s, 2)", "upper case(s)", "string([s])", 'replace(s, "b", "c")', 'split(s, "z")', "string([s, s])"],
)
def test_many_long_strings_stop_before_they_fill_the_memory(item: str) -> None:
    value, reasons = compile_expression(f"for i in 1..1000000 return {item}").explain({"s": "a" * 400_000})

    assert value is None
    assert reasons[-1].code == "feel.limit"


def test_shared_structures_are_not_compared_or_written_for_ever() -> None:
    doubled = "a0: [1]" + "".join(f", a{n + 1}: [a{n}, a{n}]" for n in range(40))

    for use in ("string(a40)", "flatten(a40)", "a40 = [a39, a39, 1]", "count(distinct values([a40, [a39, a39]]))"):
        assert compile_expression(f"{{{doubled}, r: {use}}}.r").evaluate({}) in (None, False, 1)


@pytest.mark.parametrize(
    "text", ["(" * 500 + "1" + ")" * 500, "-" * 500 + "1", "[" * 300, "1" + " + 1" * 500, "a" + ".a" * 900, "{a:" * 300]
)
def test_a_text_that_nests_too_deep_is_refused(text: str) -> None:
    with pytest.raises(FeelSyntaxError):
        compile_expression(text)


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(FeelSyntaxError):
        compile_expression("1" * (limits.TEXT_LENGTH + 1))


def test_a_pattern_cannot_explode() -> None:
    started = time.monotonic()

    assert compile_expression('matches(x, "^(a+)+$")').evaluate({"x": "a" * 100_000 + "!"}) is False
    assert time.monotonic() - started < 2


def test_one_exhausted_evaluation_does_not_burden_the_next() -> None:
    compile_expression("for a in 1..1000000000 return a").evaluate({})

    assert compile_expression("sum(for a in 1..1000 return a)").evaluate({}) == 500_500
