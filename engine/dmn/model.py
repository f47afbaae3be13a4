"""Decision models as callers hold them: read, decide, explain, replay."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from engine.dmn import read as reader
from engine.dmn import trace
from engine.dmn.elements import DecisionElement, Definitions, InputData, Service
from engine.dmn.graph import Graph, Run
from engine.dmn.table import CompiledTable
from engine.dmn.xml import refused
from engine.errors import Finding, Invalid, NotFound
from engine.feel import limits, moments, reasons, stored
from engine.feel.reasons import Reason as NullReason
from engine.feel.temporal import DateTime
from engine.feel.temporal_text import format_temporal
from engine.feel.values import admit

DIGEST_LENGTH = 16
"""Hex digits of a file's digest that a record keeps."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule of one table, hit or missed.

    table: decision name. rule: row from 1. hit: whether it counted. cell: input column from 1 whose cell failed first.
    column: that column's label; condition: what the cell asks; value: its input. annotations: notes on the row."""

    table: str
    rule: int
    hit: bool
    cell: int | None = None
    column: str = ""
    condition: str = ""
    value: object = None
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision's value with what led to it.

    at: the moment it was made. model: digest of the file that decided, '' where not known. facts: the input data used, by name.
    origins: where facts come from, `{source, at, trust}` by name, where that is known. asked: tables asked, in order. nulls: why
    parts of it are null."""

    decision: str
    value: object
    facts: Mapping[str, object]
    asked: tuple[trace.Asked, ...]
    nulls: tuple[NullReason, ...] = ()
    origins: Mapping[str, object] = field(default_factory=dict)
    at: DateTime | None = None
    model: str = ""

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Every rule looked at, hit or missed, table by table; only the hits where an index answered."""
        return tuple(reason for asked in self.asked for reason in _reasons(asked))

    def to_json(self) -> dict[str, object]:
        """Compact JSON form: decision, moment, facts used and where they come from, value, and for each table its name, since
        when its version holds, inputs, and rows.

        `hits`: rows from 1; `missed`: for each row the column from 1 that failed, 0 for a hit. `replay` proves it again."""
        entry: dict[str, object] = {
            "decision": self.decision,
            "facts": {name: stored.to_json(value) for name, value in self.facts.items()},
            "value": stored.to_json(self.value),
            "tables": [_stored(asked) for asked in self.asked],
        }
        if self.model:
            entry["model"] = self.model
        if self.at is not None:
            entry["at"] = format_temporal(self.at)
        if self.origins:
            entry["origins"] = stored.to_json(dict(self.origins))
        return entry


def _stored(asked: trace.Asked) -> dict[str, object]:
    entry: dict[str, object] = {
        "table": asked.decision,
        "inputs": [stored.to_json(value) for value in asked.inputs],
        "hits": [row + 1 for row in asked.hits],
    }
    if asked.since:
        entry["since"] = asked.since
    if asked.missed is not None:
        entry["missed"] = list(asked.missed)
    if asked.problem is not None:
        entry["problem"] = list(asked.problem)
    return entry


def _reasons(asked: trace.Asked) -> list[Reason]:
    hits = set(asked.hits)
    columns = asked.missed if asked.missed is not None else ()
    rows = range(len(columns)) if columns else asked.hits
    return [_reason(asked, row, None if row in hits else columns[row]) for row in rows]


def _reason(asked: trace.Asked, row: int, column: int | None) -> Reason:
    rule = asked.table.rules[row]
    if column is None:
        return Reason(asked.decision, row + 1, True, annotations=rule.annotations)
    clause = asked.table.inputs[column - 1]
    return Reason(
        asked.decision,
        row + 1,
        False,
        column,
        clause.label,
        rule.inputs[column - 1],
        asked.inputs[column - 1],
        rule.annotations,
    )


class Decision:
    """One decision or decision service of a model. digest: of its file, the beginning of the SHA-256 in hex.

    id, name: as in the file. label, label_en: for people. inputs: names of all input data it needs. valid_from, valid_until:
    days it is in force, as written, '' when not said. A decision may have several versions, which are decisions of the same
    name; the one in force on the day of the evaluation decides."""

    def __init__(self, graph: Graph, element: DecisionElement | Service, digest: str = "") -> None:
        self._graph = graph
        self.digest = digest
        self._element = element
        self.id = element.id
        self.name = element.name
        self.label = element.label or element.name if isinstance(element, DecisionElement) else element.name
        self.label_en = element.label_en if isinstance(element, DecisionElement) else ""
        self.inputs = tuple(dict.fromkeys(_inputs(graph, element, set())))
        self.valid_from = element.valid_from if isinstance(element, DecisionElement) else ""
        self.valid_until = element.valid_until if isinstance(element, DecisionElement) else ""

    @property
    def element(self) -> DecisionElement | Service:
        """The element as read, for pages that draw it."""
        return self._element

    @property
    def versions(self) -> tuple[DecisionElement, ...]:
        """All decisions of this name, the newest first."""
        return self._graph.versions(self._element) if isinstance(self._element, DecisionElement) else ()

    @property
    def tables(self) -> tuple[CompiledTable, ...]:
        """The decision's own tables, compiled; for pages that draw them and for measurements."""
        return tuple(table for pointer, _, table in self._graph.workshop.tables if pointer == self.id)

    def decide(
        self, facts: Mapping[str, object], *, origins: Mapping[str, object] | None = None, in_full: bool = False
    ) -> Decided:
        """The decision on these facts (input data by name); never raises on data.

        origins: where facts come from, where the caller knows; else as the model says. in_full: every row says which of its
        cells failed, also in large tables."""
        run = Run(facts, origins=dict(origins or {}))
        with trace.collect(in_full=in_full) as asked, reasons.collect() as nulls:
            value = self._value(run)
            return Decided(self.name, value, dict(run.used), tuple(asked), tuple(nulls), run.origins, moments.now(), self.digest)

    def _value(self, run: Run) -> object:
        try:
            with limits.bounded():
                if isinstance(self._element, Service):
                    return limits.check_result(self._serve(self._element, run))
                return limits.check_result(self._graph.value(self._element, run))
        except limits.Exhausted as spent:
            return reasons.null("feel.limit", f"The decision was stopped: {spent.en}.", f"决策被中止：{spent.zh}。")
        except RecursionError:
            return reasons.null("feel.limit", "The decision was stopped: nested too deep.", "决策被中止：嵌套过深。")

    def _serve(self, service: Service, run: Run) -> object:
        """A service asked from outside: input decisions are given as facts, never computed."""
        for href in service.input_decisions:
            found = self._graph.find(href)
            if found is not None:
                path, _, element = found
                value = admit(run.facts.get(element.variable.name))
                run.known[(path, element.id)] = run.used[element.variable.name] = value
        return self._graph._outputs(service, run, ())


def _inputs(graph: Graph, element: object, seen: set[str]) -> list[str]:
    if isinstance(element, InputData):
        return [element.name]
    hrefs = getattr(element, "requires", ()) or ((*element.input_data, *element.outputs) if isinstance(element, Service) else ())
    names: list[str] = []
    for href in hrefs:
        found = graph.find(href)
        if found is not None and href not in seen:
            seen.add(href)
            names.extend(_inputs(found[1], found[2], seen))
    return names


class DecisionModel:
    """One DMN file, read and compiled. findings: syntax errors, empty unless read leniently."""

    def __init__(self, graph: Graph, digest: str = "") -> None:
        definitions: Definitions = graph.definitions
        self.digest = digest
        self.graph = graph
        self.id = definitions.id
        self.name = definitions.name
        self.namespace = definitions.namespace
        self.findings: tuple[Finding, ...] = graph.findings
        elements = definitions.elements.values()
        self.decisions = tuple(Decision(graph, each, digest) for each in elements if isinstance(each, DecisionElement))
        self.services = tuple(Decision(graph, each, digest) for each in elements if isinstance(each, Service))

    def decision(self, id_or_name: str) -> Decision:
        """The decision, or else the decision service, with this id or name. Raises NotFound."""
        for found in (*self.decisions, *self.services):
            if id_or_name in {found.id, found.name}:
                return found
        raise NotFound(thing="decision", key=id_or_name)


def read(source: bytes, imports: Mapping[str, bytes] | None = None, *, lenient: bool = False) -> DecisionModel:
    """The model of a DMN 1.1-1.5 file.

    imports: other files by namespace. lenient: keep expressions that do not parse, as null, and list them in `findings`.
    Raises Invalid with located findings, TooLarge."""
    model = DecisionModel(_graph(source, imports or {}, ()), sha256(source).hexdigest()[:DIGEST_LENGTH])
    if model.findings and not lenient:
        raise Invalid(findings=model.findings)
    return model


def read_together(files: Iterable[bytes], *, lenient: bool = False) -> tuple[DecisionModel, ...]:
    """The models of several files that may import each other, in the order given. Raises Invalid, TooLarge as `read` does."""
    sources = list(files)
    by_namespace = {reader.definitions(source).namespace: source for source in sources} if len(sources) > 1 else {}
    return tuple(read(source, by_namespace, lenient=lenient) for source in sources)


def _graph(source: bytes, imports: Mapping[str, bytes], above: tuple[str, ...]) -> Graph:
    definitions = reader.definitions(source)
    if definitions.namespace in above:
        raise refused("dmn.import.cycle", None, "Files import each other in a circle.", "文件之间循环导入。")
    imported: dict[str, Graph] = {}
    for name, namespace in definitions.imports.items():
        if namespace in imports:
            imported[name] = _graph(imports[namespace], imports, (*above, definitions.namespace))
    return Graph(definitions, imported)
