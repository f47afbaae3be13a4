"""Closures of the nodes that run others: calls, functions, filters, loops and quantifiers. Each loop spends from the budget."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar

from engine.feel import limits, order, tree
from engine.feel.builtins import LIBRARY
from engine.feel.builtins.registry import Builtin, Overload
from engine.feel.kinds import kind, kind_zh
from engine.feel.numbers import integer
from engine.feel.reasons import Value, null
from engine.feel.scopes import Compiled, Frame, Scope
from engine.feel.temporal import Date
from engine.feel.tree import Call, Filter, For, FunctionLiteral, Name, Node, Quantified, TypeName
from engine.feel.types import Type, resolve
from engine.feel.values import Function, Range

Types = Callable[[str], Type | None]


class Blocks:
    """The part of the compiler for nodes that run others.

    types: how declared type names are found. free: free names in order of first use. needs_budget: whether it needs a budget."""

    BY_TYPE: ClassVar[Mapping[type, Callable[..., Compiled]]] = {}

    def __init__(self, shadowed: Sequence[str] = (), types: Types = lambda name: None) -> None:
        self.free: list[str] = []
        self.needs_budget = False
        self.mentions_input = False
        self._shadowed = frozenset(shadowed)
        self._types = types

    def node(self, node: Node) -> Compiled:
        """The closure of any node; given by the compiler."""
        raise NotImplementedError

    def type(self, name: TypeName) -> Type | None:
        """The type of this name, None when unknown."""
        return resolve(name, self._types)

    def use(self, name: str) -> None:
        """Notes a free name."""
        if name == "?":
            self.mentions_input = True
        if name not in self.free:
            self.free.append(name)

    def builtin_value(self, name: str) -> Function | None:
        """A built-in function as a value, for `sort(list, before)` and the like."""
        builtin = LIBRARY.get(name)
        return None if builtin is None else as_function(builtin)

    # --- calls -------------------------------------------------------------------------------------------------------

    def call(self, node: Call) -> Compiled:
        """A call of a built-in function, bound while compiling, or of a function value."""
        self.needs_budget = True
        arguments = tuple(self.node(argument) for argument in node.arguments)
        name = node.function.name if isinstance(node.function, Name) and not node.function.bound else None
        if name is not None and name in LIBRARY and name not in self._shadowed:
            return self._builtin_call(LIBRARY[name], arguments, node.names)
        function = self.node(node.function)
        if node.names is None:
            return lambda scope: invoke(function(scope), [argument(scope) for argument in arguments])
        names = node.names
        return lambda scope: invoke_named(function(scope), names, [argument(scope) for argument in arguments])

    def _builtin_call(self, builtin: Builtin, arguments: tuple[Compiled, ...], names: tuple[str, ...] | None) -> Compiled:
        if names is None:
            call = builtin.for_count(len(arguments))
            return _bind(call, arguments) if call else lambda scope: _wrong_arguments(builtin.name)
        return _bind_named(builtin, builtin.for_names(names), arguments)

    def function(self, node: FunctionLiteral) -> Compiled:
        """A function value that remembers the scope it was written in."""
        self.needs_budget = True
        if node.body is None:
            return lambda scope: null("feel.external", "External functions are not executed.", "不执行外部函数。")
        parameters = tuple((name, self.type(kind) if kind else None) for name, kind in node.parameters)
        return make_function("function", parameters, self.node(node.body))

    # --- filters -----------------------------------------------------------------------------------------------------

    def filter(self, node: Filter) -> Compiled:
        """`list[condition]` or `list[number]`."""
        self.needs_budget = True
        source, condition = self.node(node.source), self.node(node.condition)
        return lambda scope: filter_list(source(scope), condition, scope)

    # --- loops -------------------------------------------------------------------------------------------------------

    def iterators(self, iterators: tuple[tree.Iterator, ...]) -> Callable[[Scope], Iterator[Frame] | None]:
        """All combinations of the iterators' items as frames; None when a source cannot be walked."""
        self.needs_budget = True
        steps = [(step.name, self.node(step.source), self.node(step.end) if step.end else None) for step in iterators]

        def walk(scope: Scope, index: int) -> Iterator[Frame]:
            name, source, end = steps[index]
            items = items_of(source(scope)) if end is None else items_between(source(scope), end(scope))
            if items is None:
                raise _NotIterable
            for item in items:
                limits.spend()
                frame = Frame(scope, {name: item})
                if index + 1 < len(steps):
                    yield from walk(frame, index + 1)
                else:
                    yield frame

        return lambda scope: walk(scope, 0)

    def loop(self, node: For) -> Compiled:
        """`for … return …`; `partial` is the list of results so far."""
        frames, body = self.iterators(node.iterators), self.node(node.body)
        wants_partial = "partial" in names_in(node.body)

        def run(scope: Scope) -> list[object] | None:
            results: list[object] = []
            try:
                for frame in frames(scope) or ():
                    if wants_partial:
                        frame["partial"] = limits.check_list(list(results))
                    results.append(body(frame))
            except _NotIterable:
                return not_iterable()
            return limits.check_list(results)

        return run

    def quantified(self, node: Quantified) -> Compiled:
        """`some` / `every` in three-valued logic."""
        frames, condition = self.iterators(node.iterators), self.node(node.condition)
        decisive = not node.is_every

        def run(scope: Scope) -> bool | None:
            answer: bool | None = node.is_every
            try:
                for frame in frames(scope) or ():
                    value = condition(frame)
                    if value is decisive:
                        return decisive
                    if value is not node.is_every:
                        answer = None
            except _NotIterable:
                return not_iterable()
            return answer

        return run


class _NotIterable(Exception):
    """A loop's source is no list and no range that can be walked."""


def not_iterable() -> Value | None:
    """Null, because a loop's source cannot be walked."""
    return null(
        "feel.iteration", "A loop needs a list or a range of whole numbers or dates.", "循环需要列表，或整数、日期的区间。"
    )


def _bind(call: Callable[[Sequence[object]], object], arguments: tuple[Compiled, ...]) -> Compiled:
    if len(arguments) == 1:
        only = arguments[0]
        return lambda scope: call((only(scope),))
    return lambda scope: call([argument(scope) for argument in arguments])


def _bind_named(
    builtin: Builtin, fitting: Sequence[tuple[Overload, tuple[int | None, ...]]], arguments: tuple[Compiled, ...]
) -> Compiled:
    """A call by name; between overloads with the same names the kinds of the arguments decide."""
    if not fitting:
        return lambda scope: _wrong_arguments(builtin.name)

    def call(scope: Scope) -> object:
        values = [argument(scope) for argument in arguments]
        ordered = [(overload, [None if index is None else values[index] for index in indexes]) for overload, indexes in fitting]
        overload, given = next((each for each in ordered if each[0].accepts(each[1])), ordered[0])
        return overload.call(given)

    return call


def _wrong_arguments(name: str) -> Value | None:
    return null("feel.arguments", f"`{name}` does not take these arguments.", f"函数“{name}”的参数个数或名称不符。")


def as_function(builtin: Builtin) -> Function:
    """A built-in function as a value; called with as many arguments as given."""
    overload = builtin.overloads[0]
    parameters = tuple((parameter.name, None) for parameter in overload.parameters)

    def apply(arguments: list[object]) -> object:
        call = builtin.for_count(len(arguments))
        return _wrong_arguments(builtin.name) if call is None else call(arguments)

    return Function(builtin.name, parameters, apply, builtin)


def make_function(
    name: str, parameters: tuple[tuple[str, Type | None], ...], body: Compiled, result: Type | None = None
) -> Compiled:
    """A closure that makes a function value of the scope it is evaluated in."""
    names = [parameter for parameter, _ in parameters]
    checks = [(index, wanted) for index, (_, wanted) in enumerate(parameters) if wanted is not None]

    def make(scope: Scope) -> Function:
        def apply(arguments: list[object]) -> object:
            for index, wanted in checks:
                fitted = wanted.fit(arguments[index])
                if fitted is None and arguments[index] is not None:
                    return _wrong_arguments(name)
                arguments[index] = fitted
            limits.spend()
            with limits.deeper():
                value = body(Frame(scope, dict(zip(names, arguments, strict=True))))
            return value if result is None else result.fit(value)

        return Function(name, parameters, apply, result)

    return make


def invoke(function: object, arguments: list[object]) -> object:
    """Calls a function value by position; null when it is none or the count is wrong."""
    if type(function) is not Function:
        return null("feel.call", f"A {kind(function)} cannot be called.", f"{kind_zh(function)}不能作为函数调用。")
    if len(arguments) != len(function.parameters) and not isinstance(function.result, Builtin):
        return _wrong_arguments(function.name)
    return function.apply(list(arguments))


def invoke_named(function: object, names: Sequence[str], arguments: list[object]) -> object:
    """Calls a function value with arguments by name; every parameter must be given once."""
    if type(function) is not Function:
        return invoke(function, arguments)
    known = [name for name, _ in function.parameters]
    if sorted(known) != sorted(names):
        return _wrong_arguments(function.name)
    return function.apply([arguments[names.index(name)] for name in known])


def filter_list(source: object, condition: Compiled, scope: Scope) -> object:
    """The items for which the condition is true, or the item at its number (from 1, or from the end when negative)."""
    items = source if type(source) is list else [] if source is None else [source]
    if not items:
        return _index_of_nothing(condition, scope, source)
    kept: list[object] = []
    for position, item in enumerate(items):
        limits.spend()
        value = condition(item_frame(scope, item))
        if value is True:
            kept.append(item)
        elif position == 0 and value is not False and (index := integer(value)) is not None:
            return _at(items, index)
    return kept


def _index_of_nothing(condition: Compiled, scope: Scope, source: object) -> object:
    """An empty list filtered: by a number it is null, by a condition it stays empty; null stays null."""
    if source is None:
        return None
    value = condition(Frame(scope, {"item": None}))
    return None if integer(value) is not None else []


def item_frame(scope: Scope, item: object) -> Frame:
    """The scope of a filter: `item`, and the members of an item that is a context."""
    frame = Frame(scope, {"item": item})
    if type(item) is dict:
        frame.update(item)
    return frame


def _at(items: list[object], index: int) -> object:
    if 1 <= index <= len(items):
        return items[index - 1]
    if -len(items) <= index <= -1:
        return items[index]
    return null(
        "feel.index", f"There is no item {index} in a list of {len(items)}.", f"列表只有 {len(items)} 项，没有第 {index} 项。"
    )


def items_of(source: object) -> Sequence[object] | None:
    """What a loop walks: the items of a list, the whole numbers or days of a range, or the value itself."""
    if type(source) is list:
        return source
    if type(source) is Range:
        low, high = source.low, source.high
        if order.less_or_equal(low, high) is not True:
            return None
        items = items_between(low, high)
        if items is None:
            return None
        return items[0 if source.low_included else 1 : len(items) if source.high_included else len(items) - 1]
    return None if source is None else [source]


def items_between(low: object, high: object) -> Sequence[object] | None:
    """Whole numbers or days from one to the other, upwards or downwards, both included."""
    if isinstance(low, Date) and isinstance(high, Date):
        start, end = low.days, high.days
        step = 1 if start <= end else -1
        limits.spend(abs(end - start) + 1)
        return [low.plus_days(offset) for offset in range(0, end - start + step, step)]
    first, last = integer(low), integer(high)
    if first is None or last is None:
        return None
    step = 1 if first <= last else -1
    return range(first, last + step, step)


def names_in(node: object) -> set[str]:
    """Every name that occurs in a tree."""
    if isinstance(node, Name):
        return {node.name}
    if isinstance(node, tuple):
        return set().union(*(names_in(item) for item in node)) if node else set()
    slots = getattr(type(node), "__dataclass_fields__", ())
    return set().union(*(names_in(getattr(node, slot)) for slot in slots)) if slots else set()


Blocks.BY_TYPE = {
    Call: Blocks.call,
    FunctionLiteral: Blocks.function,
    Filter: Blocks.filter,
    For: Blocks.loop,
    Quantified: Blocks.quantified,
}
