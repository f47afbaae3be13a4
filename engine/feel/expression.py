"""What a caller holds: compiled expressions, unary tests and scripts, cached by text."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from engine.feel import limits, reasons
from engine.feel.compiler import Compiler
from engine.feel.parser import parse_expression, parse_unary_tests
from engine.feel.reasons import Reason, null
from engine.feel.scopes import Compiled, Scope
from engine.feel.scripts import Assignment, split
from engine.feel.values import admit

_CACHED = 10_000


def _bounded(run: Callable[[], object]) -> object:
    """Runs within a budget; an evaluation that spends it, or nests too deep, is null."""
    try:
        with limits.bounded():
            return run()
    except limits.Exhausted as spent:
        return null("feel.limit", f"The evaluation was stopped: {spent.en}.", f"计算被中止：{spent.zh}。")
    except RecursionError:
        return null("feel.limit", "The evaluation was stopped: nested too deep.", "计算被中止：嵌套过深。")


class Expression:
    """A compiled FEEL expression. text: as written. names: its free variables, in order of first use."""

    __slots__ = ("_is_bounded", "_run", "evaluate", "names", "text")

    def __init__(self, text: str, run: Compiled, names: tuple[str, ...], *, is_bounded: bool) -> None:
        self.text = text
        self.names = names
        self._run = run
        self._is_bounded = is_bounded
        self.evaluate: Callable[[Scope], object] = run if is_bounded else self._evaluate_bounded
        """The value in a scope; never raises on data. Plain Python values in the scope are read as FEEL values."""

    def _evaluate_bounded(self, scope: Scope) -> object:
        return _bounded(lambda: limits.check_result(self._run(scope)))

    def explain(self, scope: Mapping[str, object]) -> tuple[object, tuple[Reason, ...]]:
        """The value, and why parts of it became null."""
        with reasons.collect() as kept:
            value = self.evaluate(scope)
            return value, tuple(kept)


class UnaryTests:
    """Compiled unary tests, as in a cell of a decision table."""

    __slots__ = ("_run", "names", "text")

    def __init__(self, text: str, run: Callable[[object, Scope], bool | None], names: tuple[str, ...]) -> None:
        self.text = text
        self.names = names
        self._run = run

    def matches(self, value: object, scope: Mapping[str, object]) -> bool | None:
        """Whether the value passes; None when that cannot be told."""
        answer = _bounded(lambda: self._run(admit(value), scope))
        return answer if isinstance(answer, bool) else None


class Script:
    """Assignments `name = expression`, one a line or separated by `;`. targets: the names assigned, in order."""

    __slots__ = ("_steps", "names", "targets", "text")

    def __init__(self, text: str, steps: tuple[tuple[str, Expression], ...]) -> None:
        self.text = text
        self._steps = steps
        self.targets = tuple(dict.fromkeys(target for target, _ in steps))
        self.names = tuple(dict.fromkeys(_free(steps)))

    def run(self, scope: Mapping[str, object]) -> dict[str, object]:
        """The values assigned; each assignment sees the ones before it."""
        if len(self._steps) == 1:
            ((target, expression),) = self._steps
            return {target: expression.evaluate(scope)}
        assigned: dict[str, object] = {}
        inner = {**scope}
        for target, expression in self._steps:
            assigned[target] = inner[target] = expression.evaluate(inner)
        return assigned


def _free(steps: tuple[tuple[str, Expression], ...]) -> Iterator[str]:
    """Names used before, or without, being assigned."""
    assigned: set[str] = set()
    for target, step in steps:
        yield from (name for name in step.names if name not in assigned)
        assigned.add(target)


def compile_expression(text: str, names: Iterable[str] = (), members: Iterable[str] = ()) -> Expression:
    """The expression, cached by text and names.

    names: declared variables; needed only where a name contains operators or reserved words. members: names that may follow a
    dot, for the same reason. Raises FeelSyntaxError."""
    return _expression(text, tuple(names), tuple(members))


def compile_unary_tests(text: str, names: Iterable[str] = (), members: Iterable[str] = ()) -> UnaryTests:
    """The tests of one cell, cached. Raises FeelSyntaxError."""
    return _unary_tests(text, tuple(names), tuple(members))


def compile_script(text: str, names: Iterable[str] = ()) -> Script:
    """The script, cached. Raises FeelSyntaxError when a line is no assignment."""
    return _script(text, tuple(names))


@lru_cache(maxsize=_CACHED)
def _expression(text: str, names: tuple[str, ...], members: tuple[str, ...]) -> Expression:
    compiler = Compiler(names)
    run = compiler.node(parse_expression(text, names, members))
    return Expression(text, run, tuple(compiler.free), is_bounded=not compiler.needs_budget)


@lru_cache(maxsize=_CACHED)
def _unary_tests(text: str, names: tuple[str, ...], members: tuple[str, ...]) -> UnaryTests:
    compiler = Compiler(names)
    run = compiler.tests(parse_unary_tests(text, (*names, "?"), members))
    return UnaryTests(text, run, tuple(compiler.free))


@lru_cache(maxsize=1000)
def _script(text: str, names: tuple[str, ...]) -> Script:
    steps: list[Assignment] = split(text)
    targets = [step.target for step in steps]
    return Script(text, tuple((step.target, _expression(step.source, (*names, *targets), ())) for step in steps))
