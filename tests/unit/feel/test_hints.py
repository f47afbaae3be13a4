import pytest

from engine.feel import FeelSyntaxError, compile_expression


@pytest.mark.parametrize(
    ("text", "column", "hint", "hint_zh"),
    [
        ("1 == 1", 4, "one `=`", "一个“=”"),
        ("1 <> 1", 4, "`!=`", "“!=”"),
        ("a && b", 3, "`and`", "and"),
        ("a || b", 3, "`or`", "or"),
        ("!a", 1, "`not(…)`", "not(…)"),
        ("not true", 5, "`not(…)`", "not(…)"),
        ("'a' = b", 1, "double quotes", "双引号"),
        ("“a”", 1, "double quotes", "双引号"),
        ("年龄 >= 80岁", 9, "without a unit", "不要写单位"),
        ("年龄 ≥ 80", 4, "`>=`", ">="),
        ("（a）", 1, "ASCII brackets", "英文括号"),
        ("f(a，b)", 4, "ASCII comma", "英文逗号"),
        ("${a}", 1, "without `${…}`", "${…}"),
        ("5 % 2", 3, "modulo", "modulo"),
        ("a ? b : c", 7, "if … then … else", "if … then … else"),
        ("if a then b", 12, "if … then … else", "if … then … else"),
        ("for i in [1] i", 14, "for x in", "for x in"),
        ("1..5", 2, "[1..5]", "[1..5]"),
        ("(1 + (2 * 3)", 13, "`(` at column 1", "第 1 列"),
        ("1 +", 4, "nothing behind", "缺少内容"),
        ('name "x"', 6, "is missing", "缺少"),
        ("x instance number", 12, "instance of", "instance of"),
    ],
)
def test_a_slip_is_refused_at_its_place_with_a_hint_in_both_languages(text: str, column: int, hint: str, hint_zh: str) -> None:
    with pytest.raises(FeelSyntaxError) as refused:
        compile_expression(text)

    assert (refused.value.line, refused.value.column) == (1, column)
    assert hint in refused.value.sentence("en")
    assert hint_zh in refused.value.sentence("zh")


def test_a_full_width_sign_in_a_declared_name_is_part_of_the_name() -> None:
    assert compile_expression("面积（平方米） > 5", ("面积（平方米）",)).evaluate({"面积（平方米）": 6}) is True
