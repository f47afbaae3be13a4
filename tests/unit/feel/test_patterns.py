import pytest

from engine.feel import compile_expression


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "expected"),
    [
        ("foobar", "^fo*b", "", True),
        ("FooBar", "foo", "i", True),
        ("a\nb", "a.b", "", False),
        ("a\nb", "a.b", "s", True),
        ("x\ny", "^y$", "m", True),
        ("hello world", "hello\\\\ world", "x", True),
        ("helloworld", "hello world", "x", True),
        ("a.c", ".", "q", True),
        ("abc", ".", "q", False),
        ("acd", "^[a-z-[b]]+$", "", True),
        ("abd", "^[a-z-[b]]+$", "", False),
        ("_x1", "^\\\\i\\\\c*$", "", True),
        ("市民", "^\\\\p{IsCJKUnifiedIdeographs}+$", "", True),
    ],
)
def test_patterns_are_read_in_xpaths_dialect(text: str, pattern: str, flags: str, expected: bool) -> None:
    assert compile_expression(f'matches(text, "{pattern}", "{flags}")').evaluate({"text": text}) is expected


@pytest.mark.parametrize("pattern", ["(a)\\\\1", "a(?=b)", "[z-a]", "\\\\b", "a{2,1}", "(?i)a", "]", "[]", "*"])
def test_what_is_no_pattern_or_cannot_be_run_in_linear_time_is_null_with_a_reason(pattern: str) -> None:
    value, reasons = compile_expression(f'matches("aa", "{pattern}")').explain({})

    assert value is None
    assert reasons[0].code == "feel.pattern"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('replace("darted", "^(.*?)d(.*)$", "$1c$2")', "carted"),
        ('replace("abracadabra", "a(.)", "a$1$1")', "abbraccaddabbra"),
        ('replace("price", "e", "\\\\$")', "pric$"),
        ('replace("abc", "x*", "-")', None),
        ('replace("abc", "b", "$")', None),
        ('split("a;b;;", ";")', ["a", "b", "", ""]),
        ('string join(["a", null, "b"], "-")', "a-b"),
        ('string join(["a", 1], "-")', None),
    ],
)
def test_replacements_and_splits_follow_xpath(expression: str, expected: object) -> None:
    assert compile_expression(expression).evaluate({}) == expected
