"""Characters: the position in a text, gaps and comments, words and signs, and errors that point at them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from engine.feel import limits
from engine.feel.errors import FeelSyntaxError
from engine.feel.hints import hint_for, shape_of
from engine.feel.vocabulary import GAP, PARTS, Declared

_MOST_OPERATORS = 200
_AFTER_RANGE = frozenset({"and", "or", "then", "else", "return", "satisfies"})


class Reader:
    """A text and a position in it. names: what may stand alone; members: what may also stand after a dot."""

    def __init__(self, text: str, names: Iterable[str] = (), members: Iterable[str] = ()) -> None:
        self.text = text
        self.at = 0
        self.declared = Declared(names)
        self.members = Declared([*self.declared.names, *members])
        self._level = 0
        self._range_level = -1
        self._operators = 0
        if len(text) > limits.TEXT_LENGTH:
            self.fail(0, f"the text is longer than {limits.TEXT_LENGTH} characters.", f"表达式超过 {limits.TEXT_LENGTH} 个字符。")

    def fail(self, position: int, en: str, zh: str, hint: str = "", hint_zh: str = "") -> NoReturn:
        """Raises the error that points at `position`."""
        raise FeelSyntaxError(self.text, position, en=en, zh=zh, hint=hint, hint_zh=hint_zh)

    def fail_here(self, en: str, zh: str, hint: str = "", hint_zh: str = "") -> NoReturn:
        """Raises the error that says what was expected here and what stands here."""
        self.skip()
        found = self.text[self.at : self.at + 12].split("\n")[0]
        shown, shown_zh = (f"found `{found}`", f"实际为“{found}”") if found else ("the text ends", "表达式到此结束")
        slip, slip_zh = hint_for(self.text, self.at)
        hint, hint_zh = (slip, slip_zh) if slip else (hint, hint_zh)
        self.fail(self.at, f"{en}, but {shown}.", f"{zh}，{shown_zh}。", hint, hint_zh)

    @contextmanager
    def nested(self) -> Iterator[None]:
        """One level further in; refuses texts that nest too deep."""
        self._level += 1
        if self._level > limits.NESTING:
            self.fail(self.at, f"nested deeper than {limits.NESTING} levels.", f"嵌套超过 {limits.NESTING} 层。")
        operators, self._operators = self._operators, 0
        try:
            yield
        finally:
            self._level -= 1
            self._operators = operators

    @contextmanager
    def range_end(self) -> Iterator[None]:
        """The high end of a range on this level: a `[` behind it may close the range."""
        before, self._range_level = self._range_level, self._level + 1
        try:
            yield
        finally:
            self._range_level = before

    def closes_range(self) -> bool:
        """Whether the `[` that stands here closes a range, as in `[1..5[`, rather than opening a filter."""
        if self._level != self._range_level:
            return False
        gap = GAP.match(self.text, self.at + 1)
        after = gap.end() if gap else self.at + 1
        word = PARTS.match(self.text, after)
        return after >= len(self.text) or self.text[after] in ")],}" or (word is not None and word[0] in _AFTER_RANGE)

    def count_operator(self, position: int) -> None:
        """One more operator in a row; the tree of a row is as deep as the row is long."""
        self._operators += 1
        if self._operators > _MOST_OPERATORS:
            self.fail(position, f"more than {_MOST_OPERATORS} operators in a row.", f"连续运算超过 {_MOST_OPERATORS} 个。")

    def skip(self) -> None:
        """Moves over spaces and comments."""
        gap = GAP.match(self.text, self.at)
        if gap is not None:
            self.at = gap.end()

    def at_end(self) -> bool:
        """Whether nothing but a gap is left."""
        self.skip()
        return self.at >= len(self.text)

    def rest_is_blank(self, position: int) -> bool:
        """Whether only a gap follows `position`."""
        gap = GAP.match(self.text, position)
        return (gap.end() if gap else position) >= len(self.text)

    def finish(self) -> None:
        """Refuses anything left over."""
        if not self.at_end():
            self.fail_here(
                "expected an operator or the end",
                "此处应为运算符或表达式结尾",
                'Quote texts with " and declare names.',
                "文本请加双引号。",
            )

    def sees(self, sign: str) -> bool:
        """Whether this sign stands here, after a gap."""
        self.skip()
        return self.text.startswith(sign, self.at)

    def take(self, sign: str) -> bool:
        """Moves over the sign if it stands here."""
        if not self.sees(sign):
            return False
        self.at += len(sign)
        return True

    def expect(self, sign: str) -> None:
        """Moves over the sign or refuses."""
        if not self.take(sign):
            self.fail_here(f"expected `{sign}`", f"此处应为“{sign}”")

    def sees_word(self, word: str) -> bool:
        """Whether this whole word stands here."""
        self.skip()
        found = PARTS.match(self.text, self.at)
        return found is not None and found[0] == word

    def take_word(self, word: str) -> bool:
        """Moves over the word if it stands here."""
        if not self.sees_word(word):
            return False
        self.at += len(word)
        return True

    def expect_word(self, word: str) -> None:
        """Moves over the word or refuses."""
        if not self.take_word(word):
            self.fail_here(f"expected `{word}`", f"此处应为“{word}”", *shape_of(word))

    def sees_after_word(self, word: str, sign: str) -> bool:
        """Whether `sign` follows the word that stands here."""
        gap = GAP.match(self.text, self.at + len(word))
        return self.text.startswith(sign, gap.end() if gap else self.at + len(word))
