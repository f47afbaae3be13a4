"""String functions; positions count characters from 1, or from the end when negative."""

import re

from engine.feel import limits, patterns
from engine.feel.builtins.registry import builtin
from engine.feel.reasons import Value, null


def _out(position: int) -> Value | None:
    return null("feel.position", f"Position {position} lies outside the string.", f"位置 {position} 超出字符串范围。")


@builtin("substring", "string: string, start position: whole, length?: whole?")
def substring(text: str, start: int, length: int | None = None) -> str | None:
    """The part from `start` on."""
    if start == 0 or abs(start) > len(text) or (length is not None and length < 1):
        return _out(start)
    first = start - 1 if start > 0 else len(text) + start
    return text[first:] if length is None else text[first : first + length]


@builtin("string length", "string: string")
def string_length(text: str) -> int:
    """Characters, not bytes."""
    return len(text)


@builtin("upper case", "string: string")
def upper_case(text: str) -> str:
    """All in upper case."""
    return text.upper()


@builtin("lower case", "string: string")
def lower_case(text: str) -> str:
    """All in lower case."""
    return text.lower()


@builtin("substring before", "string: string, match: string")
def substring_before(text: str, match: str) -> str:
    """What stands before the first match, or nothing."""
    return text.partition(match)[0] if match and match in text else ""


@builtin("substring after", "string: string, match: string")
def substring_after(text: str, match: str) -> str:
    """What stands after the first match, or nothing."""
    if not match:
        return text
    return text.partition(match)[2]


@builtin("contains", "string: string, match: string")
def contains(text: str, match: str) -> bool:
    """Whether the match occurs."""
    return match in text


@builtin("starts with", "string: string, match: string")
def starts_with(text: str, match: str) -> bool:
    """Whether the text begins with the match."""
    return text.startswith(match)


@builtin("ends with", "string: string, match: string")
def ends_with(text: str, match: str) -> bool:
    """Whether the text ends with the match."""
    return text.endswith(match)


@builtin("matches", "input: string, pattern: string, flags?: string?")
def matches(text: str, pattern: str, flags: str | None = None) -> bool | None:
    """Whether the pattern occurs in the text."""
    compiled = patterns.find(pattern, flags)
    return None if compiled is None else compiled.search(text) is not None


@builtin("replace", "input: string, pattern: string, replacement: string, flags?: string?")
def replace(text: str, pattern: str, replacement: str, flags: str | None = None) -> str | None:
    """The text with every match replaced; `$1` stands for the first group."""
    compiled = patterns.find(pattern, flags)
    if compiled is None:
        return None
    parts = patterns.expand(replacement, compiled.groups)
    if parts is None or compiled.search("") is not None:
        return null(
            "feel.pattern",
            "The replacement is malformed, or the pattern matches nothing at all.",
            "替换文本有误，或正则表达式匹配空串。",
        )
    result: list[str] = []
    at = size = 0
    for found in compiled.finditer(text):
        limits.spend()
        pieces = [text[at : found.start()]]
        pieces += [part if isinstance(part, str) else _group(found, part, compiled.groups) for part in parts]
        at = found.end()
        result += pieces
        size += sum(map(len, pieces))
        if size > limits.STRING_LENGTH:
            break
    return "".join(result) + text[at:]


def _group(found: re.Match[str], number: int, groups: int) -> str:
    return (found.group(number) or "") if number <= groups else ""


@builtin("split", "string: string, delimiter: string")
def split(text: str, delimiter: str) -> list[str] | None:
    """The parts between the matches of the delimiter pattern."""
    compiled = patterns.find(delimiter, None)
    if compiled is None:
        return None
    limits.spend_text(len(text))
    parts: list[str] = []
    at = 0
    for found in compiled.finditer(text):
        limits.spend()
        if found.end() > found.start():
            parts.append(text[at : found.start()])
            at = found.end()
    return [*parts, text[at:]]


@builtin("string join", "list: list, delimiter?: string?")
def string_join(items: list[object], delimiter: str | None = None) -> str | None:
    """The strings in one, without nulls."""
    texts = [item for item in items if item is not None]
    strings = [item for item in texts if isinstance(item, str)]
    if len(strings) < len(texts):
        return null("feel.argument", "`string join` needs a list of strings.", "“string join”需要字符串列表。")
    size = sum(map(len, strings)) + len(strings) * len(delimiter or "")
    if size > limits.STRING_LENGTH:
        raise limits.Exhausted("a string grew too long", "字符串过长")
    limits.spend(len(strings))
    return (delimiter or "").join(strings)
