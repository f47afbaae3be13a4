"""The FEEL console: one expression or assignment a line, its value, and why parts of it are null."""

from collections.abc import Callable

from engine.feel import render
from engine.feel.errors import FeelSyntaxError
from engine.feel.expression import compile_expression
from engine.feel.scripts import split

_WELCOME = "FEEL (DMN 1.5)  变量 = 表达式 | name = expression | 空行退出 empty line leaves"


def run(read: Callable[[str], str] = input, write: Callable[[str], object] = print) -> None:
    """Reads lines until an empty one or the end of input. Assignments stay known; `read` and `write` are for tests."""
    known: dict[str, object] = {}
    write(_WELCOME)
    while True:
        try:
            line = read("feel> ").strip()
        except (EOFError, KeyboardInterrupt):
            return
        if not line:
            return
        for answer in answers(line, known):
            write(answer)


def answers(line: str, known: dict[str, object]) -> list[str]:
    """What the console says to one line; an assignment is added to `known`."""
    target, text = _target(line)
    try:
        value, reasons = compile_expression(text, tuple(known)).explain(known)
    except FeelSyntaxError as error:
        return [error.sentence("zh"), error.sentence("en")]
    if target is not None:
        known[target] = value
    shown = f"{target} = {render.literal(value)}" if target else render.literal(value)
    return [shown, *(f"  {reason.zh} {reason.en}" for reason in reasons)]


def _target(line: str) -> tuple[str | None, str]:
    """The name assigned and the expression; a comparison such as `a = 1` in brackets is no assignment."""
    try:
        assignments = split(line)
    except FeelSyntaxError:
        return None, line
    return (assignments[0].target, assignments[0].source) if len(assignments) == 1 else (None, line)
