"""List functions; positions count from 1, or from the end when negative."""

from decimal import Decimal

from engine.feel import limits
from engine.feel.builtins.registry import builtin
from engine.feel.kinds import kind
from engine.feel.order import contains, equal
from engine.feel.reasons import Value, null
from engine.feel.temporal import Date
from engine.feel.values import Function

Items = list[object]


def _out(position: int) -> Value | None:
    return null("feel.position", f"Position {position} lies outside the list.", f"位置 {position} 超出列表范围。")


def _index(items: Items, position: int, *, beyond: int = 0) -> int | None:
    """The index from 0 of a position; None outside the list. beyond: how far behind the last item is allowed."""
    if position == 0 or position > len(items) + beyond or position < -len(items):
        return None
    return position - 1 if position > 0 else len(items) + position


@builtin("list contains", "list: list, element: any?")
def list_contains(items: Items, element: object) -> bool:
    """Whether an item equals the element; null is found by null."""
    return contains(items, element)


@builtin("count", "list: list")
def count(items: Items) -> int:
    """How many items."""
    return len(items)


@builtin("sublist", "list: list, start position: whole, length?: whole")
def sublist(items: Items, start: int, length: int | None = None) -> Items | None:
    """The part from `start` on."""
    first = _index(items, start)
    if first is None or (length is not None and (length < 1 or first + length > len(items))):
        return _out(start)
    return limits.check_list(items[first:] if length is None else items[first : first + length])


@builtin("append", "list: list, item: any?...")
def append(items: Items, *more: object) -> Items:
    """The list with these items at its end."""
    return limits.check_list([*items, *more])


@builtin("concatenate", "list: list...")
def concatenate(*lists: Items) -> Items:
    """All lists in one."""
    if sum(map(len, lists)) > limits.LIST_LENGTH:
        raise limits.Exhausted("a list grew too long", "列表过长")
    return limits.check_list([item for items in lists for item in items])


@builtin("insert before", "list: list, position: whole, newItem: any?")
def insert_before(items: Items, position: int, new: object) -> Items | None:
    """The list with the item before that position."""
    index = _index(items, position)
    if index is None:
        return _out(position)
    return limits.check_list([*items[:index], new, *items[index:]])


@builtin("remove", "list: list, position: whole")
def remove(items: Items, position: int) -> Items | None:
    """The list without the item at that position."""
    index = _index(items, position)
    if index is None:
        return _out(position)
    return limits.check_list([*items[:index], *items[index + 1 :]])


@builtin("reverse", "list: list")
def reverse(items: Items) -> Items:
    """The last item first."""
    return limits.check_list(items[::-1])


@builtin("index of", "list: list, match: any?")
def index_of(items: Items, match: object) -> Items:
    """The positions of the items that equal the match."""
    limits.spend(len(items))
    return [position for position, item in enumerate(items, 1) if equal(item, match) is True]


@builtin("union", "list: list...")
def union(*lists: Items) -> Items:
    """The distinct items of all lists."""
    return distinct_values(concatenate(*lists))


@builtin("distinct values", "list: list")
def distinct_values(items: Items) -> Items:
    """Each item once, in order of first appearance."""
    kept: Items = []
    seen: set[tuple[str, object]] = set()
    others: Items = []
    for item in items:
        limits.spend()
        if isinstance(item, str | int | Decimal | Date):
            key = (kind(item), item)
            is_new = key not in seen
            seen.add(key)
        else:
            is_new = not contains(others, item)
            others += [item] if is_new else []
        kept += [item] if is_new else []
    return kept


@builtin("flatten", "list: list")
def flatten(items: Items) -> Items:
    """All items of all nested lists in one."""
    flat: Items = []
    _flatten(items, flat, 0)
    return limits.check_list(flat)


def _flatten(items: Items, flat: Items, depth: int) -> None:
    if depth > limits.CALL_DEPTH:
        raise limits.Exhausted("lists are nested too deep", "列表嵌套过深")
    for item in items:
        limits.spend()
        if isinstance(item, list):
            _flatten(item, flat, depth + 1)
        else:
            flat.append(item)


@builtin("list replace", "list: list, position: whole, newItem: any?")
def list_replace(items: Items, position: int, new: object) -> Items | None:
    """The list with the item at a position replaced."""
    index = _index(items, position)
    if index is None:
        return _out(position)
    return limits.check_list([*items[:index], new, *items[index + 1 :]])


@builtin("list replace", "list: list, match: function, newItem: any?")
def list_replace_matching(items: Items, match: Function, new: object) -> Items | None:
    """The list with every item replaced for which match(item, newItem) is true."""
    result: Items = []
    if len(match.parameters) != 2:
        return null("feel.argument", "The match function must take the item and the new item.", "匹配函数应有两个参数。")
    for item in items:
        limits.spend()
        decided = match.apply([item, new])
        if not isinstance(decided, bool):
            return null("feel.argument", "The match function must give a boolean.", "匹配函数应返回布尔值。")
        result.append(new if decided else item)
    return result
