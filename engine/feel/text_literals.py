"""String literals: their shape and their escapes."""

import re

STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


def unescape(text: str) -> str:
    """The text with its escapes resolved; an unknown escape stays as written, a surrogate pair becomes its character."""
    if "\\" not in text:
        return text
    return _join_surrogates(_ESCAPE.sub(_replace, text))


def _replace(found: re.Match[str]) -> str:
    digits = found[1] or found[2]
    if digits:
        code = int(digits, 16)
        return chr(code) if code <= 0x10FFFF else found[0]
    return _PLAIN.get(found[3], found[0])


def _join_surrogates(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if re.search("[\ud800-\udfff]", text) else text
