"""Scripts split into assignments: `name = expression`, one a line or separated by `;`; a bracket may span lines."""

import re
from dataclasses import dataclass

from engine.feel.errors import FeelSyntaxError
from engine.feel.text_literals import STRING
from engine.feel.vocabulary import GAP, PART, START, normalise

_TARGET = re.compile(f"\\s*(?:var\\s+|let\\s+)?([{START}][{PART}]*(?:[ \\t]+[{PART}]+)*)\\s*=(?!=)")
_OPEN, _CLOSE = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One assignment; source: the FEEL text on its right."""

    target: str
    source: str


def split(text: str) -> list[Assignment]:
    """The assignments of a script. Raises FeelSyntaxError when a statement is none, or there is none at all."""
    assignments = [_assignment(text, start, end) for start, end in _statements(text)]
    if not assignments:
        raise FeelSyntaxError(
            text, 0, en="expected `name = expression`, but the script is empty.", zh="脚本为空，应为“变量 = 表达式”。"
        )
    return assignments


def _assignment(text: str, start: int, end: int) -> Assignment:
    found = _TARGET.match(text, start, end)
    if found is None:
        raise FeelSyntaxError(text, start, en="expected `name = expression`.", zh="应为“变量 = 表达式”。")
    return Assignment(normalise(found[1]), text[found.end() : end].strip())


def _statements(text: str) -> list[tuple[int, int]]:
    """Start and end of each statement that is not blank; strings and brackets are kept whole."""
    statements: list[tuple[int, int]] = []
    depth = start = at = 0
    while at < len(text):
        sign = text[at]
        if sign == '"' and (found := STRING.match(text, at)) is not None:
            at = found.end()
            continue
        depth += (sign in _OPEN) - (sign in _CLOSE)
        if depth <= 0 and (sign == ";" or (sign == "\n" and not _continues(text, at))):
            statements.append((start, at))
            start = at + 1
        at += 1
    statements.append((start, len(text)))
    return [(first, last) for first, last in statements if not _is_blank(text[first:last])]


def _continues(text: str, newline: int) -> bool:
    """Whether the next line goes on with this one: it begins with an operator word or sign."""
    return re.match(r"\s*(?:[-+*/.]|and\b|or\b|then\b|else\b|return\b|satisfies\b|in\b)", text[newline:]) is not None


def _is_blank(text: str) -> bool:
    return not GAP.sub("", text).strip()
