"""Names as FEEL writes them: their characters, the reserved words, and how a name with spaces or operators is found."""

import re
from collections.abc import Iterable

START = (
    r"?A-Z_a-z\xB7\xC0-\xD6\xD8-\xF6\xF8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
PART = START + r"0-9\u0300-\u036F\u203F\u2040"
WORD = re.compile(f"[{START}][{PART}]*")
NAME = re.compile(f"[{START}](?:[{PART} ./\\-'+*]*[{PART}])?")
"""A whole name, spaces and operators included."""
PARTS = re.compile(f"[{PART}]+")
GAP = re.compile(r"(?:[\s\u00A0\u1680\u180E\u2000-\u200B\u2028\u2029\u202F\u205F\u3000\uFEFF]|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)+")

_OPERATORS = ("and", "or", "in", "between", "instance")
_KEYWORDS = ("if", "then", "else", "for", "return", "some", "every", "satisfies", "function", "external", "true", "false", "null")
RESERVED = frozenset((*_OPERATORS, *_KEYWORDS))
"""Words that end a name which nobody declared."""

_TOKEN = re.compile(f"[{PART}]+|\\s+|.", re.DOTALL)


def normalise(name: str) -> str:
    """The name with every run of spaces as one."""
    return " ".join(name.split())


class Declared:
    """Names that may contain spaces and operators, found in a text longest first."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, list[tuple[str, re.Pattern[str] | None]]] = {}
        self.names: set[str] = set()
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Declares one more name; adding it twice is harmless."""
        tokens = [] if name in self.names else _TOKEN.findall(name.strip())
        self.names.add(name)
        if not tokens:
            return
        entries = self._by_first.setdefault(tokens[0], [])
        entries.append((name, None if len(tokens) == 1 else _pattern(tokens)))
        entries.sort(key=lambda entry: -len(entry[0]))

    def find(self, text: str, position: int) -> tuple[str, int] | None:
        """The longest declared name that stands at `position`, and where it ends."""
        word = PARTS.match(text, position)
        if word is None:
            return None
        for name, pattern in self._by_first.get(word[0], ()):
            found = word if pattern is None else pattern.match(text, position)
            if found is not None and not (PARTS.match(text, found.end()) and PARTS.match(text, found.end() - 1)):
                return name, found.end()
        return None


def _pattern(tokens: list[str]) -> re.Pattern[str]:
    """The tokens in a row, with any space where there is one; without the costly class of name characters."""
    return re.compile("".join(r"\s+" if token.isspace() else re.escape(token) for token in tokens))
