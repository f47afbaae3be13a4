"""The specification's built-ins, operators and literals, one line an expression with the value that it must have.

A line reads `expression  =>  value`, both in FEEL; values are compared as FEEL writes them."""

from pathlib import Path

import pytest

from engine.feel import compile_expression, render

PAGES = Path(__file__).parent / "specification"
LINES = [
    pytest.param(*line.split("  =>  "), id=f"{page.stem}-{number}")
    for page in sorted(PAGES.glob("*.txt"))
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1)
]


@pytest.mark.parametrize(("text", "expected"), LINES)
def test_an_expression_has_the_value_of_the_specification(text: str, expected: str) -> None:
    value = compile_expression(text).evaluate({})

    assert render.literal(value).replace("\n", "\\n") == expected
