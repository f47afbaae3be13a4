"""A DMN file as data: every element with its boxed expression, nothing compiled."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable, formal parameter or column with the type it declares."""

    name: str
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal expression. has_import: it takes its text from elsewhere, which is not executed. language: '' = FEEL."""

    text: str
    type_ref: str | None = None
    has_import: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """An input column. label, label_en: what people read. allowed: unary tests on the value, or None."""

    expression: str
    type_ref: str | None
    label: str
    allowed: str | None
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """An output column. allowed: unary tests in order of priority. default: expression when no rule hits."""

    name: str
    type_ref: str | None
    label: str
    allowed: str | None
    default: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row. id: of the file, if given. annotations: texts of the annotation columns, or the description."""

    id: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table.

    hit_policy: UNIQUE, FIRST, PRIORITY, ANY, COLLECT, RULE ORDER, OUTPUT ORDER. aggregation: SUM, COUNT, MIN, MAX."""

    hit_policy: str
    aggregation: str | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    id: str = ""
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """A boxed context; an entry without variable is the result."""

    entries: tuple[tuple[Variable | None, "Boxed | None"], ...]
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class BoxedList:
    """A boxed list."""

    items: tuple["Boxed | None", ...]
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation: rows of one context each."""

    columns: tuple[Variable, ...]
    rows: tuple[tuple["Boxed | None", ...], ...]
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Invocation:
    """A boxed invocation with its bindings."""

    function: "Boxed | None"
    bindings: tuple[tuple[Variable, "Boxed | None"], ...]
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """A boxed function. kind: FEEL, Java or PMML; only FEEL is executed."""

    kind: str
    parameters: tuple[Variable, ...]
    body: "Boxed | None"
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Conditional:
    """A boxed `if`."""

    condition: "Boxed | None"
    yes: "Boxed | None"
    no: "Boxed | None"
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A boxed filter."""

    source: "Boxed | None"
    match: "Boxed | None"
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Iteration:
    """A boxed `for`, `some` or `every`."""

    kind: str
    variable: str
    source: "Boxed | None"
    body: "Boxed | None"
    type_ref: str | None = None


Boxed = Literal | Table | Context | BoxedList | Relation | Invocation | FunctionDefinition | Conditional | Filter | Iteration


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A declared type. allowed: unary tests on the values (of the items, when a collection); constraint: on the whole value."""

    name: str
    type_ref: str | None
    is_collection: bool
    allowed: str | None
    constraint: str | None
    components: tuple["ItemDefinition", ...]
    parameters: tuple[Variable, ...] | None = None


@dataclass(frozen=True, slots=True)
class InputData:
    """A fact that comes from outside.

    origin: FEEL, seen from where the decision is asked: a context of `source`, `at` and `trust` that says where it comes from."""

    id: str
    name: str
    variable: Variable
    origin: str = ""


@dataclass(frozen=True, slots=True)
class DecisionElement:
    """A decision. requires: hrefs of the input data, decisions, models and services it may use."""

    id: str
    name: str
    variable: Variable
    body: Boxed | None
    requires: tuple[str, ...]
    question: str = ""
    valid_from: str = ""
    valid_until: str = ""
    label: str = ""
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class KnowledgeModel:
    """A business knowledge model: a function with requirements of its own."""

    id: str
    name: str
    variable: Variable
    logic: FunctionDefinition | None
    requires: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service: a function of input decisions and input data, in this order."""

    id: str
    name: str
    variable: Variable
    outputs: tuple[str, ...]
    encapsulated: tuple[str, ...]
    input_decisions: tuple[str, ...]
    input_data: tuple[str, ...]


Element = InputData | DecisionElement | KnowledgeModel | Service


@dataclass(frozen=True, slots=True)
class Definitions:
    """A whole file. imports: namespace by import name."""

    id: str
    name: str
    namespace: str
    elements: Mapping[str, Element] = field(default_factory=dict)
    types: tuple[ItemDefinition, ...] = ()
    imports: Mapping[str, str] = field(default_factory=dict)
