"""What a caller holds: compiled expressions, unary tests and scripts."""

from collections.abc import Iterable, Mapping

from engine.feel.reasons import Reason


class Expression:
    """A compiled FEEL expression. text: as written. names: its free variables, in order of first use."""

    text: str
    names: tuple[str, ...]

    def evaluate(self, scope: Mapping[str, object]) -> object:
        """The value; never raises on data. Plain Python values in `scope` are read as FEEL values."""
        raise NotImplementedError

    def explain(self, scope: Mapping[str, object]) -> tuple[object, tuple[Reason, ...]]:
        """The value, and why parts of it became null."""
        raise NotImplementedError


class UnaryTests:
    """Compiled unary tests, as in a cell of a decision table."""

    text: str
    names: tuple[str, ...]

    def matches(self, value: object, scope: Mapping[str, object]) -> bool | None:
        """Whether the value passes; None when that cannot be told."""
        raise NotImplementedError


class Script:
    """Assignments `name = expression`, one a line or separated by `;`."""

    text: str
    names: tuple[str, ...]
    targets: tuple[str, ...]

    def run(self, scope: Mapping[str, object]) -> dict[str, object]:
        """The values assigned, in order; each assignment sees the ones before it."""
        raise NotImplementedError


def compile_expression(text: str, names: Iterable[str] = ()) -> Expression:
    """The expression, cached by text and names. names: declared names that contain spaces or operators.

    Raises FeelSyntaxError."""
    raise NotImplementedError


def compile_unary_tests(text: str, names: Iterable[str] = ()) -> UnaryTests:
    """The tests of one cell, cached. Raises FeelSyntaxError."""
    raise NotImplementedError


def compile_script(text: str, names: Iterable[str] = ()) -> Script:
    """The script, cached. Raises FeelSyntaxError when a line is not an assignment."""
    raise NotImplementedError
