"""Regular expressions in XPath's dialect, run by RE2, which takes time linear in the text whatever the pattern.

What RE2 has no word for (back references) is refused: the caller answers null with a reason. `pattern_syntax` translates."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import re2

from engine.feel.pattern_syntax import Untranslatable, translate
from engine.feel.reasons import null

if TYPE_CHECKING:
    Pattern = re.Pattern[str]

_FLAGS = frozenset("smixq")
_MOST_PATTERN = 2000


@lru_cache(maxsize=2000)
def _compile(pattern: str, flags: str) -> "Pattern | None":
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 8 << 20
    options.dot_nl = "s" in flags
    options.case_sensitive = "i" not in flags
    try:
        written = re2.escape(pattern) if "q" in flags else translate(pattern, spaces_count="x" not in flags, dot_all="s" in flags)
        compiled: Pattern = re2.compile(("(?m)" if "m" in flags else "") + written, options)
    except (re2.error, Untranslatable):
        return None
    return compiled


def find(pattern: str, flags: str | None) -> "Pattern | None":
    """The compiled pattern; None, with a reason, when pattern or flags are not understood."""
    wanted = flags or ""
    if not set(wanted) <= _FLAGS or len(pattern) > _MOST_PATTERN:
        return null(
            "feel.pattern",
            f"The flags `{wanted}` are unknown, or the pattern is too long.",
            "正则表达式的标志无效，或表达式过长。",
        )
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
            if replacement[at + 1 : at + 2] not in {"\\", "$"}:
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
