"""Item definitions as FEEL types, constraints included."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from engine.dmn.elements import ItemDefinition
from engine.feel import building
from engine.feel.errors import FeelSyntaxError
from engine.feel.names import Names
from engine.feel.types import ANY, Type, resolve

Lookup = Callable[[str], Type | None]


class Types:
    """The types of one file. imported: types of other files by `import name.type name`."""

    def __init__(self, definitions: Iterable[ItemDefinition], imported: Lookup) -> None:
        self._definitions: Mapping[str, ItemDefinition] = {item.name: item for item in definitions}
        self._imported = imported
        self._known: dict[str, Type | None] = {}
        self._resolved: dict[str, Type | None] = {}
        self.members = tuple(dict.fromkeys(_members(self._definitions.values())))

    def find(self, name: str) -> Type | None:
        """The declared type of this name; a type that contains itself is `Any` at that place."""
        if name in self._known:
            return self._known[name]
        definition = self._definitions.get(name)
        if definition is None:
            return self._imported(name)
        self._known[name] = ANY
        self._known[name] = built = self._build(definition)
        return built

    def of(self, reference: str | None) -> Type | None:
        """The type a `typeRef` means; None when there is none or it is unknown, so that nothing is checked."""
        if not reference:
            return None
        if reference not in self._resolved:
            self._resolved[reference] = self._resolve(reference)
        return self._resolved[reference]

    def _resolve(self, reference: str) -> Type | None:
        if reference in self._definitions:
            return self.find(reference)
        try:
            written = Names(reference, (), self._definitions).type_name()
        except FeelSyntaxError:
            return self._imported(reference)
        return resolve(written, self.find)

    def allowed_text(self, reference: str | None) -> str | None:
        """The tests that a declared type puts on a value, as written."""
        definition = self._definitions.get(reference or "")
        return None if definition is None or definition.is_collection else definition.allowed

    def _build(self, definition: ItemDefinition) -> Type:
        built = self._shape(definition)
        if definition.allowed:
            built = replace(built, allowed=self._both(built.allowed, self._tests(definition.allowed)))
        if definition.is_collection:
            built = Type("list", item=built)
        if definition.constraint:
            built = replace(built, allowed=self._both(built.allowed, self._tests(definition.constraint)))
        return built

    def _shape(self, definition: ItemDefinition) -> Type:
        if definition.components:
            return Type("context", members={part.name: self._build(part) for part in definition.components})
        if definition.parameters is not None:
            parameters = tuple(self.of(parameter.type_ref) or ANY for parameter in definition.parameters)
            return Type("function", parameters=parameters, result=self.of(definition.type_ref))
        return self.of(definition.type_ref) or ANY

    def _tests(self, text: str) -> Callable[[object], bool]:
        try:
            matches, _, _ = building.unary_tests(text, building.Vocabulary((), self.members, self.find))
        except FeelSyntaxError:
            return lambda value: False
        return lambda value: matches(value, {}) is True

    @staticmethod
    def _both(first: Callable[[object], bool] | None, second: Callable[[object], bool]) -> Callable[[object], bool]:
        return second if first is None else lambda value: first(value) and second(value)


def _members(definitions: Iterable[ItemDefinition]) -> Iterable[str]:
    for definition in definitions:
        for part in definition.components:
            yield part.name
        yield from _members(definition.components)
