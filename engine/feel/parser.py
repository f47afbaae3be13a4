"""The parser: text to tree, one pass, without backtracking over a bracket.

It reads characters, not tokens, because only the parser knows which names are declared: with `a-b` declared, `a-b` is one name,
otherwise a subtraction. Each nesting level is counted, so that no text can exhaust the stack. The grammar is spread
over four files: operators here, operands in `operands`, names and types in `names`, characters in `reader`."""

from collections.abc import Iterable

from engine.feel.operands import Operands
from engine.feel.tree import (
    Arithmetic,
    Between,
    Call,
    Comparison,
    Filter,
    In,
    InstanceOf,
    Junction,
    Node,
    Path,
    Test,
    UnaryTestList,
)

_OPERATORS = ("**", "<=", ">=", "!=", "=", "<", ">", "+", "-", "*", "/")
_STRENGTH = {"or": 1, "and": 2, "+": 4, "-": 4, "*": 5, "/": 5, "**": 6, "instance": 7}
_COMPARISON = 3
_COMPARATORS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_WORDS = ("or", "and", "in", "between", "instance")


class Parser(Operands):
    """Parses one text."""

    def expression(self, strength: int = 0) -> Node:
        """An expression of operators that bind at least as strongly as `strength`."""
        with self.nested():
            left = self._postfix(self.operand())
            while (operator := self._operator()) is not None and self._strength(operator) >= max(strength, 1):
                left = self._postfix(self._combine(left, operator)) if operator == "instance" else self._combine(left, operator)
            return left

    def _operator(self) -> str | None:
        self.skip()
        for operator in _OPERATORS:
            if self.text.startswith(operator, self.at):
                return operator
        return next((word for word in _WORDS if self.sees_word(word)), None)

    def _strength(self, operator: str) -> int:
        return _STRENGTH.get(operator, _COMPARISON)

    def _combine(self, left: Node, operator: str) -> Node:
        start = self.at
        self.at += len(operator)
        strength = self._strength(operator)
        if operator in {"and", "or"}:
            return self._junction(left, operator, strength)
        if operator == "between":
            return self._between(left)
        if operator == "in":
            return In(left, self._in_tests())
        if operator == "instance":
            return self._instance_of(left)
        self.count_operator(start)
        right = self.expression(strength + 1)
        return Comparison(operator, left, right) if operator in _COMPARATORS else Arithmetic(operator, left, right)

    def _junction(self, left: Node, word: str, strength: int) -> Node:
        items = [left, self.expression(strength + 1)]
        while self._operator() == word:
            self.at += len(word)
            items.append(self.expression(strength + 1))
        return Junction(word == "and", tuple(items))

    def _between(self, left: Node) -> Node:
        low = self.expression(_COMPARISON + 1)
        self.expect_word("and")
        return Between(left, low, self.expression(_COMPARISON + 1))

    def _instance_of(self, left: Node) -> Node:
        self.expect_word("of")
        return InstanceOf(left, self.type_name())

    # --- tests -------------------------------------------------------------------------------------------------------

    def _in_tests(self) -> tuple[Test, ...]:
        self.skip()
        if self.sees("("):
            return self._tests_in_brackets()
        return (self.test(),)

    def _tests_in_brackets(self) -> tuple[Test, ...]:
        """`(a, < 5)`, `(1..5]` or `(expression)`, told apart after the first expression."""
        self.expect("(")
        first = self.test()
        if first.operator is None and self.sees(".."):
            return (Test(None, self._postfix(self.range_from(first.operand, low_included=False))),)
        tests = [first]
        while self.take(","):
            tests.append(self.test())
        self.expect(")")
        if len(tests) == 1 and first.operator is None:
            return (Test(None, self._continue(self._postfix(first.operand), _COMPARISON + 1)),)
        return tuple(tests)

    def _continue(self, left: Node, strength: int) -> Node:
        while (operator := self._operator()) is not None and self._strength(operator) >= strength:
            left = self._combine(left, operator)
        return left

    def test(self, strength: int = _COMPARISON + 1) -> Test:
        """One positive unary test."""
        self.skip()
        for operator in ("<=", ">=", "!=", "<", ">", "="):
            if self.take(operator):
                return Test(operator, self.expression(_COMPARISON + 1))
        return Test(None, self.expression(strength))

    def unary_tests(self) -> UnaryTestList:
        """A whole cell."""
        self.skip()
        if self.sees("-") and self.rest_is_blank(self.at + 1):
            self.at += 1
            return UnaryTestList((), is_any=True)
        if self.sees_word("not") and self.sees_after_word("not", "("):
            return self._negated_tests()
        return UnaryTestList(self._test_list())

    def _negated_tests(self) -> UnaryTestList:
        """`not(…)`; when something follows the bracket, it was the function `not` inside an expression."""
        start = self.at
        self.at += len("not")
        self.expect("(")
        tests = self._test_list()
        self.expect(")")
        if self.at_end():
            return UnaryTestList(tests, negated=True)
        self.at = start
        return UnaryTestList(self._test_list())

    def _test_list(self) -> tuple[Test, ...]:
        tests = [self.test(0)]
        while self.take(","):
            tests.append(self.test(0))
        return tuple(tests)

    # --- after an operand --------------------------------------------------------------------------------------------

    def _postfix(self, node: Node) -> Node:
        """Paths, filters and calls behind an operand."""
        while True:
            self.skip()
            if self.sees(".") and not self.sees(".."):
                self.at += 1
                node = Path(node, self.member_name())
            elif self.sees("[") and not self.closes_range():
                self.at += 1
                node = Filter(node, self.filter_condition())
                self.expect("]")
            elif self.sees("(") and self.is_callable(node):
                node = self._call(node)
            else:
                return node
            self.count_operator(self.at)

    def _call(self, function: Node) -> Node:
        self.expect("(")
        if self.take(")"):
            return Call(function, ())
        name = self.argument_name()
        if name is None:
            arguments = tuple(self.items(")"))
            return Call(function, arguments)
        names, values = [name], [self.expression()]
        while self.take(","):
            names.append(self.argument_name() or self.fail_here("expected `name:`", "此处应为“参数名:”"))
            values.append(self.expression())
        self.expect(")")
        return Call(function, tuple(values), tuple(names))


def parse_expression(text: str, names: Iterable[str] = (), members: Iterable[str] = ()) -> Node:
    """The tree of an expression. names: declared names; members: further names that may follow a dot. Raises FeelSyntaxError."""
    parser = Parser(text, names, members)
    node = parser.expression()
    parser.finish()
    return node


def parse_unary_tests(text: str, names: Iterable[str] = (), members: Iterable[str] = ()) -> UnaryTestList:
    """The tree of a cell. Raises FeelSyntaxError."""
    parser = Parser(text, names, members)
    node = parser.unary_tests()
    parser.finish()
    return node
