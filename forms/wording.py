"""Texts of a form that name answers: `=FEEL`, or words with `{{FEEL}}` between them, as form-js writes them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.feel import Expression, compile_expression, to_plain

_HOLE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in pieces: words as they are, expressions to be evaluated."""

    parts: tuple[str | Expression, ...]

    def said(self, scope: Mapping[str, object]) -> str:
        """The text for these answers; what cannot be told is left out."""
        return "".join(part if isinstance(part, str) else _plain(part.evaluate(scope)) for part in self.parts)


def is_fixed(text: str) -> bool:
    """Whether a text says the same for all answers."""
    return not text.startswith("=") and _HOLE.search(text) is None


def read(text: str) -> Wording:
    """The wording of a text. Raises Invalid when an expression in it is none."""
    if text.startswith("="):
        return Wording((compile_expression(text[1:].strip()),))
    pieces = _HOLE.split(text)
    return Wording(tuple(compile_expression(p.strip().removeprefix("=")) if n % 2 else p for n, p in enumerate(pieces)))


def _plain(value: object) -> str:
    return "" if value is None else str(to_plain(value))
