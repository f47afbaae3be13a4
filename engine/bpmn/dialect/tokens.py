"""Words of the foreign expression languages: JUEL, and the simple comparisons of JavaScript, Groovy and Python."""

import re
from typing import NamedTuple

MAX_LENGTH = 2000


class Token(NamedTuple):
    """kind: name, number, text, sign or end. value: the decoded text for strings, the canonical operator for signs."""

    kind: str
    value: str


class Untranslatable(ValueError):
    """The text holds something that has no counterpart in FEEL, or that is never run."""


_PATTERN = re.compile(
    r"""\s+|(?P<number>\d+(?:\.\d+)?)[LlFfDd]?\b|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<name>[^\W\d]\w*)"""
    r"""|(?P<sign>===|!==|==|!=|<>|<=|>=|&&|\|\||//|[-+*/%<>!?:().,\[\]])"""
)
_WORDS = {
    "and": "&&", "or": "||", "not": "not", "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=",
    "div": "/", "mod": "%",
    "empty": "empty", "in": "in", "is": "is", "if": "if", "else": "else",
}  # fmt: skip
_SIGNS = {"===": "==", "!==": "!=", "<>": "!="}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def tokenize(text: str) -> list[Token]:
    """The tokens, the last one of kind `end`. Raises Untranslatable."""
    if len(text) > MAX_LENGTH:
        raise Untranslatable("too long")
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        found = _PATTERN.match(text, at)
        if found is None:
            raise Untranslatable(text[at])
        at = found.end()
        if found.lastgroup is not None:
            tokens.append(_token(found.lastgroup, found[found.lastgroup], tokens))
    return [*tokens, Token("end", "")]


def _token(kind: str, value: str, before: list[Token]) -> Token:
    if kind == "text":
        return Token(kind, re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), value[1:-1]))
    if kind == "sign":
        return Token(kind, _SIGNS.get(value, value))
    is_member = bool(before) and before[-1] == Token("sign", ".")
    if kind == "name" and value in _WORDS and not is_member:
        return Token("sign", _WORDS[value])
    return Token(kind, value)
