"""How points and ranges lie to one another (DMN 1.5, table 78), and `range` from a text.

A point counts as the closed range from itself to itself, which makes the table's separate rows for points the same rule."""

from collections.abc import Callable

from engine.feel.builtins.registry import builtin
from engine.feel.order import equal, less
from engine.feel.reasons import null
from engine.feel.values import Range

Rule = Callable[[Range, Range], bool]


class _NoOrder(Exception):
    """Two ends cannot be ordered."""


def _is_less(left: object, right: object) -> bool:
    if left is None or right is None:
        return False
    answer = less(left, right)
    if answer is None:
        raise _NoOrder
    return answer


def _is_equal(left: object, right: object) -> bool:
    return left is not None and equal(left, right) is True


def _before(a: Range, b: Range) -> bool:
    return _is_less(a.high, b.low) or (_is_equal(a.high, b.low) and not (a.high_included and b.low_included))


def _touch(a: Range, b: Range) -> bool:
    return _is_equal(a.high, b.low) and a.high_included and b.low_included


def _is_open_below(a: Range) -> bool:
    return a.low is None


def _is_open_above(a: Range) -> bool:
    return a.high is None


def _starts_earlier(a: Range, b: Range) -> bool:
    if _is_open_below(a) or _is_open_below(b):
        return _is_open_below(a) and not _is_open_below(b)
    return _is_less(a.low, b.low) or (_is_equal(a.low, b.low) and a.low_included and not b.low_included)


def _ends_no_later(a: Range, b: Range) -> bool:
    if _is_open_above(a) or _is_open_above(b):
        return _is_open_above(b)
    return _is_less(a.high, b.high) or (_is_equal(a.high, b.high) and (not a.high_included or b.high_included))


def _starts_no_earlier(a: Range, b: Range) -> bool:
    return not _starts_earlier(a, b)


def _same_end(a: Range, b: Range) -> bool:
    if _is_open_above(a) or _is_open_above(b):
        return _is_open_above(a) and _is_open_above(b)
    return _is_equal(a.high, b.high) and a.high_included == b.high_included


def _same_start(a: Range, b: Range) -> bool:
    if _is_open_below(a) or _is_open_below(b):
        return _is_open_below(a) and _is_open_below(b)
    return _is_equal(a.low, b.low) and a.low_included == b.low_included


def _reaches(a: Range, b: Range) -> bool:
    """Whether the first ends where the second begins, or later."""
    return _is_open_above(a) or _is_open_below(b) or _is_less(b.low, a.high) or _touch(a, b)


def _overlaps(a: Range, b: Range) -> bool:
    return _reaches(a, b) and _reaches(b, a)


def _overlaps_before(a: Range, b: Range) -> bool:
    return _starts_earlier(a, b) and _reaches(a, b) and _ends_no_later(a, b)


def _finishes(a: Range, b: Range) -> bool:
    return _same_end(a, b) and _starts_no_earlier(a, b)


def _starts(a: Range, b: Range) -> bool:
    return _same_start(a, b) and _ends_no_later(a, b)


def _includes(a: Range, b: Range) -> bool:
    return _starts_no_earlier(b, a) and _ends_no_later(b, a)


def _coincides(a: Range, b: Range) -> bool:
    return _same_start(a, b) and _same_end(a, b)


def _swapped(rule: Rule) -> Rule:
    return lambda a, b: rule(b, a)


_RULES: dict[str, tuple[Rule, str, str]] = {
    "before": (_before, "pp pr rp rr", "The first ends before the second begins."),
    "after": (_swapped(_before), "pp pr rp rr", "The first begins after the second ends."),
    "meets": (_touch, "rr", "The first ends exactly where the second begins."),
    "met by": (_swapped(_touch), "rr", "The first begins exactly where the second ends."),
    "overlaps": (_overlaps, "rr", "Both have a point in common."),
    "overlaps before": (_overlaps_before, "rr", "The first begins earlier, reaches into the second and ends no later."),
    "overlaps after": (_swapped(_overlaps_before), "rr", "The first begins within the second and ends no earlier."),
    "finishes": (_finishes, "pr rr", "The first ends with the second and begins no earlier."),
    "finished by": (_swapped(_finishes), "rp rr", "The second ends with the first and begins no earlier."),
    "includes": (_includes, "rp rr", "The second lies within the first."),
    "during": (_swapped(_includes), "pr rr", "The first lies within the second."),
    "starts": (_starts, "pr rr", "The first begins with the second and ends no later."),
    "started by": (_swapped(_starts), "rp rr", "The second begins with the first and ends no later."),
    "coincides": (_coincides, "pp rr", "Both are the same."),
}
_PARAMETERS = {
    "pp": "point1: any, point2: any",
    "pr": "point: any, range: any",
    "rp": "range: any, point: any",
    "rr": "range1: any, range2: any",
}


def _register(name: str, rule: Rule, shapes: frozenset[str], declaration: str, meaning: str) -> None:
    def apply(left: object, right: object) -> bool | None:
        shape = "".join("r" if isinstance(value, Range) else "p" for value in (left, right))
        if left is None or right is None or shape not in shapes:
            return null("feel.argument", f"`{name}` does not take these arguments.", f"函数“{name}”的参数类型不符。")
        try:
            return rule(_as_range(left), _as_range(right))
        except _NoOrder:
            return null("feel.order", "The ends cannot be ordered.", "端点无法比较大小。")

    apply.__doc__ = meaning
    builtin(name, declaration)(apply)


def _as_range(value: object) -> Range:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, Range) else Range(value, value, True, True)


for _name, (_rule, _shapes, _meaning) in _RULES.items():
    for _shape in _shapes.split():
        _register(_name, _rule, frozenset(_shapes.split()), _PARAMETERS[_shape], _meaning)


@builtin("range", "from: string")
def range_from_text(text: str) -> Range | None:
    """The range a text such as `[1..10)` means; its ends must be written out."""
    from engine.feel.range_text import parse_range  # needs the parser, which knows the names of this package

    found = parse_range(text)
    return found if found is not None else null("feel.conversion", f"`{text}` is no range.", f"“{text}”不是区间。")
