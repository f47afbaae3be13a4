"""Names of the grammar: declared ones with spaces and operators, undeclared ones word by word, new ones, members and types."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from engine.feel.builtins.names import BUILTIN_NAMES
from engine.feel.hints import full_width
from engine.feel.reader import Reader
from engine.feel.tree import Name, TypeName
from engine.feel.vocabulary import GAP, PART, PARTS, RESERVED, START, WORD, Declared, normalise

_SIGNS = r"./\-'+*"
_NEW_NAME = re.compile(f"[{START}][{PART}{_SIGNS}\\s\u00a0]*")
_BEFORE_COLON = re.compile(f"([{START}][{PART}{_SIGNS}\\s\u00a0]*):")
_BUILTINS = Declared(BUILTIN_NAMES)
_LONG_TYPES = (
    "days and time duration",
    "years and months duration",
    "day time duration",
    "year month duration",
    "date and time",
)


class Names(Reader):
    """The part of the parser that knows which names exist."""

    def __init__(self, text: str, names: Iterable[str] = (), members: Iterable[str] = ()) -> None:
        super().__init__(text, names, members)
        self._bound: list[set[str]] = []
        self._filters = 0

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Names bound inside it are forgotten at its end."""
        self._bound.append(set())
        try:
            yield
        finally:
            self._bound.pop()

    @contextmanager
    def filtering(self) -> Iterator[None]:
        """The scope of a filter, where `item` is bound."""
        with self.scope():
            self.bind("item")
            self._filters += 1
            yield
            self._filters -= 1

    def bind(self, name: str) -> None:
        """Declares a name until the scope ends."""
        self._bound[-1].add(name)
        self.declared.add(name)
        self.members.add(name)

    def is_bound(self, name: str) -> bool:
        """Whether an enclosing iterator, parameter, entry or filter declares it."""
        return any(name in bound for bound in self._bound)

    def name(self) -> Name:
        """The name that stands here, the longest declared one or every word that follows."""
        found = self.declared.find(self.text, self.at)
        if self._filters:
            found = max(
                (each for each in (found, self.members.find(self.text, self.at)) if each), key=lambda each: each[1], default=None
            )
        found = found or self._builtin()
        if found is None:
            name = self._words()
        else:
            name, self.at = found
        return Name(name, self.is_bound(name))

    def _builtin(self) -> tuple[str, int] | None:
        """A built-in function's name, unless it only begins a longer, undeclared name."""
        found = _BUILTINS.find(self.text, self.at)
        if found is None:
            return None
        gap = GAP.match(self.text, found[1])
        after = gap.end() if gap else found[1]
        if self.text.startswith("(", after):
            return found
        word = PARTS.match(self.text, after)
        return found if word is None or word[0] in RESERVED else None

    def _words(self) -> str:
        """A name nobody declared: words up to a sign or a reserved word."""
        words: list[str] = []
        while True:
            self.skip()
            found = (PARTS if words else WORD).match(self.text, self.at)
            if found is None or (found[0] in RESERVED):
                break
            if (wide := full_width(found[0])) is not None:
                self.at += wide
                self.fail_here("expected a name or a sign", "此处应为名称或英文符号")
            words.append(found[0])
            self.at = found.end()
        if not words:
            self.fail_here("expected a value or a name", "此处应为值或名称")
        return " ".join(words)

    def member_name(self) -> str:
        """The name behind a dot."""
        self.skip()
        found = self.members.find(self.text, self.at)
        if found is None:
            return self._words()
        name, self.at = found
        return name

    def new_name(self, before: str) -> str:
        """A name being declared. before: what ends it, the word `in` or one of these signs."""
        self.skip()
        found = _NEW_NAME.match(self.text, self.at)
        if found is None:
            self.fail_here("expected a name", "此处应为名称")
        text = found[0]
        if before == "in":
            text = re.split(r"\sin(?=\s|$)", text, maxsplit=1)[0]
        self.at += len(text)
        return normalise(text)

    def name_before_colon(self) -> str | None:
        """The name of `name:`, moved over with its colon; None when no colon follows."""
        self.skip()
        found = _BEFORE_COLON.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return normalise(found[1])

    # --- types -------------------------------------------------------------------------------------------------------

    def type_name(self) -> TypeName:
        """A type: `number`, `list<date>`, `context<a: number>`, `function<number> -> string`, or a declared name."""
        with self.nested():
            self.skip()
            name = self._long_type() or self._type_words()
            if name in {"list", "range"} and self.take("<"):
                inner = self.type_name()
                self.expect(">")
                return TypeName(name, (inner,))
            if name == "context" and self.take("<"):
                return TypeName(name, members=self._type_members())
            if name == "function" and self.take("<"):
                return TypeName(name, self._function_types())
            return TypeName(name)

    def _long_type(self) -> str | None:
        for name in _LONG_TYPES:
            found = re.compile(name.replace(" ", r"\s+") + f"(?![{PART}])").match(self.text, self.at)
            if found is not None:
                self.at = found.end()
                return name
        return None

    def _type_words(self) -> str:
        if (found := self.members.find(self.text, self.at)) is not None:
            name, self.at = found
        elif self.take_word("null") or self.take_word("Null"):
            return "Null"
        elif self.take_word("function"):
            return "function"
        else:
            name = self._words()
        while self.sees(".") and not self.sees(".."):
            self.at += 1
            name += "." + self.member_name()
        return name

    def _type_members(self) -> tuple[tuple[str, TypeName], ...]:
        members: list[tuple[str, TypeName]] = []
        while not members or self.take(","):
            name = self.new_name(":")
            self.expect(":")
            members.append((name, self.type_name()))
        self.expect(">")
        return tuple(members)

    def _function_types(self) -> tuple[TypeName, ...]:
        """Parameter types, then the result type."""
        types: list[TypeName] = []
        if not self.take(">"):
            types.append(self.type_name())
            while self.take(","):
                types.append(self.type_name())
            self.expect(">")
        self.expect("->")
        return (*types, self.type_name())
