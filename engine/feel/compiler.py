"""From tree to Python closures: each node becomes a function of the scope, built once.

A closure touches values only through `order`, `arithmetic` and `properties`, so nothing uploaded can reach a Python attribute.
Common shapes (`name < number`, a path from a name) have closures of their own, because they are most of the load. It is one
class because every node is compiled by one method; nodes that run others are in `blocks`, comparisons in `comparisons`."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from engine.feel import arithmetic, order, properties
from engine.feel.blocks import Blocks
from engine.feel.comparisons import (
    COMPARISONS,
    CellTest,
    any_of,
    compare_values,
    compare_with,
    condition_of,
    opposite,
    value_or_condition,
)
from engine.feel.kinds import kind, kind_zh
from engine.feel.reasons import Value, null
from engine.feel.scopes import Compiled, Frame, Scope
from engine.feel.tree import (
    Arithmetic,
    Between,
    Call,
    Comparison,
    ContextLiteral,
    If,
    In,
    InstanceOf,
    Junction,
    ListLiteral,
    Literal,
    Name,
    Negation,
    Node,
    Path,
    RangeLiteral,
    Test,
    UnaryTestList,
)
from engine.feel.values import NATIVE, Range, admit

_ARITHMETIC = {
    "+": arithmetic.add,
    "-": arithmetic.subtract,
    "*": arithmetic.multiply,
    "/": arithmetic.divide,
    "**": arithmetic.power,
}


class Compiler(Blocks):
    """Compiles the nodes of one expression; `free` collects its free names in order of first use."""

    def node(self, node: Node) -> Compiled:
        """The closure of any node."""
        compile_one: Callable[[Compiler, Node], Compiled] = _BY_TYPE[type(node)]
        if not is_constant(node):
            return compile_one(self, node)
        needs_budget = self.needs_budget
        run = compile_one(self, node)
        value = run({})
        if value is None:
            return run
        self.needs_budget = needs_budget
        return lambda scope: value

    def literal(self, node: Literal) -> Compiled:
        """A constant; an at-literal that means nothing is null with a reason."""
        value = node.value
        if value is None and node.note:
            return lambda scope: null(
                "feel.at", f'`@"{node.note}"` is no date, time or duration.', f"“{node.note}”不是日期、时间或时长。"
            )
        return lambda scope: value

    def name(self, node: Name) -> Compiled:
        """A variable, else a built-in function, else null."""
        name = node.name
        if node.bound:
            return lambda scope: scope[name]
        self.use(name)
        fallback = self.builtin_value(name)

        def look_up(scope: Scope) -> object:
            try:
                value = scope[name]
            except KeyError:
                return _unknown(name) if fallback is None else fallback
            return value if type(value) in NATIVE else admit(value)

        return look_up

    def path(self, node: Path) -> Compiled:
        """A member; from a free name on, plain mappings are walked without converting what lies beside the path."""
        names = [node.name]
        source = node.source
        while isinstance(source, Path):
            names.append(source.name)
            source = source.source
        if isinstance(source, Name) and not source.bound:
            return self._walk(source, tuple(reversed(names)))
        inner, name, member = self.node(node.source), node.name, properties.member
        return lambda scope: member(inner(scope), name)

    def _walk(self, source: Name, names: tuple[str, ...]) -> Compiled:
        whole, first, member = self.name(source), source.name, properties.member
        dotted = ".".join((first, *names))

        def walk(scope: Scope) -> object:
            try:
                value: object = scope[first]
            except KeyError:
                return scope[dotted] if dotted in scope else _members(whole(scope), names)
            for index, name in enumerate(names):
                if type(value) is dict and name in value:
                    value = value[name]
                else:
                    return _members(admit(value), names[index:])
            return value if type(value) in NATIVE else admit(value)

        def _members(value: object, rest: tuple[str, ...]) -> object:
            for name in rest:
                value = member(value, name)
            return value

        return walk

    # --- operators ---------------------------------------------------------------------------------------------------

    def arithmetic(self, node: Arithmetic) -> Compiled:
        """A sum, difference, product, quotient or power."""
        operation, left, right = _ARITHMETIC[node.operator], self.node(node.left), self.node(node.right)
        return lambda scope: operation(left(scope), right(scope))

    def negation(self, node: Negation) -> Compiled:
        """`-operand`."""
        operand = self.node(node.operand)
        return lambda scope: arithmetic.negate(operand(scope))

    def comparison(self, node: Comparison) -> Compiled:
        """`= != < <= > >=`."""
        operation, left = COMPARISONS[node.operator], self.node(node.left)
        if isinstance(node.right, Literal) and type(node.right.value) in {int, str, Decimal}:
            return compare_with(node.operator, left, node.right.value)
        right = self.node(node.right)
        return lambda scope: operation(left(scope), right(scope))

    def junction(self, node: Junction) -> Compiled:
        """`and` / `or` in three-valued logic, left to right, stopping as soon as the answer is certain."""
        items = tuple(self.node(item) for item in node.items)
        decisive = not node.is_and

        def join(scope: Scope) -> bool | None:
            answer: bool | None = node.is_and
            for item in items:
                value = item(scope)
                if value is decisive:
                    return decisive
                if value is not node.is_and:
                    answer = None
            return answer

        return join

    def between(self, node: Between) -> Compiled:
        """`value between low and high`."""
        value, low, high = self.node(node.value), self.node(node.low), self.node(node.high)

        def between(scope: Scope) -> bool | None:
            found = value(scope)
            return order.both(order.less_or_equal(low(scope), found), order.less_or_equal(found, high(scope)))

        return between

    def membership(self, node: In) -> Compiled:
        """`value in tests`."""
        value = self.node(node.value)
        tests = tuple(self.test(test) for test in node.tests)
        if len(tests) == 1:
            only = tests[0]
            return lambda scope: only(value(scope), scope)

        def within_any(scope: Scope) -> bool | None:
            return any_of([test(found, scope) for test in tests]) if (found := value(scope)) is not None or tests else None

        return within_any

    def test(self, test: Test) -> Callable[[object, Scope], bool | None]:
        """One positive unary test as a function of value and scope."""
        operand = self.node(test.operand)
        if test.operator is None and isinstance(test.operand, RangeLiteral):
            return lambda value, scope: None if (ends := operand(scope)) is None else order.member(value, ends)
        if test.operator is None:
            return lambda value, scope: order.member(value, operand(scope))
        operation = COMPARISONS[test.operator]
        return lambda value, scope: operation(value, operand(scope))

    def range(self, node: RangeLiteral) -> Compiled:
        """A range value; null when an end is null or the ends are of different kinds."""
        low = self.node(node.low) if node.low is not None else None
        high = self.node(node.high) if node.high is not None else None
        if low is None or high is None:
            return lambda scope: _half_range(node, low(scope) if low else None, high(scope) if high else None)
        return lambda scope: make_range(low(scope), high(scope), node.low_included, node.high_included)

    # --- values ------------------------------------------------------------------------------------------------------

    def list(self, node: ListLiteral) -> Compiled:
        """A list."""
        items = tuple(self.node(item) for item in node.items)
        return lambda scope: [item(scope) for item in items]

    def context(self, node: ContextLiteral) -> Compiled:
        """A context; each entry sees the ones before it. A key given twice makes it null."""
        self.needs_budget = True
        entries = tuple((key, self.node(value)) for key, value in node.entries)
        if len({key for key, _ in entries}) < len(entries):
            return lambda scope: null("feel.context", "A key is given twice in a context.", "上下文中的键重复。")

        def build(scope: Scope) -> dict[str, object]:
            frame = Frame(scope)
            for key, value in entries:
                frame[key] = value(frame)
            return dict(frame)

        return build

    def choice(self, node: If) -> Compiled:
        """`if … then … else …`; a condition that is not true counts as false."""
        condition, yes, no = self.node(node.condition), self.node(node.yes), self.node(node.no)
        return lambda scope: yes(scope) if condition(scope) is True else no(scope)

    def instance(self, node: InstanceOf) -> Compiled:
        """`value instance of type`."""
        value, wanted = self.node(node.value), self.type(node.type)
        if wanted is None:
            return lambda scope: null("feel.type", f"The type `{node.type.name}` is unknown.", f"未知类型“{node.type.name}”。")
        return lambda scope: wanted.has(value(scope))

    # --- unary tests -------------------------------------------------------------------------------------------------

    def tests(self, node: UnaryTestList) -> Callable[[object, Scope], bool | None]:
        """A cell as a function of the input value and the scope."""
        if node.is_any:
            return lambda value, scope: True
        tests = tuple(self.cell_test(test) for test in node.tests)
        only = tests[0]
        positive = only if len(tests) == 1 else lambda value, scope: any_of([test(value, scope) for test in tests])
        if not node.negated:
            return positive
        return lambda value, scope: opposite(positive(value, scope))

    def cell_test(self, test: Test) -> Callable[[object, Scope], bool | None]:
        """One test of a cell: a comparison with the input, a value or range it may be, or a condition on `?`."""
        if test.operator is not None:
            if isinstance(test.operand, Literal) and type(test.operand.value) in {int, str, Decimal}:
                return compare_values(test.operator, test.operand.value)
            return self.test(test)
        if is_constant(test.operand):
            return self._constant_test(test.operand)
        before = len(self.free)
        mentioned = self.mentions_input
        self.mentions_input = False
        operand = self.node(test.operand)
        uses_input, self.mentions_input = self.mentions_input, mentioned or self.mentions_input
        if "?" in self.free[before:]:
            self.free.remove("?")
        if uses_input:
            return lambda value, scope: condition_of(value, operand(Frame(scope, {"?": value})))
        if isinstance(test.operand, Comparison | Junction | Between | In):
            return lambda value, scope: value_or_condition(value, operand(scope))
        return lambda value, scope: order.member(value, operand(scope))

    def _constant_test(self, operand: Node) -> CellTest:
        """A value or range written out, made once."""
        constant = self.node(operand)({})
        if type(constant) in {int, str, Decimal}:
            return compare_values("=", constant)
        if type(constant) is Range:
            return lambda value, scope=None: (
                order.within(value, constant) if type(value) is not Range else order.equal(value, constant)
            )
        return lambda value, scope=None: order.member(value, constant)


_CONSTRUCTORS = frozenset({"date", "time", "date and time", "duration"})


def is_constant(node: Node | None) -> bool:
    """Whether the node is a literal, a constructor of one, a range of such, or a negative of one: it may be evaluated once."""
    if node is None or isinstance(node, Literal):
        return True
    if isinstance(node, RangeLiteral):
        return is_constant(node.low) and is_constant(node.high)
    if isinstance(node, Call) and isinstance(node.function, Name) and not node.function.bound:
        return node.function.name in _CONSTRUCTORS and all(isinstance(argument, Literal) for argument in node.arguments)
    return False


def _unknown(name: str) -> Value | None:
    return null("feel.name", f"Nothing is called `{name}` here.", f"没有名为“{name}”的变量。")


def make_range(low: object, high: object, low_included: bool, high_included: bool) -> Range | None:
    """The range between two ends of one kind; null otherwise."""
    if low is None or high is None:
        return null("feel.range", "An end of the range is null.", "区间的端点为空值。")
    if order.less_or_equal(low, high) is None:
        return null(
            "feel.range",
            f"A range needs two ends that can be ordered, not {kind(low)} and {kind(high)}.",
            f"区间的两端必须可以比较大小，实际为{kind_zh(low)}与{kind_zh(high)}。",
        )
    return Range(low, high, low_included, high_included)


def _half_range(node: RangeLiteral, low: object, high: object) -> Range | None:
    if low is None and high is None:
        return null("feel.range", "The end of the range is null.", "区间的端点为空值。")
    return Range(low, high, node.low_included, node.high_included, is_bounded=False)


_BY_TYPE: Mapping[type, Callable[..., Compiled]] = {
    **Blocks.BY_TYPE,
    Literal: Compiler.literal,
    Name: Compiler.name,
    Path: Compiler.path,
    Arithmetic: Compiler.arithmetic,
    Negation: Compiler.negation,
    Comparison: Compiler.comparison,
    Junction: Compiler.junction,
    Between: Compiler.between,
    In: Compiler.membership,
    RangeLiteral: Compiler.range,
    ListLiteral: Compiler.list,
    ContextLiteral: Compiler.context,
    If: Compiler.choice,
    InstanceOf: Compiler.instance,
}
