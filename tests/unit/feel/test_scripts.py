import pytest

from engine.feel import FeelSyntaxError, compile_script


def test_each_assignment_sees_the_ones_before_it() -> None:
    script = compile_script('n = n + 1; twice = n * 2\nmessage = "第 " + string(n) + " 次"')

    assert script.run({"n": 1}) == {"n": 2, "twice": 4, "message": "第 2 次"}
    assert script.targets == ("n", "twice", "message")
    assert script.names == ("n",)


def test_brackets_strings_and_operators_may_span_lines() -> None:
    script = compile_script('rows = [1,\n  2]\ntext = "a;b"\nsum = 1\n  + 2\n// the end\n')

    assert script.run({}) == {"rows": [1, 2], "text": "a;b", "sum": 3}


def test_the_scope_given_is_left_alone() -> None:
    scope = {"n": 1}

    compile_script("n = 2").run(scope)

    assert scope == {"n": 1}


@pytest.mark.parametrize(
    "text", ["", "   ", "print(1)", "x == 1", "x = ", "import os", 'execution.setVariable("x", 1);', "x = 1; y"]
)
def test_anything_but_assignments_is_refused(text: str) -> None:
    with pytest.raises(FeelSyntaxError):
        compile_script(text)
