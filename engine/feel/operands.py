"""Operands of the grammar: literals, names, brackets, and the expressions that begin with a word."""

import re
from collections.abc import Callable

from engine.feel import numbers, temporal_text
from engine.feel.names import Names
from engine.feel.text_literals import STRING, unescape
from engine.feel.tree import (
    Call,
    ContextLiteral,
    Filter,
    For,
    FunctionLiteral,
    If,
    Iterator,
    ListLiteral,
    Literal,
    Name,
    Negation,
    Node,
    Path,
    Quantified,
    RangeLiteral,
    TypeName,
)

_NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_RANGE_SIGNS = ("<=", ">=", "<", ">", "=")


class Operands(Names):
    """The part of the parser that reads one operand."""

    def expression(self, strength: int = 0) -> Node:
        """An expression; given by the parser."""
        raise NotImplementedError

    def operand(self) -> Node:
        """One operand, without what follows it."""
        self.skip()
        if self.at >= len(self.text):
            self.fail_here("expected a value, a name or `(`", "此处应为值、名称或“(”")
        sign = self.text[self.at]
        reader = self._by_sign().get(sign)
        if reader is not None:
            return reader()
        if (number := _NUMBER.match(self.text, self.at)) is not None:
            return self._number(number, negative=False)
        return self._word()

    def _by_sign(self) -> dict[str, Callable[[], Node]]:
        return {
            '"': self._string,
            "@": self._at_literal,
            "(": self._bracket,
            "[": self._square,
            "]": self._open_range,
            "{": self._context,
            "-": self._minus,
        }

    def _number(self, found: re.Match[str], *, negative: bool) -> Node:
        self.at = found.end()
        value = numbers.parse(found[0])
        if value is None:
            self.fail(found.start(), "the number is out of range.", "数值超出范围。")
        return Literal(-value if negative else value)

    def _minus(self) -> Node:
        self.at += 1
        self.skip()
        if (number := _NUMBER.match(self.text, self.at)) is not None:
            return self._number(number, negative=True)
        return Negation(self.expression(7))

    def _string(self) -> Node:
        return Literal(self.string())

    def string(self) -> str:
        """A string literal, unescaped."""
        self.skip()
        found = STRING.match(self.text, self.at)
        if found is None:
            hint, hint_zh = 'A `"` within a text is written `\\"`.', '文本中的双引号写作 \\"。'
            self.fail(self.at, "the string has no closing quote.", "字符串缺少结尾的引号。", hint, hint_zh)
        self.at = found.end()
        return unescape(found[1])

    def _at_literal(self) -> Node:
        self.at += 1
        if not self.sees('"'):
            self.fail_here('expected a string after `@`, as in `@"2026-11-22"`', '“@”之后应为字符串，例如 @"2026-11-22"')
        text = self.string()
        return Literal(temporal_text.parse_any(text), note=text)

    # --- brackets ----------------------------------------------------------------------------------------------------

    def _bracket(self) -> Node:
        """`(expression)`, `(a..b]` or `(< 5)`."""
        self.at += 1
        for sign in _RANGE_SIGNS:
            if self.take(sign):
                node = self._half_range(sign, self.expression(4))
                self.expect(")")
                return node
        first = self.expression()
        if self.sees(".."):
            return self.range_from(first, low_included=False)
        self.expect(")")
        return first

    def _half_range(self, sign: str, end: Node) -> Node:
        if sign == "=":
            return RangeLiteral(end, end, True, True)
        if sign[0] == "<":
            return RangeLiteral(None, end, False, sign == "<=")
        return RangeLiteral(end, None, sign == ">=", False)

    def range_from(self, low: Node, *, low_included: bool) -> Node:
        """The rest of a range whose low end is read."""
        self.expect("..")
        with self.range_end():
            high = self.expression(4)
        self.skip()
        if self.take("]"):
            return RangeLiteral(low, high, low_included, True)
        if self.take(")") or self.take("["):
            return RangeLiteral(low, high, low_included, False)
        return self.fail_here("expected `]`, `)` or `[` to close the range", "区间应以“]”“)”或“[”结束")

    def _open_range(self) -> Node:
        self.at += 1
        return self.range_from(self.expression(4), low_included=False)

    def _square(self) -> Node:
        self.at += 1
        if self.take("]"):
            return ListLiteral(())
        first = self.expression()
        if self.sees(".."):
            return self.range_from(first, low_included=True)
        items = [first]
        if self.take(","):
            items.extend(self.items("]"))
        else:
            self.expect("]")
        return ListLiteral(tuple(items))

    def items(self, closing: str) -> list[Node]:
        """Expressions separated by commas, up to the closing sign."""
        items = [self.expression()]
        while self.take(","):
            items.append(self.expression())
        self.expect(closing)
        return items

    def _context(self) -> Node:
        self.at += 1
        entries: list[tuple[str, Node]] = []
        with self.scope():
            while not self.take("}"):
                if entries:
                    self.expect(",")
                self.skip()
                key = self.string() if self.sees('"') else self.new_name(":")
                self.expect(":")
                entries.append((key, self.expression()))
                self.bind(key)
                self.members.add(key)
        return ContextLiteral(tuple(entries))

    def filter_condition(self) -> Node:
        """What stands in `[…]` behind an operand; its names may be members of the item."""
        with self.filtering():
            return self.expression()

    # --- words -------------------------------------------------------------------------------------------------------

    def _word(self) -> Node:
        found = self.declared.find(self.text, self.at)
        if found is None:
            for word, reader in self._by_word():
                if self.take_word(word):
                    return reader()
        return self.name()

    def _by_word(self) -> tuple[tuple[str, Callable[[], Node]], ...]:
        return (
            ("true", lambda: Literal(True)),
            ("false", lambda: Literal(False)),
            ("null", lambda: Literal(None)),
            ("if", self._if),
            ("for", self._for),
            ("some", lambda: self._quantified(is_every=False)),
            ("every", lambda: self._quantified(is_every=True)),
            ("function", self._function),
        )

    def _if(self) -> Node:
        condition = self.expression()
        self.expect_word("then")
        yes = self.expression()
        self.expect_word("else")
        return If(condition, yes, self.expression())

    def _iterators(self, end_word: str) -> tuple[Iterator, ...]:
        iterators: list[Iterator] = []
        while not iterators or self.take(","):
            name = self.new_name("in")
            self.expect_word("in")
            source = self.expression()
            end = self.expression() if self.take("..") else None
            iterators.append(Iterator(name, source, end))
            self.bind(name)
        self.expect_word(end_word)
        return tuple(iterators)

    def _for(self) -> Node:
        with self.scope():
            iterators = self._iterators("return")
            self.bind("partial")
            return For(iterators, self.expression())

    def _quantified(self, *, is_every: bool) -> Node:
        with self.scope():
            iterators = self._iterators("satisfies")
            return Quantified(is_every, iterators, self.expression())

    def _function(self) -> Node:
        self.expect("(")
        parameters: list[tuple[str, TypeName | None]] = []
        with self.scope():
            while not self.take(")"):
                if parameters:
                    self.expect(",")
                name = self.new_name(":,)")
                parameters.append((name, self.type_name() if self.take(":") else None))
                self.bind(name)
            if self.take_word("external"):
                self.expression()
                return FunctionLiteral(tuple(parameters), None)
            return FunctionLiteral(tuple(parameters), self.expression())

    def is_callable(self, node: Node) -> bool:
        """Whether a bracket behind this operand is a call."""
        return isinstance(node, Name | Path | Call | FunctionLiteral | Filter | If)

    def argument_name(self) -> str | None:
        """The parameter name of `name: value`, moved over; None when the argument is given by position."""
        return self.name_before_colon()
