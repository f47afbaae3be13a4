"""`sort` with a precedes function, `min` and `max`."""

from functools import cmp_to_key

from engine.feel import limits
from engine.feel.builtins.registry import builtin
from engine.feel.order import less
from engine.feel.reasons import null
from engine.feel.values import Function


class _NoOrder(Exception):
    """Two items cannot be ordered."""


@builtin("sort", "list: list, precedes?: function?")
def sort(items: list[object], precedes: Function | None = None) -> list[object] | None:
    """The items in the order that `precedes(x, y)` gives, or ascending; equal ones keep their order."""
    if precedes is not None and len(precedes.parameters) != 2:
        return null("feel.argument", "`precedes` must take two items.", "“precedes”应有两个参数。")

    def is_before(left: object, right: object) -> bool:
        limits.spend()
        value = less(left, right) if precedes is None else precedes.apply([left, right])
        if value is None and precedes is None:
            raise _NoOrder
        return value is True

    def compare(left: object, right: object) -> int:
        return -1 if is_before(left, right) else int(is_before(right, left))

    try:
        return sorted(items, key=cmp_to_key(compare))
    except _NoOrder:
        return null("feel.order", "The items cannot be ordered.", "各项无法比较大小。")


def _extreme(values: tuple[object, ...], *, largest: bool) -> object:
    items = values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)
    if not items:
        return None
    best = items[0]
    for item in items:
        limits.spend()
        is_better = less(best, item) if largest else less(item, best)
        if is_better is None:
            return null("feel.order", "The items cannot be ordered.", "各项无法比较大小。")
        best = item if is_better else best
    return best


@builtin("min", "list: any?...")
def minimum(*values: object) -> object:
    """The smallest item; null for an empty list."""
    return _extreme(values, largest=False)


@builtin("max", "list: any?...")
def maximum(*values: object) -> object:
    """The largest item; null for an empty list."""
    return _extreme(values, largest=True)
