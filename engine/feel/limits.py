"""What one evaluation may spend: steps, call depth, time, and the size of what it builds.

The budget belongs to the outermost evaluation of a thread; whoever evaluates within it spends from the same purse."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

TEXT_LENGTH = 20_000
"""Characters of an expression."""
NESTING = 60
"""Levels of brackets, operators and function bodies in an expression."""
STRING_LENGTH = 1_000_000
"""Characters of a string that an evaluation builds."""
LIST_LENGTH = 1_000_000
"""Items of a list that an evaluation builds."""
VALUE_DEPTH = 64
"""Lists and contexts inside one another, in values that come in or go out."""
CHARACTERS = 20_000_000
"""Characters of all strings that one evaluation builds together."""
STEPS = 2_000_000
"""Iterations, compared or copied items and calls of one evaluation."""
CALL_DEPTH = 100
"""User functions inside one another."""
SECONDS = 2.0
"""Time of one evaluation."""

_SLICE = 2048


class Exhausted(Exception):
    """An evaluation spent its budget; caught where the evaluation began, and becomes null with this reason."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh


class _Purse(threading.local):
    """What is left in this thread."""

    active: bool = False
    steps: int = STEPS
    characters: int = CHARACTERS
    next_look: int = 0
    deadline: float = 0.0
    depth: int = 0
    moment: datetime | None = None


_purse = _Purse()


@contextmanager
def bounded() -> Iterator[None]:
    """Opens a budget, unless this thread already spends from one."""
    if _purse.active:
        yield
        return
    _purse.active = True
    _purse.steps = STEPS
    _purse.characters = CHARACTERS
    _purse.next_look = STEPS - _SLICE
    _purse.deadline = time.monotonic() + SECONDS
    _purse.depth = 0
    _purse.moment = None
    try:
        yield
    finally:
        _purse.active = False
        _purse.steps = STEPS
        _purse.depth = 0


def machine_clock() -> datetime:
    """The machine's clock, read once in an evaluation, so that `now()` is one moment throughout."""
    if not _purse.active:
        return datetime.now(UTC)
    if _purse.moment is None:
        _purse.moment = datetime.now(UTC)
    return _purse.moment


def spend(steps: int = 1) -> None:
    """Spends steps; outside a budget it costs nothing. Raises Exhausted."""
    if not _purse.active:
        return
    _purse.steps -= steps
    if _purse.steps < _purse.next_look:
        _look()


def spend_text(characters: int) -> None:
    """Spends characters of a new string; outside a budget it costs nothing. Raises Exhausted."""
    if not _purse.active:
        return
    _purse.characters -= characters
    if _purse.characters < 0:
        raise Exhausted(f"its strings have more than {CHARACTERS} characters together", f"字符串合计超过 {CHARACTERS} 个字符")


def _look() -> None:
    _purse.next_look = _purse.steps - _SLICE
    if _purse.steps < 0:
        raise Exhausted(f"more than {STEPS} steps were needed", f"计算超过 {STEPS} 步")
    if time.monotonic() > _purse.deadline:
        raise Exhausted(f"more than {SECONDS} seconds were needed", f"计算超过 {SECONDS} 秒")


@contextmanager
def deeper() -> Iterator[None]:
    """One user function further in. Raises Exhausted."""
    if _purse.depth >= CALL_DEPTH:
        raise Exhausted(f"functions call each other more than {CALL_DEPTH} deep", f"函数嵌套调用超过 {CALL_DEPTH} 层")
    _purse.depth += 1
    try:
        yield
    finally:
        _purse.depth -= 1


def check_result(value: object) -> object:
    """The value, when it is small and flat enough to be stored and shown; shared parts count each time. Raises Exhausted."""
    waiting = [(value, 0)] if isinstance(value, list | dict) else []
    seen = 0
    while waiting:
        item, depth = waiting.pop()
        children = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        seen += 1 + len(children)
        if seen > LIST_LENGTH or depth > VALUE_DEPTH:
            raise Exhausted("the value is too large or nested too deep", "结果过大或嵌套过深")
        waiting.extend((child, depth + 1) for child in children if isinstance(child, list | dict))
    return value


def check_string(text: str) -> str:
    """The string, when it is not too long; building it is paid for. Raises Exhausted."""
    if len(text) > STRING_LENGTH:
        raise Exhausted(f"a string grew beyond {STRING_LENGTH} characters", f"字符串超过 {STRING_LENGTH} 个字符")
    spend_text(len(text))
    return text


def check_list(items: list[object]) -> list[object]:
    """The list, when it is not too long; building it is paid for. Raises Exhausted."""
    if len(items) > LIST_LENGTH:
        raise Exhausted(f"a list grew beyond {LIST_LENGTH} items", f"列表超过 {LIST_LENGTH} 项")
    spend(len(items) >> 4)
    return items
