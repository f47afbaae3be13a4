import pytest

from engine.feel import compile_unary_tests


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("-", 1, True),
        (">= 80", 82, True),
        ("[70..80)", 80, False),
        ('"本市", "外市"', "外市", True),
        ('not("本市", "外市")', "港澳", True),
        ("not(< 5)", 4, False),
        ("? > 5 and ? < 9", 7, True),
        ('ends with(?, "号")', "12号", True),
        ("limit", 5, True),
        ("< limit + 1", 5, True),
        ("null", None, True),
        ("> 5", None, None),
        ("> 5", "x", None),
        ("true", True, True),
        ("false", True, False),
        ("[1, 2, [3..5]]", 4, True),
        ('date("2026-01-01"), > date("2026-06-01")', None, None),
        ("not(true)", False, True),
        ("count(list) > 2", "anything", True),
    ],
)
def test_a_cell_says_whether_the_input_passes(cell: str, value: object, expected: bool | None) -> None:
    answer = compile_unary_tests(cell).matches(value, {"limit": 5, "list": [1, 2, 3]})

    assert answer is expected


def test_the_input_is_not_a_free_variable() -> None:
    assert compile_unary_tests("? > limit").names == ("limit",)
