"""XPath's regular expressions in RE2's words (XML Schema part 2, appendix F, with XPath's additions).

Escapes that XPath does not know are errors there and here; `\\i`, `\\c`, `\\w` and class subtraction are spelled out as sets."""

import re

from engine.feel.unicode_blocks import BLOCKS

_SINGLE = frozenset("nrt\\|.-^?*+{}()[]$ ")
_NAME_START = (
    r":A-Z_a-z\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{2FF}\x{370}-\x{37D}\x{37F}-\x{1FFF}\x{200C}-\x{200D}"
    r"\x{2070}-\x{218F}\x{2C00}-\x{2FEF}\x{3001}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFFD}\x{10000}-\x{EFFFF}"
)
_NAME_PART = _NAME_START + "\\-.0-9\\x{B7}\\x{300}-\\x{36F}\\x{203F}-\\x{2040}"
_SETS = {"d": "\\p{Nd}", "i": _NAME_START, "c": _NAME_PART, "s": " \\t\\n\\r"}
_WORD_OUT = "\\p{P}\\p{Z}\\p{C}"
_CATEGORY = re.compile(r"\{(Is[A-Za-z0-9\-]+|[A-Z][a-z]?)\}")
_QUANTITY = re.compile(r"\{\d+(?:,\d*)?\}")


class Untranslatable(Exception):
    """The pattern is malformed, or asks for what RE2 cannot do."""


def translate(pattern: str, *, spaces_count: bool, dot_all: bool) -> str:
    """The pattern in RE2's dialect. spaces_count: False drops spaces outside classes. Raises Untranslatable."""
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            part, at = _escape(pattern, at + 1)
        elif sign == "[":
            part, at = _class(pattern, at + 1, 0)
        elif sign in "]}":
            raise Untranslatable
        elif sign == "{":
            part, at = _quantity(pattern, at)
        elif sign == "(":
            part, at = _group(pattern, at)
        else:
            part, at = _plain(sign, spaces_count=spaces_count, dot_all=dot_all), at + 1
        parts.append(part)
    return "".join(parts)


def _plain(sign: str, *, spaces_count: bool, dot_all: bool) -> str:
    if sign == "." and not dot_all:
        return "[^\\n\\r]"
    return "" if sign.isspace() and not spaces_count else sign


def _quantity(pattern: str, at: int) -> tuple[str, int]:
    found = _QUANTITY.match(pattern, at)
    if found is None:
        raise Untranslatable
    return found[0], found.end()


def _group(pattern: str, at: int) -> tuple[str, int]:
    if pattern.startswith("(?:", at):
        return "(?:", at + 3
    if pattern.startswith("(?", at):
        raise Untranslatable
    return "(", at + 1


def _escape(pattern: str, at: int) -> tuple[str, int]:
    """An escape outside a class."""
    sign = pattern[at : at + 1]
    if sign in _SETS:
        return f"[{_SETS[sign]}]", at + 1
    if sign.lower() in _SETS and sign:
        return f"[^{_SETS[sign.lower()]}]", at + 1
    if sign in {"w", "W"}:
        return (f"[^{_WORD_OUT}]" if sign == "w" else f"[{_WORD_OUT}]"), at + 1
    if sign in {"p", "P"}:
        inner, end = _category(pattern, at)
        return f"[{inner}]", end
    return _single(sign), at + 1


def _single(sign: str) -> str:
    if not sign or sign not in _SINGLE:
        raise Untranslatable
    return "\\x20" if sign == " " else "\\" + sign


def _category(pattern: str, at: int) -> tuple[str, int]:
    found = _CATEGORY.match(pattern, at + 1)
    if found is None:
        raise Untranslatable
    name, negated = found[1], pattern[at] == "P"
    if not name.startswith("Is"):
        return f"\\{pattern[at]}{{{name}}}", found.end()
    if name[2:] not in BLOCKS:
        raise Untranslatable
    low, high = BLOCKS[name[2:]]
    if negated:
        return (
            f"\\x{{0}}-\\x{{{max(low - 1, 0):X}}}\\x{{{high + 1:X}}}-\\x{{10FFFF}}"
            if low
            else f"\\x{{{high + 1:X}}}-\\x{{10FFFF}}",
            found.end(),
        )
    return f"\\x{{{low:X}}}-\\x{{{high:X}}}", found.end()


def _class(pattern: str, at: int, depth: int) -> tuple[str, int]:
    """A class whose `[` is read; a subtraction is spelled out, for plain characters and ranges only."""
    negated = pattern.startswith("^", at)
    at += negated
    parts: list[str] = []
    while at < len(pattern) and pattern[at] != "]":
        if pattern.startswith("-[", at):
            taken, at = _class(pattern, at + 2, depth + 1)
            if not pattern.startswith("]", at) or depth > 5 or not parts:
                raise Untranslatable
            return _subtract(("[^" if negated else "[") + "".join(parts) + "]", taken), at + 1
        part, at = _class_part(pattern, at)
        parts.append(part)
    if at >= len(pattern) or not parts:
        raise Untranslatable
    return ("[^" if negated else "[") + "".join(parts) + "]", at + 1


def _class_part(pattern: str, at: int) -> tuple[str, int]:
    sign = pattern[at]
    if sign == "[":
        raise Untranslatable
    if sign != "\\":
        return sign if sign not in "^&~" else "\\" + sign, at + 1
    escaped = pattern[at + 1 : at + 2]
    if escaped in _SETS:
        return _SETS[escaped], at + 2
    if escaped in {"D", "S", "w", "W"}:
        return {"D": "\\P{Nd}", "S": "\\S", "w": "\\p{L}\\p{M}\\p{N}\\p{S}", "W": _WORD_OUT}[escaped], at + 2
    if escaped in {"p", "P"}:
        return _category(pattern, at + 1)
    return _single(escaped), at + 2


def _subtract(base: str, taken: str) -> str:
    """The characters of one class that are not in the other, as ranges."""
    try:
        within, without = re.compile(_for_python(base)), re.compile(_for_python(taken))
    except re.error as error:
        raise Untranslatable from error
    kept = [code for code in range(0x250) if within.match(chr(code)) and not without.match(chr(code))]
    return "[" + "".join(f"\\x{{{code:X}}}" for code in kept) + "]" if kept else "[^\\x{0}-\\x{10FFFF}]"


def _for_python(text: str) -> str:
    """A class in Python's words; only characters and ranges have any, and a class holds no repetition, so it cannot explode."""
    if "\\p" in text or "\\P" in text:
        raise Untranslatable
    return re.sub(r"\\x\{([0-9A-F]+)\}", lambda found: f"\\U{int(found[1], 16):08X}", text)
