"""The syntax tree of an expression: what was written, names resolved to whole names, nothing evaluated."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written out: number, string, boolean, null or at-literal (note: its text)."""

    value: object
    note: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """A name; `bound` when an iterator, a parameter or a context entry around it declares it."""

    name: str
    bound: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """`source.name`."""

    source: "Node"
    name: str


@dataclass(frozen=True, slots=True)
class Filter:
    """`source[condition]`."""

    source: "Node"
    condition: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; names: parameter names when given by name, else None."""

    function: "Node"
    arguments: tuple["Node", ...]
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left operator right` with `+ - * / **`."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Negation:
    """`-operand`."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left operator right` with `= != < <= > >=`."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Junction:
    """A chain of `and`, or of `or`."""

    is_and: bool
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Between:
    """`value between low and high`."""

    value: "Node"
    low: "Node"
    high: "Node"


@dataclass(frozen=True, slots=True)
class Test:
    """One positive unary test: an operator with its end point, or a bare expression (operator None)."""

    operator: str | None
    operand: "Node"


@dataclass(frozen=True, slots=True)
class In:
    """`value in tests`."""

    value: "Node"
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class RangeLiteral:
    """`[low..high)` and its kin; an operator form such as `(< 5)` has one end only."""

    low: "Node | None"
    high: "Node | None"
    low_included: bool
    high_included: bool


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """`[a, b]`."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class ContextLiteral:
    """`{a: 1, b: a + 1}`."""

    entries: tuple[tuple[str, "Node"], ...]


@dataclass(frozen=True, slots=True)
class If:
    """`if condition then yes else no`."""

    condition: "Node"
    yes: "Node"
    no: "Node"


@dataclass(frozen=True, slots=True)
class Iterator:
    """`name in source`, or `name in source..end`."""

    name: str
    source: "Node"
    end: "Node | None" = None


@dataclass(frozen=True, slots=True)
class For:
    """`for iterators return body`."""

    iterators: tuple[Iterator, ...]
    body: "Node"


@dataclass(frozen=True, slots=True)
class Quantified:
    """`some` or `every`."""

    is_every: bool
    iterators: tuple[Iterator, ...]
    condition: "Node"


@dataclass(frozen=True, slots=True)
class TypeName:
    """A type as written: name, and its parameters (element type, members or parameter types and result)."""

    name: str
    parameters: tuple["TypeName", ...] = ()
    members: tuple[tuple[str, "TypeName"], ...] = ()


@dataclass(frozen=True, slots=True)
class FunctionLiteral:
    """`function(a: number, b) body`; body None when external, which is not executed."""

    parameters: tuple[tuple[str, TypeName | None], ...]
    body: "Node | None"


@dataclass(frozen=True, slots=True)
class InstanceOf:
    """`value instance of type`."""

    value: "Node"
    type: TypeName


@dataclass(frozen=True, slots=True)
class UnaryTestList:
    """What a cell of a decision table says. is_any: `-`. negated: `not(…)`."""

    tests: tuple[Test, ...]
    is_any: bool = False
    negated: bool = False


Node = (
    Literal
    | Name
    | Path
    | Filter
    | Call
    | Arithmetic
    | Negation
    | Comparison
    | Junction
    | Between
    | In
    | RangeLiteral
    | ListLiteral
    | ContextLiteral
    | If
    | For
    | Quantified
    | FunctionLiteral
    | InstanceOf
)
