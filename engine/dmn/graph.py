"""The requirements graph of one file and the files it imports, evaluated on demand.

Every element sees what it requires and nothing else. A file imported along two paths is two instances, because its input data may
differ; so values are remembered by path and element."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.dmn import trace
from engine.dmn.boxed import Workshop, fitted
from engine.dmn.elements import DecisionElement, Definitions, Element, InputData, KnowledgeModel, Literal, Service
from engine.dmn.types import Types
from engine.errors import Finding
from engine.feel import blocks, limits, moments
from engine.feel.reasons import null
from engine.feel.scopes import Compiled, Scope
from engine.feel.types import Type
from engine.feel.values import Function, admit

Path = tuple[str, ...]


@dataclass(slots=True)
class Run:
    """One evaluation: the facts given, values already known, and what is being worked on. origins: where facts used come from."""

    facts: Mapping[str, object]
    known: dict[tuple[Path, str], object] = field(default_factory=dict)
    working: set[tuple[Path, str]] = field(default_factory=set)
    used: dict[str, object] = field(default_factory=dict)
    origins: dict[str, object] = field(default_factory=dict)


class Graph:
    """A file compiled; imported: compiled files by import name."""

    def __init__(self, definitions: Definitions, imported: Mapping[str, "Graph"]) -> None:
        self.definitions = definitions
        self.imported = imported
        self.types = Types(definitions.types, self._imported_type)
        self.workshop = Workshop(self.types)
        self._versions = _versions(definitions)
        self._bodies: dict[str, Compiled] = {}
        self._found: dict[str, tuple[Path, Graph, Element] | None] = {}
        for element in definitions.elements.values():
            self._bodies[element.id] = self._compile(element)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Syntax errors of this file."""
        return tuple(self.workshop.findings)

    def _imported_type(self, name: str) -> Type | None:
        prefix, _, rest = name.partition(".")
        if prefix in self.imported:
            return self.imported[prefix].types.of(rest)
        anonymous = self.imported.get("")
        return None if anonymous is None else anonymous.types.of(name)

    # --- compiling ---------------------------------------------------------------------------------------------------

    def _compile(self, element: Element) -> Compiled:
        label = element.label if isinstance(element, DecisionElement) else ""
        self.workshop.place, self.workshop.pointer = label or element.name, element.id
        requires = element.requires if isinstance(element, DecisionElement | KnowledgeModel) else ()
        names, members = self._names(requires)
        words = self.workshop.vocabulary(names, members)
        if isinstance(element, DecisionElement):
            return self.workshop.typed(self.workshop.compile(element.body, words), element.variable.type_ref)
        if isinstance(element, KnowledgeModel):
            return self._knowledge(element, self.workshop.compile(element.logic, words))
        if isinstance(element, InputData) and element.origin:
            return self.workshop.literal(Literal(element.origin), self.workshop.vocabulary(()))
        return lambda scope: None

    def _knowledge(self, element: KnowledgeModel, logic: Compiled) -> Compiled:
        """The model's function with its declared result type: the variable's, or that of its function type."""
        wanted = self.types.of(element.variable.type_ref)
        result = wanted.result if wanted is not None and wanted.name == "function" else wanted
        if result is None or result.name == "Any":
            return logic

        def typed(scope: Scope) -> object:
            function = logic(scope)
            if not isinstance(function, Function):
                return function
            apply = function.apply
            return Function(function.name, function.parameters, lambda arguments: fitted(result, apply(arguments)), result)

        return typed

    def _names(self, requires: Sequence[str]) -> tuple[list[str], list[str]]:
        """Names that stand alone, and names behind an import's name."""
        names: list[str] = []
        members: list[str] = []
        for href in requires:
            found = self.find(href)
            if found is None:
                continue
            path, _, element = found
            names.append((*path, element.variable.name)[0])
            members.extend((*path, element.variable.name)[1:])
        return list(dict.fromkeys(names)), members

    def find(self, href: str) -> "tuple[Path, Graph, Element] | None":
        """The element a reference means: the path of import names to it, its graph, and itself."""
        if href not in self._found:
            self._found[href] = self._find(href)
        return self._found[href]

    def _find(self, href: str) -> "tuple[Path, Graph, Element] | None":
        namespace, _, identifier = href.rpartition("#")
        if namespace in {"", self.definitions.namespace} and identifier in self.definitions.elements:
            return (), self, self.definitions.elements[identifier]
        for name, graph in self.imported.items():
            if namespace == graph.definitions.namespace and (found := graph.find(f"#{identifier}")) is not None:
                return ((name,) if name else ()), found[1], found[2]
        for name, graph in self.imported.items():
            if namespace and (found := graph.find(href)) is not None:
                return ((name, *found[0]) if name else found[0]), found[1], found[2]
        return None

    # --- evaluating --------------------------------------------------------------------------------------------------

    def value(self, element: Element, run: Run, path: Path = ()) -> object:
        """The element's value in this evaluation."""
        key = (path, element.id)
        if key in run.known:
            return run.known[key]
        if key in run.working:
            return null("dmn.cycle", f"`{element.name}` requires itself.", f"“{element.name}”依赖于自身。")
        run.working.add(key)
        try:
            value = self._evaluate(element, run, path)
        finally:
            run.working.discard(key)
        run.known[key] = value
        return value

    def _evaluate(self, element: Element, run: Run, path: Path) -> object:
        if isinstance(element, InputData):
            return self._fact(element, run, path)
        if isinstance(element, Service):
            return self._service(element, run, path)
        if isinstance(element, KnowledgeModel):
            return self._bodies[element.id](self._scope(element.requires, run, path, itself=element))
        version = self.in_force(element)
        if version is None:
            day = moments.today()
            return null(
                "dmn.undated",
                f"No version of `{element.name}` is in force on {day}.",
                f"“{element.name}”在 {day} 没有生效的版本。",
            )
        scope = self._scope(version.requires, run, path)
        with trace.within(".".join((*path, version.name)), version.valid_from):
            return self._bodies[version.id](scope)

    def versions(self, element: DecisionElement) -> tuple[DecisionElement, ...]:
        """All decisions of the same name, the newest first; the decision alone where it is the only one."""
        return self._versions.get(element.name, (element,))

    def in_force(self, element: DecisionElement) -> DecisionElement | None:
        """The version of the decision that holds on the day of the evaluation; a decision without versions always holds."""
        versions = self._versions.get(element.name)
        if versions is None:
            return element
        day = moments.today()
        return next((each for each in versions if _covers(each, day)), None)

    def _fact(self, element: InputData, run: Run, path: Path) -> object:
        value = admit(_look_up(run.facts, path, element.name))
        name = ".".join((*path, element.name))
        run.used[name] = value
        if element.origin and name not in run.origins:
            origin = self._bodies[element.id](run.facts)
            if isinstance(origin, dict):
                run.origins[name] = {key: origin[key] for key in _ORIGIN if origin.get(key) is not None}
        wanted = self.types.of(element.variable.type_ref)
        return value if wanted is None else fitted(wanted, value)

    def _scope(self, requires: Sequence[str], run: Run, path: Path, itself: KnowledgeModel | None = None) -> dict[str, object]:
        scope: dict[str, object] = {}
        for href in requires:
            found = self.find(href)
            if found is None:
                continue
            inner, graph, element = found
            place = scope
            for name in inner:
                place = place.setdefault(name, {})  # type: ignore[assignment]  # import names hold contexts only
            if element is itself:
                continue
            place[element.variable.name] = graph.value(element, run, (*path, *inner))
        if itself is not None:
            scope[itself.variable.name] = _Recursive(self, itself, scope).function
        return scope

    def _service(self, element: Service, run: Run, path: Path) -> Function:
        """A service as a function of its input data and input decisions."""
        found = [self.find(href) for href in (*element.input_data, *element.input_decisions)]
        parameters = [item for item in found if item is not None]
        names = tuple((item[2].variable.name, None) for item in parameters)

        def apply(arguments: list[object]) -> object:
            limits.spend()
            with limits.deeper():
                inner = Run(run.facts, used=run.used, origins=run.origins)
                for (place, graph, parameter), argument in zip(parameters, arguments, strict=True):
                    wanted = graph.types.of(parameter.variable.type_ref)
                    inner.known[((*path, *place), parameter.id)] = argument if wanted is None else fitted(wanted, argument)
                return self._outputs(element, inner, path)

        return Function(element.name, names, apply)

    def _outputs(self, service: Service, run: Run, path: Path) -> object:
        values: dict[str, object] = {}
        for href in service.outputs:
            found = self.find(href)
            if found is not None:
                place, graph, element = found
                values[element.variable.name] = graph.value(element, run, (*path, *place))
        if len(service.outputs) == 1 and values:
            value = next(iter(values.values()))
            wanted = self.types.of(service.variable.type_ref)
            return value if wanted is None or wanted.name == "function" else fitted(wanted, value)
        return values


class _Recursive:
    """A knowledge model's own name within its body."""

    def __init__(self, graph: Graph, element: KnowledgeModel, scope: Scope) -> None:
        parameters = element.logic.parameters if element.logic is not None else ()
        self.function = Function(element.name, tuple((each.name, None) for each in parameters), self._apply)
        self._graph, self._element, self._scope = graph, element, scope

    def _apply(self, arguments: list[object]) -> object:
        return blocks.invoke(self._graph._bodies[self._element.id](self._scope), arguments)


_ORIGIN = ("source", "at", "trust")


def _versions(definitions: Definitions) -> dict[str, tuple[DecisionElement, ...]]:
    """Decisions that share a name and say from when they hold, by name, the newest first."""
    found: dict[str, list[DecisionElement]] = {}
    for element in definitions.elements.values():
        if isinstance(element, DecisionElement):
            found.setdefault(element.name, []).append(element)
    dated = {name: each for name, each in found.items() if len(each) > 1 and any(e.valid_from or e.valid_until for e in each)}
    return {name: tuple(sorted(each, key=lambda e: e.valid_from, reverse=True)) for name, each in dated.items()}


def _covers(element: DecisionElement, day: str) -> bool:
    """Whether the decision holds on a day; days as ISO text compare as days."""
    return (not element.valid_from or element.valid_from <= day) and (not element.valid_until or day <= element.valid_until)


def _look_up(facts: Mapping[str, object], path: Path, name: str) -> object:
    """A fact by its dotted path, nested by import names, or by its bare name."""
    dotted = ".".join((*path, name))
    if dotted in facts:
        return facts[dotted]
    inner: object = facts
    for step in path:
        inner = inner.get(step) if isinstance(inner, Mapping) else None
    if isinstance(inner, Mapping) and name in inner:
        return inner[name]
    return facts.get(name)
