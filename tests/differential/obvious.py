"""The value of a tree by the letter of the specification: slow, plain, sharing nothing with the evaluator under test.

null is None; an operation on a kind it is not defined for is null."""

from collections.abc import Callable

from tests.differential.trees import SCOPE, Tree

Bindings = dict[str, object]
Whole = int


def obvious(tree: Tree) -> object:
    """The value of the expression."""
    name, *parts = tree
    match name:
        case "number" | "boolean" | "string":
            return parts[0]
        case "name":
            return SCOPE[str(parts[0])]
        case "if":
            return obvious(parts[1]) if obvious(parts[0]) is True else obvious(parts[2])  # type: ignore[arg-type]
        case "in range":
            return _in_range(*map(obvious, parts[:3]), not parts[3], not parts[4])  # type: ignore[arg-type]
        case "list":
            return [obvious(part) for part in parts]  # type: ignore[arg-type]
    return _OPERATIONS[str(name)](*(obvious(part) for part in parts))  # type: ignore[arg-type]


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _numeric(operation: Callable[..., object]) -> Callable[..., object]:
    return lambda *values: operation(*values) if all(map(_is_number, values)) else None


def _textual(operation: Callable[..., object]) -> Callable[..., object]:
    return lambda *values: operation(*values) if all(isinstance(value, str) for value in values) else None


def _equal(left: object, right: object) -> bool | None:
    if left is None or right is None:
        return left is right
    return left == right if type(left) is type(right) else None


def _and(left: object, right: object) -> bool | None:
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def _not(value: object) -> bool | None:
    return (not value) if isinstance(value, bool) else None


def _or(left: object, right: object) -> bool | None:
    return _not(_and(_not(left), _not(right)))


_less = _numeric(lambda a, b: a < b)
_at_most = _numeric(lambda a, b: a <= b)


def _in_range(value: object, low: object, high: object, low_included: bool, high_included: bool) -> bool | None:
    if low is None or high is None:
        return None
    return _and(
        _at_most(low, value) if low_included else _less(low, value),
        _at_most(value, high) if high_included else _less(value, high),
    )


def _at(items: object, position: object) -> object:
    listed = items if isinstance(items, list) else [] if items is None else [items]
    assert isinstance(position, int)
    if position > 0:
        return listed[position - 1] if position <= len(listed) else None
    return listed[position] if position < 0 and -position <= len(listed) else None


def _items(value: object) -> list[object] | None:
    return None if value is None else value if isinstance(value, list) else [value]


def _over(operation: Callable[[list[int]], object]) -> Callable[[object], object]:
    """A function over a list of numbers; null for an empty list or anything else in it."""

    def run(value: object) -> object:
        items = _items(value)
        return operation(items) if items and all(map(_is_number, items)) else None  # type: ignore[arg-type]

    return run


def _substring(text: object, start: object) -> object:
    if not isinstance(text, str) or not isinstance(start, int) or start == 0 or abs(start) > len(text):
        return None
    return text[start - 1 :] if start > 0 else text[start:]


def _double(item: object, more: object) -> object:
    return item * 2 + more if _is_number(item) and _is_number(more) else None  # type: ignore[operator]


def _quantified(items: object, bound: object, *, decisive: bool) -> bool | None:
    listed = _items(items)
    if listed is None:
        return None
    answers = [_less(bound, item) for item in listed]
    if decisive in answers:
        return decisive
    return (not decisive) if all(answer is (not decisive) for answer in answers) else None


def _contains(items: object, item: object) -> bool | None:
    return None if items is None else any(_equal(each, item) is True for each in _items(items) or [])


def _distinct(items: object) -> object:
    kept: list[object] = []
    for item in _items(items) or []:
        kept += [] if any(_equal(item, known) is True for known in kept) else [item]
    return None if items is None else kept


def _sorted(items: object) -> object:
    """By insertion, so that a pair that cannot be ordered stays as it stands."""
    listed = _items(items)
    if listed is None or not all(map(_is_number, listed)):
        return None if listed is None else _UNSURE
    return sorted(listed)  # type: ignore[type-var]


_UNSURE = object()
"""A value that the specification leaves open; trees that contain it are not compared."""


def is_sure(tree: Tree) -> bool:
    """Whether the specification fixes the value of every part."""
    parts = [part for part in tree[1:] if isinstance(part, tuple)]
    return all(is_sure(part) for part in parts) and obvious(tree) is not _UNSURE


def _values_above(bound: object) -> list[int]:
    rows = SCOPE["rows"]
    assert isinstance(rows, list)
    return [row["v"] for row in rows if _is_number(bound) and row["v"] > bound]


_OPERATIONS: dict[str, Callable[..., object]] = {
    "+": _numeric(lambda a, b: a + b),
    "-": _numeric(lambda a, b: a - b),
    "*": _numeric(lambda a, b: a * b),
    "negate": _numeric(lambda a: -a),
    "abs": _numeric(abs),
    "modulo": _numeric(lambda a, b: a % b),
    "<": _less,
    "<=": _at_most,
    ">": lambda a, b: _less(b, a),
    ">=": lambda a, b: _at_most(b, a),
    "=": _equal,
    "!=": lambda a, b: _not(_equal(a, b)),
    "and": _and,
    "or": _or,
    "not": _not,
    "between": lambda value, low, high: _and(_at_most(low, value), _at_most(value, high)),
    "is nothing": lambda value: value is None,
    "at": _at,
    "count": lambda items: None if items is None else len(_items(items) or []),
    "sum": _over(sum),
    "min": _over(min),
    "max": _over(max),
    "string length": _textual(len),
    "contains": _textual(lambda text, match: match in text),
    "starts-with": _textual(str.startswith),
    "ends-with": _textual(str.endswith),
    "join": _textual(lambda a, b: a + b),
    "upper": _textual(str.upper),
    "lower": _textual(str.lower),
    "substring": _substring,
    "before": _textual(lambda text, match: text[: text.index(match)] if match in text else ""),
    "after": _textual(lambda text, match: text[text.index(match) + len(match) :] if match in text else ""),
    "text of": lambda value: None if value is None else str(value),
    "some": lambda items, bound: _quantified(items, bound, decisive=True),
    "every": lambda items, bound: _quantified(items, bound, decisive=False),
    "list contains": lambda items, item: (
        None if items is None else any(_equal(each, item) is True for each in _items(items) or [])
    ),
    "in list": lambda item, items: None if items is None else any(_equal(each, item) is True for each in _items(items) or []),
    "for": lambda items, more: None if items is None else [_double(item, more) for item in _items(items) or []],
    "filter": lambda items, bound: None if items is None else [i for i in _items(items) or [] if _less(bound, i) is True],
    "append": lambda items, item: None if items is None else [*(_items(items) or []), item],
    "concatenate": lambda a, b: None if a is None or b is None else [*(_items(a) or []), *(_items(b) or [])],
    "reverse": lambda items: None if items is None else (_items(items) or [])[::-1],
    "distinct": _distinct,
    "sort": _sorted,
    "range loop": lambda low, high: list(range(low, high + 1)) if low <= high else list(range(low, high - 1, -1)),
    "values": _values_above,
    "sum of rows": lambda bound: sum(_values_above(bound)) or None,
}
