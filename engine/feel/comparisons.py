"""Comparisons and the answers of unary tests, with shortcuts for a number or string written out."""

from collections.abc import Callable, Mapping

from engine.feel import order
from engine.feel.kinds import NUMBERS
from engine.feel.scopes import Compiled


def _unequal(left: object, right: object) -> bool | None:
    same = order.equal(left, right)
    return None if same is None else not same


def _greater(left: object, right: object) -> bool | None:
    return order.less(right, left)


def _greater_or_equal(left: object, right: object) -> bool | None:
    return order.less_or_equal(right, left)


Comparison2 = Callable[[object, object], bool | None]
CellTest = Callable[..., bool | None]
"""A test of a value within a scope; the scope may be left out where the test is a constant."""

COMPARISONS: Mapping[str, Comparison2] = {
    "=": order.equal,
    "!=": _unequal,
    "<": order.less,
    "<=": order.less_or_equal,
    ">": _greater,
    ">=": _greater_or_equal,
}


def compare_with(operator: str, left: Compiled, constant: object) -> Compiled:
    """`left operator constant` for a number or string constant, the commonest condition there is."""
    compare = compare_values(operator, constant)
    return lambda scope: compare(left(scope))


def compare_values(operator: str, constant: object) -> CellTest:
    """A function that compares a value with a number or string constant; the scope it is given does not matter."""
    slow = COMPARISONS[operator]
    same_kind = frozenset({str}) if type(constant) is str else NUMBERS
    return _FAST[operator](constant, same_kind, slow)


def _fast_equal(constant: object, kinds: frozenset[type], slow: Comparison2) -> CellTest:
    return lambda value, scope=None: value == constant if type(value) in kinds else slow(value, constant)


def _fast_unequal(constant: object, kinds: frozenset[type], slow: Comparison2) -> CellTest:
    return lambda value, scope=None: value != constant if type(value) in kinds else slow(value, constant)


def _fast_less(constant: object, kinds: frozenset[type], slow: Comparison2) -> CellTest:
    return lambda value, scope=None: value < constant if type(value) in kinds else slow(value, constant)


def _fast_at_most(constant: object, kinds: frozenset[type], slow: Comparison2) -> CellTest:
    return lambda value, scope=None: value <= constant if type(value) in kinds else slow(value, constant)


def _fast_more(constant: object, kinds: frozenset[type], slow: Comparison2) -> CellTest:
    return lambda value, scope=None: value > constant if type(value) in kinds else slow(value, constant)


def _fast_at_least(constant: object, kinds: frozenset[type], slow: Comparison2) -> CellTest:
    return lambda value, scope=None: value >= constant if type(value) in kinds else slow(value, constant)


_FAST: Mapping[str, Callable[[object, frozenset[type], Comparison2], CellTest]] = {
    "=": _fast_equal,
    "!=": _fast_unequal,
    "<": _fast_less,
    "<=": _fast_at_most,
    ">": _fast_more,
    ">=": _fast_at_least,
}


def condition_of(value: object, result: object) -> bool | None:
    """What a test that mentions `?` says: its truth value, or whether the input is what it gives."""
    if result is None or type(result) is bool:
        return result
    return order.member(value, result)


def value_or_condition(value: object, result: object) -> bool | None:
    """What a test says that is a condition without `?`: its truth value, unless the input is a truth value itself."""
    if type(result) is bool and type(value) is not bool:
        return result
    return order.member(value, result)


def opposite(value: bool | None) -> bool | None:
    """Three-valued `not`."""
    return None if value is None else not value


def any_of(values: list[bool | None]) -> bool | None:
    """Three-valued `or`."""
    if True in values:
        return True
    return None if None in values else False
