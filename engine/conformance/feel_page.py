"""The lists of `docs/reference/feel.md` that the code knows: bounds and built-in functions.

python -m engine.conformance.feel_page [FILE]      writes them between their markers"""

import sys
from collections.abc import Iterator
from pathlib import Path

from engine.feel import limits
from engine.feel.builtins import LIBRARY
from engine.feel.builtins.registry import Overload

PAGE = Path("docs/reference/feel.md")
_BOUNDS = (
    ("TEXT_LENGTH", "characters of an expression"),
    ("NESTING", "levels of brackets and operators"),
    ("STEPS", "iterations, compared items and calls"),
    ("SECONDS", "seconds"),
    ("CALL_DEPTH", "user functions inside one another"),
    ("STRING_LENGTH", "characters of one string"),
    ("CHARACTERS", "characters of all strings together"),
    ("LIST_LENGTH", "items of a list"),
    ("VALUE_DEPTH", "lists and contexts inside one another"),
)


def bounds() -> str:
    """The table of bounds."""
    rows = [f"| {getattr(limits, name):,} | {what} |" for name, what in _BOUNDS]
    return "\n".join(["| at most | |", "|---|---|", *rows])


def functions() -> str:
    """The table of built-in functions with what each gives."""
    rows = [f"| `{name}` | {' · '.join(_calls(name))} | {_summary(name)} |" for name in sorted(LIBRARY)]
    return "\n".join(["| function | parameters | gives |", "|---|---|---|", *rows])


def _calls(name: str) -> Iterator[str]:
    yield from dict.fromkeys(f"`({_parameters(overload)})`" for overload in LIBRARY[name].overloads)


def _parameters(overload: Overload) -> str:
    written = ", ".join(f"{each.name}{'?' if each.is_optional else ''}" for each in overload.parameters)
    return f"{written}…" if overload.is_variadic else written


def _summary(name: str) -> str:
    """The first sentence that the implementation says of itself; nothing for those that one function makes."""
    document = (LIBRARY[name].overloads[0].apply.__doc__ or "").strip().splitlines()
    return document[0].replace("|", "\\|") if document else ""


def fill(page: str) -> str:
    """The page with both lists as the code has them now."""
    for name, content in (("limits", bounds()), ("functions", functions())):
        before, _, rest = page.partition(f"<!-- {name} -->")
        _, _, after = rest.partition(f"<!-- end of {name} -->")
        page = f"{before}<!-- {name} -->\n\n{content}\n\n<!-- end of {name} -->{after}"
    return page


def main(arguments: list[str]) -> int:
    """Rewrites the page."""
    file = Path(arguments[0]) if arguments else PAGE
    file.write_text(fill(file.read_text("utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
