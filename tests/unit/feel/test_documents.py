"""The page about the library says what the library does."""

import doctest
from pathlib import Path

from engine.conformance.feel_page import fill
from engine.feel.builtins import LIBRARY
from engine.feel.builtins.names import BUILTIN_NAMES

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "feel.md"


def test_every_example_of_the_page_comes_out_as_written() -> None:
    found = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")

    assert found.attempted > 10
    assert found.failed == 0


def test_the_lists_of_the_page_are_those_of_the_code() -> None:
    page = PAGE.read_text("utf-8")

    assert fill(page) == page


def test_every_built_in_function_is_known_to_the_parser_and_says_what_it_gives() -> None:
    assert set(BUILTIN_NAMES) == set(LIBRARY)
    assert [name for name, builtin in LIBRARY.items() if not builtin.overloads[0].apply.__doc__] == []
