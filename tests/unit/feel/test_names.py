import pytest

from engine.feel import FeelSyntaxError, compile_expression


def test_a_name_with_spaces_needs_no_declaration() -> None:
    assert compile_expression("Monthly Salary * 12").evaluate({"Monthly Salary": 100}) == 1200


def test_a_declared_name_with_an_operator_is_one_name() -> None:
    scope = {"a-b": 7, "a": 1, "b": 2}

    assert compile_expression("a-b", names=["a-b"]).evaluate(scope) == 7
    assert compile_expression("a-b").evaluate(scope) == -1


def test_the_longest_declared_name_wins_even_with_a_reserved_word_in_it() -> None:
    names = ["days", "days in week", "week"]

    assert compile_expression("days in week + 1", names=names).evaluate({"days in week": 7}) == 8


def test_a_declared_name_does_not_swallow_the_beginning_of_another_word() -> None:
    assert compile_expression("ages + 1", names=["age"]).evaluate({"age": 1, "ages": 5}) == 6


def test_a_built_in_name_of_several_words_is_a_call_only_before_a_bracket() -> None:
    assert compile_expression('string length("四个汉字")').evaluate({}) == 4
    assert compile_expression("string length + 1").evaluate({"string length": 2}) == 3


def test_keys_with_spaces_and_operators_are_members() -> None:
    assert compile_expression("{foo bar: 1, a+b: foo bar + 1}.a+b").evaluate({}) == 2


@pytest.mark.parametrize(
    ("text", "column"),
    [("1 +", 4), ("a b ~ c", 5), ("if a then b", 12), ('"open', 1), ("[1, 2", 6), ("f(", 3), ("{a 1}", 5), ("", 1)],
)
def test_a_syntax_error_names_its_place_in_both_languages(text: str, column: int) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)

    assert (caught.value.line, caught.value.column) == (1, column)
    assert f"column {column}" in caught.value.sentence("en")
    assert f"第 {column} 列" in caught.value.sentence("zh")


def test_a_syntax_error_counts_lines() -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression("1 +\n  * 2")

    assert (caught.value.line, caught.value.column) == (2, 3)
