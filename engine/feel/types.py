"""FEEL's types: what is an instance of what, and what fits where (DMN 1.5, 10.3.2.9)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.feel.kinds import kind
from engine.feel.temporal import Date, as_moment
from engine.feel.tree import TypeName
from engine.feel.values import Function, Range

_SPELLINGS = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "day time duration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "year month duration": "years and months duration",
    "any": "Any",
    "null": "Null",
}
_SIMPLE = frozenset(
    {
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    }
)


@dataclass(frozen=True, slots=True)
class Type:
    """A type. name: `number`, `list`, `context`, `range`, `function`, `Any`, `Null` …

    item: of a list or range. members: of a context. parameters, result: of a function. allowed: a constraint on values."""

    name: str
    item: "Type | None" = None
    members: Mapping[str, "Type"] = field(default_factory=dict)
    parameters: tuple["Type", ...] | None = None
    result: "Type | None" = None
    allowed: Callable[[object], bool] | None = None

    def has(self, value: object) -> bool:
        """Whether the value is an instance; null is an instance of `Null` only."""
        if self.name == "Any":
            return value is not None
        if value is None:
            return self.name == "Null"
        return self._has_shape(value) and (self.allowed is None or self.allowed(value))

    def _has_shape(self, value: object) -> bool:
        if self.name in _SIMPLE or self.name == "Null":
            return kind(value) == self.name
        if self.name == "list":
            return isinstance(value, list) and (self.item is None or all(self.item.admits(item) for item in value))
        if self.name == "context":
            return isinstance(value, dict) and all(
                key in value and wanted.admits(value[key]) for key, wanted in self.members.items()
            )
        if self.name == "range":
            return isinstance(value, Range) and (self.item is None or self._has_ends(value, self.item))
        return isinstance(value, Function) and self._takes(value)

    def _takes(self, function: Function) -> bool:
        """Whether the function takes what this function type takes; parameters without a type take anything."""
        if self.parameters is None:
            return True
        declared = [kind if isinstance(kind, Type) else ANY for _, kind in function.parameters]
        return len(declared) == len(self.parameters) and all(
            given.conforms_to(wanted) for given, wanted in zip(self.parameters, declared, strict=True)
        )

    def conforms_to(self, other: "Type") -> bool:
        """Whether every value of this type is a value of the other, as far as names, items and members say."""
        if other.name == "Any" or self.name == "Null":
            return True
        if self.name != other.name:
            return False
        if self.item is not None and other.item is not None and not self.item.conforms_to(other.item):
            return False
        return all(key in self.members and self.members[key].conforms_to(kind) for key, kind in other.members.items())

    def _has_ends(self, value: Range, item: "Type") -> bool:
        return item.admits(value.low) and item.admits(value.high)

    def admits(self, value: object) -> bool:
        """Whether the value may stand where this type is asked for: an instance, or null."""
        return value is None or self.has(value)

    def fit(self, value: object) -> object:
        """The value as this type asks for it, converted as DMN allows (one-item lists, date to date and time); else null."""
        if value is None or self.name == "Any" or self.has(value):
            return value
        if isinstance(value, list) and len(value) == 1 and self.name != "list":
            return self.fit(value[0])
        if self.name == "list" and not isinstance(value, list):
            return [value] if self.has([value]) else None
        if self.name == "date and time" and isinstance(value, Date):
            return as_moment(value)
        return None


ANY = Type("Any")


def resolve(name: TypeName, declared: Callable[[str], Type | None]) -> Type | None:
    """The type of a written name; None when it, or one of its parts, is unknown."""
    spelled = _SPELLINGS.get(name.name, name.name)
    if spelled in {"list", "range"}:
        return _resolve_item(spelled, name, declared)
    if spelled == "context":
        return _resolve_context(name, declared)
    if spelled == "function":
        return _resolve_function(name, declared)
    if spelled in _SIMPLE or spelled in {"Any", "Null"}:
        return Type(spelled)
    return declared(name.name)


def _resolve_item(spelled: str, name: TypeName, declared: Callable[[str], Type | None]) -> Type | None:
    if not name.parameters:
        return Type(spelled)
    item = resolve(name.parameters[0], declared)
    return None if item is None else Type(spelled, item=item)


def _resolve_context(name: TypeName, declared: Callable[[str], Type | None]) -> Type | None:
    members: dict[str, Type] = {}
    for key, written in name.members:
        member = resolve(written, declared)
        if member is None:
            return None
        members[key] = member
    return Type("context", members=members)


def _resolve_function(name: TypeName, declared: Callable[[str], Type | None]) -> Type | None:
    if not name.parameters:
        return Type("function")
    types = [resolve(written, declared) for written in name.parameters]
    known = [found for found in types if found is not None]
    if len(known) < len(types):
        return None
    return Type("function", parameters=tuple(known[:-1]), result=known[-1])
