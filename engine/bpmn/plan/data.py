"""Data objects and properties: which variable stands for which item of the diagram."""

from engine.bpmn.model import DataItem, Scope


class DataNames:
    """Variable names by id, for all scopes of a process: the item's name, else that of a reference to it, else its id."""

    def __init__(self, scope: Scope) -> None:
        items = list(_items(scope))
        named = {item.ref: item.name for item in items if item.ref and item.name}
        own = {item.id: item.name or named.get(item.id) or item.id for item in items if item.ref is None}
        self.names = {**own, **{item.id: own.get(item.ref, item.name or item.id) for item in items if item.ref is not None}}

    def of(self, ref: str) -> str:
        """The variable of an item; a ref that names none is the variable itself."""
        return self.names.get(ref, ref)

    def declared(self, scope: Scope) -> tuple[str, ...]:
        """The variables that belong to a scope: its properties and data objects."""
        return tuple(dict.fromkeys(self.names[item.id] for item in scope.data if item.kind in ("property", "dataObject")))


def _items(scope: Scope) -> list[DataItem]:
    found: list[DataItem] = []
    stack = [scope]
    while stack:
        each = stack.pop()
        found.extend(each.data)
        stack.extend(node.scope for node in each.nodes if node.scope is not None)
    return found
