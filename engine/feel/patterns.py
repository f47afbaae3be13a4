"""Regular expressions in XPath's dialect, run by RE2, which takes time linear in the text whatever the pattern.

What RE2 has no word for (back references, look-around, character class subtraction) is refused: the caller answers null with a reason."""

import re
from functools import lru_cache

import re2

from engine.feel.reasons import null

_FLAGS = frozenset("smix")
_MOST_PATTERN = 2000


@lru_cache(maxsize=2000)
def _compile(pattern: str, flags: str) -> "re2._Regexp[str] | None":
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 8 << 20
    options.never_nl = False
    options.dot_nl = "s" in flags
    options.case_sensitive = "i" not in flags
    if "x" in flags:
        pattern = _without_spaces(pattern)
    prefix = "(?m)" if "m" in flags else ""
    try:
        return re2.compile(prefix + pattern, options)
    except re2.error:
        return None


def _without_spaces(pattern: str) -> str:
    """XPath's `x` flag: spaces outside character classes do not count."""
    return re.sub(r"(\\.|\[(?:\\.|[^\]\\])*\])|\s+", lambda found: found[1] or "", pattern, flags=re.DOTALL)


def find(pattern: str, flags: str | None) -> "re2._Regexp[str] | None":
    """The compiled pattern; None, with a reason, when pattern or flags are not understood."""
    wanted = flags or ""
    if not set(wanted) <= _FLAGS or len(pattern) > _MOST_PATTERN:
        return null("feel.pattern", f"The flags `{wanted}` are unknown, or the pattern is too long.", "正则表达式的标志无效，或表达式过长。")
    compiled = _compile(pattern, wanted)
    if compiled is None:
        return null("feel.pattern", f"The pattern `{pattern}` is not understood.", f"无法识别正则表达式“{pattern}”。")
    return compiled


def expand(replacement: str, groups: int) -> "list[str | int] | None":
    """XPath's replacement text as texts and group numbers: `$1`, `\\$`, `\\\\`; None when malformed."""
    parts: list[str | int] = []
    at = 0
    while at < len(replacement):
        sign = replacement[at]
        if sign == "\\":
            if replacement[at + 1 : at + 2] not in {"\\", "$"} or at + 1 >= len(replacement):
                return None
            parts.append(replacement[at + 1])
            at += 2
        elif sign == "$":
            number, at = _group_number(replacement, at + 1, groups)
            if number is None:
                return None
            parts.append(number)
        else:
            parts.append(sign)
            at += 1
    return parts


def _group_number(replacement: str, at: int, groups: int) -> tuple[int | None, int]:
    """The longest number of an existing group that stands here; a single digit may name a group that does not exist."""
    digits = re.match(r"[0-9]+", replacement[at:])
    if digits is None:
        return None, at
    text = digits[0]
    while len(text) > 1 and int(text) > groups:
        text = text[:-1]
    return int(text), at + len(text)
