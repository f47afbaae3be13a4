"""Expressions as vendors write them, translated to FEEL or refused: formulas, literals and scripts.

FEEL is meant when the language says so or the text begins with `=`. `${…}` and `#{…}` are JUEL. Bare text in a place that always
holds an expression is read as FEEL first and as a simple comparison of JavaScript, Groovy or Python second. What none of these
covers has no text, and the element that carries it cannot run."""

import re
from dataclasses import dataclass

from engine.bpmn.dialect.foreign import to_feel
from engine.bpmn.dialect.methods import FUNCTIONS
from engine.bpmn.dialect.scripts import template, to_assignments
from engine.bpmn.dialect.text import quoted
from engine.bpmn.dialect.tokens import Untranslatable
from engine.feel import FeelSyntaxError, compile_expression, compile_script

__all__ = ["Translation", "formula", "literal", "quoted", "script"]

_LANGUAGES = ("python", "javascript", "ecmascript", "groovy", "juel")
_ENDS_IN_CONSTANT = re.compile(r"\s(?:None|True|False)$")
_NOT_A_NAME = re.compile(r"(?<!\w)(?:None|True|False|is not|new \w+)(?!\w)")
_PROSE = re.compile(r"(?!not\b)[^\W\d]\w*(?:\s+[^\W\d]\w*)+[.?!]?")
"""Words and nothing else: FEEL would read them as one long name, a person meant a sentence."""
_PLAIN_STRING = re.compile(r"\"([^\"\\]*)\"|'([^'\\]*)'")


@dataclass(frozen=True, slots=True)
class Translation:
    """text: FEEL, or the literal itself; None when it could not be translated. is_translated: whether it reads differently
    now."""

    text: str | None
    is_literal: bool = False
    is_translated: bool = False


def formula(source: str, language: str = "") -> Translation:
    """An expression where one must stand."""
    text = source.strip()
    if text.startswith("="):
        return _feel(text[1:].strip())
    if _is_juel(text):
        return _foreign(text, is_template=True)
    if _is_feel(language):
        return _feel(text)
    if _PROSE.fullmatch(text) and not _ENDS_IN_CONSTANT.search(text):
        return Translation(None)
    if _is_foreign(language) or _looks_foreign(text):
        found = _foreign(text, is_template=False)
        if found.text is not None or _looks_foreign(text):
            return found if found.text != text else Translation(text)
    return Translation(text) if _parses(text) else _foreign(text, is_template=False)


def literal(source: str, language: str = "") -> Translation:
    """An expression where bare text is meant literally; quotes around it are dropped."""
    text = source.strip()
    if text.startswith("="):
        return _feel(text[1:].strip())
    if _is_juel(text):
        return _foreign(text, is_template=True)
    if found := _PLAIN_STRING.fullmatch(text):
        return Translation(found[1] if found[1] is not None else found[2], is_literal=True)
    return Translation(text, is_literal=True)


def script(source: str, language: str = "") -> Translation:
    """Assignments, or one expression whose value goes into a result variable."""
    text = source.strip()
    if text.startswith("=") and not text.startswith("=="):
        return _feel(text[1:].strip())
    if _is_foreign(language) and (found := _checked_script(text, language)).text is not None:
        return found
    if _is_script(text) or _parses(text):
        return Translation(text)
    if _is_feel(language):
        return Translation(None)
    found = _checked_script(text, language)
    return found if found.text is not None else _foreign(text, is_template=_is_juel(text))


def _checked_script(text: str, language: str) -> Translation:
    try:
        found = to_assignments(text, language)
    except Untranslatable:
        return Translation(None)
    return Translation(found, is_translated=True) if _is_script(found) else Translation(None)


def _feel(text: str) -> Translation:
    return Translation(text if _parses(text) else None)


def _foreign(text: str, *, is_template: bool) -> Translation:
    try:
        found = template(text) if is_template else to_feel(text)
    except Untranslatable:
        return Translation(None)
    return Translation(found, is_translated=True) if _parses(found) else Translation(None)


def _is_juel(text: str) -> bool:
    return "${" in text or "#{" in text


def _is_feel(language: str) -> bool:
    return "feel" in language.lower()


def _is_foreign(language: str) -> bool:
    return any(name in language.lower() for name in _LANGUAGES)


def _looks_foreign(text: str) -> bool:
    """Whether FEEL would read the text as something nobody meant: a call of `len`, or a name such as `x is not None`."""
    try:
        names = compile_expression(text).names
    except FeelSyntaxError:
        return False
    return any(name in FUNCTIONS or _NOT_A_NAME.search(name) for name in names)


def _parses(text: str) -> bool:
    try:
        compile_expression(text)
    except FeelSyntaxError:
        return False
    return True


def _is_script(text: str) -> bool:
    try:
        compile_script(text)
    except FeelSyntaxError:
        return False
    return True
