"""The shapes of a plan: what the kernel reads while it runs, with nothing left to look up or to parse.

Built once by `compile`, read by every instance of the version, never written afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from engine.bpmn.terms import Entry
from engine.bpmn.timers import Timer
from engine.dmn import Decision

NOTHING: Mapping[str, object] = {}


class Formula(Protocol):
    """A compiled expression: FEEL, or a constant."""

    names: tuple[str, ...]

    def evaluate(self, scope: Mapping[str, object]) -> object:
        """The value; null where data is missing."""


class Script(Protocol):
    """A compiled script: what it assigns, by name and in order."""

    def run(self, scope: Mapping[str, object]) -> Mapping[str, object]:
        """The values assigned."""


@dataclass(slots=True, eq=False)
class PlanFlow:
    """A sequence flow. entry: its line of history, shared by all instances because it never differs."""

    id: str
    source: "PlanNode"
    target: "PlanNode"
    condition: Formula | None
    entry: Entry


@dataclass(frozen=True, slots=True)
class PlanEvent:
    """One event definition of an event.

    name, key: message or signal name and correlation key, evaluated when the event is armed or thrown.
    code: error or escalation code, None catches every code. ref: activity to compensate.
    code_variable, message_variable: where a caught error or escalation is written. watched: a variable any write of which
    triggers. variable: the only one whose writes are looked at; the condition then need not turn false in between (Camunda).
    on: of its writes only those that `create` or `update` it; empty for both."""

    kind: str
    index: int
    id: str | None = None
    name: Formula | None = None
    key: Formula | None = None
    timer: Timer | None = None
    condition: Formula | None = None
    code: str | None = None
    code_formula: Formula | None = None
    ref: str | None = None
    wait: bool = True
    code_variable: str | None = None
    message_variable: str | None = None
    watched: str | None = None
    variable: str | None = None
    on: tuple[str, ...] = ()
    catchup: str = "one"


@dataclass(frozen=True, slots=True)
class PlanMapping:
    """One input or output mapping; target '*' spreads a context, source None copies every variable.

    needs: a variable without which nothing is copied (the source of a data association that is not available)."""

    source: Formula | None
    target: str
    needs: str | None = None


@dataclass(frozen=True, slots=True)
class PlanLoop:
    """Loop characteristics, compiled. kind: standard, parallel, sequential."""

    kind: str
    cardinality: Formula | None = None
    collection: Formula | None = None
    element_variable: str | None = None
    output_collection: str | None = None
    output_element: Formula | None = None
    completion: Formula | None = None
    condition: Formula | None = None
    test_before: bool = False
    maximum: int | None = None
    behaviour: str = "All"
    none_event: PlanEvent | None = None
    one_event: PlanEvent | None = None
    complex_events: tuple[tuple[Formula, PlanEvent | None], ...] = ()


@dataclass(slots=True, eq=False)
class PlanNode:
    """A flow node.

    kind: which entry function of the kernel runs it. work: what an activity does once its token is open.
    only: its single unconditional outgoing flow, the fast way out. boundaries: catching boundary events but for compensation.
    handler: its compensation handler. undoes: whether it is a compensation handler itself.
    details: the part of a wait's detail that never differs; asked: the part that is evaluated, by name.
    isolated: variables of completion stay local unless an output mapping lets them out. reach: for joins that look at what may
    still
    arrive. loop_base: first value of `loopCounter`. together: an instantiating event gateway that waits for all its events.
    skip: an activity that passes at once when this holds."""

    id: str
    type: str
    name: str
    scope: "PlanScope"
    completed: Entry
    kind: str = ""
    work: str = ""
    outgoing: tuple[PlanFlow, ...] = ()
    incoming: tuple[PlanFlow, ...] = ()
    default: PlanFlow | None = None
    only: PlanFlow | None = None
    start_quantity: int = 1
    completion_quantity: int = 1
    events: tuple[PlanEvent, ...] = ()
    parallel_multiple: bool = False
    interrupting: bool = True
    attached: "PlanNode | None" = None
    boundaries: "tuple[PlanNode, ...]" = ()
    handler: "PlanNode | None" = None
    undoes: bool = False
    inner: "PlanScope | None" = None
    loop: PlanLoop | None = None
    script: Script | None = None
    formula: Formula | None = None
    result: str | None = None
    decision: Decision | None = None
    decision_result: str = ""
    inputs: tuple[PlanMapping, ...] = ()
    outputs: tuple[PlanMapping, ...] = ()
    isolated: bool = False
    details: Mapping[str, object] = field(default_factory=dict)
    asked: tuple[tuple[str, Formula], ...] = ()
    activation: Formula | None = None
    link: "PlanNode | None" = None
    reach: Mapping[str, frozenset[str]] = field(default_factory=dict)
    loop_base: int = 0
    together: bool = False
    skip: Formula | None = None


@dataclass(slots=True, eq=False)
class PlanScope:
    """What a process or sub-process holds.

    owner: the sub-process node, None for the process. entries: nodes that get a token when the scope begins.
    event_starts: start events of its event sub-processes. undo: its compensation event sub-process.
    declared: variables of its own (properties and data objects). watches: whether conditions are armed when it begins."""

    id: str
    owner: PlanNode | None
    nodes: tuple[PlanNode, ...] = ()
    entries: tuple[PlanNode, ...] = ()
    event_starts: tuple[PlanNode, ...] = ()
    undo: PlanNode | None = None
    declared: tuple[str, ...] = ()
    event_triggered: bool = False
    ad_hoc: bool = False
    sequential: bool = False
    cancel_remaining: bool = True
    completion: Formula | None = None


@dataclass(frozen=True, slots=True)
class StartPoint:
    """One way an instance begins.

    element_id: name it in `Start`. events: what starts it, empty for a none start event.
    singleton: `process` or `key` when no second instance (of the process, of the same key) may begin while one runs."""

    element_id: str
    events: tuple[PlanEvent, ...]
    interrupting: bool = True
    singleton: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """An immutable compiled process.

    root: the process itself as a node, so that everything in the kernel stands on some node. nodes: all nodes of all scopes by
    id. starts: every way in, for the runtime to arm. zone: for times without one. message_keys: where the correlation key lies in
    what a message carries, by the message's name."""

    process_id: str
    root: PlanNode
    scope: PlanScope
    nodes: Mapping[str, PlanNode]
    flows: Mapping[str, PlanFlow]
    starts: tuple[StartPoint, ...]
    zone: str = "Asia/Shanghai"
    message_keys: Mapping[str, Formula] = field(default_factory=dict)
