"""`not`, `all`, `any` and `is`."""

from engine.feel import limits
from engine.feel.builtins.registry import builtin
from engine.feel.order import identical
from engine.feel.reasons import null


@builtin("not", "negand: any")
def negation(value: object) -> bool | None:
    """The opposite; null for anything but a boolean."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool):
        return not value
    return null("feel.argument", "`not` needs a boolean.", "“not”需要布尔值。")


def _flat(values: tuple[object, ...]) -> list[object]:
    """The arguments as one list: a single list is meant itself."""
    items = values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)
    limits.spend(len(items))
    return items


def _decide(items: list[object], decisive: bool, name: str) -> bool | None:
    if decisive in [item for item in items if isinstance(item, bool)]:
        return decisive
    if all(isinstance(item, bool) for item in items):
        return not decisive
    return null("feel.argument", f"`{name}` met an item that is no boolean.", f"“{name}”遇到非布尔值的项。")


@builtin("all", "list: any...")
def every(*values: object) -> bool | None:
    """Whether every item is true; false as soon as one is false."""
    if values == (None,):
        return null("feel.argument", "`all` needs a list.", "“all”需要列表。")
    return _decide(_flat(values), False, "all")


@builtin("any", "list: any...")
def some(*values: object) -> bool | None:
    """Whether one item is true."""
    if values == (None,):
        return null("feel.argument", "`any` needs a list.", "“any”需要列表。")
    return _decide(_flat(values), True, "any")


@builtin("is", "value1: any?, value2: any?")
def same(left: object, right: object) -> bool:
    """Whether both are the same value of the same kind, offsets and zones included."""
    return identical(left, right)
