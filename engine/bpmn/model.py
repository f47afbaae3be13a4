"""A BPMN file as a model: every element kept, what runs typed, the rest as found.

The reader builds it, the writer gives the file back, `plan` compiles one process of it. Nothing here executes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.errors import Finding


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression as written, and as FEEL after translation.

    text: FEEL without the leading `=`; None when it could not be translated (a finding says so). source: as written. language: as
    declared on the element or the file, '' if not. is_literal: bare text in a place where `=` marks FEEL; `text` is then the
    literal itself, without quotes."""

    source: str
    text: str | None
    language: str = ""
    is_literal: bool = False


@dataclass(frozen=True, slots=True)
class Extension:
    """A vendor's extension element as found: qualified tag `{ns}local`, attributes, text, children."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    children: tuple["Extension", ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """A root definition that others refer to: message, signal, error, escalation, dataStore, itemDefinition, …

    name: a literal, or `=` and FEEL where the file computes it. code: errorCode / escalationCode. correlation_key:
    zeebe:subscription or our property, FEEL. message_key: where a correlation property finds the key in a message."""

    id: str
    type: str
    name: str = ""
    code: str | None = None
    correlation_key: Expression | None = None
    message_key: Expression | None = None
    extensions: tuple[Extension, ...] = ()


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """What an event reacts to or throws.

    kind: message, timer, error, escalation, cancel, compensate, conditional, signal, link, terminate.
    ref: the id as written (messageRef …); target: the definition found, if any; name: link name.
    timer_kind: date, duration, cycle. activity_ref, wait_for_completion: compensation."""

    kind: str
    id: str | None = None
    ref: str | None = None
    target: Definition | None = None
    name: str = ""
    timer_kind: str | None = None
    expression: Expression | None = None
    activity_ref: str | None = None
    wait_for_completion: bool = True
    attributes: Mapping[str, str] = field(default_factory=dict)
    extensions: tuple[Extension, ...] = ()


@dataclass(frozen=True, slots=True)
class Loop:
    """Loop characteristics. kind: standard, parallel, sequential. behaviour: None, One, All, Complex (BPMN spelling).

    none_event, one_event: the root event definitions that `noneBehaviorEventRef` and `oneBehaviorEventRef` name."""

    kind: str
    cardinality: Expression | None = None
    collection: Expression | None = None
    element_variable: str | None = None
    output_collection: str | None = None
    output_element: Expression | None = None
    completion: Expression | None = None
    condition: Expression | None = None
    test_before: bool = False
    maximum: int | None = None
    behaviour: str = "All"
    none_event_ref: str | None = None
    one_event_ref: str | None = None
    none_event: EventDefinition | None = None
    one_event: EventDefinition | None = None
    complex_behaviours: tuple[tuple[Expression, EventDefinition | None], ...] = ()


@dataclass(frozen=True, slots=True)
class VariableMapping:
    """One input or output mapping: FEEL source evaluated in one scope, written to `target` in the other; target '*' = all."""

    source: Expression
    target: str


@dataclass(frozen=True, slots=True)
class Association:
    """A data association: refs of data objects, properties or data inputs/outputs, transformation and assignments."""

    sources: tuple[str, ...]
    target: str | None
    transformation: Expression | None = None
    assignments: tuple[tuple[Expression, Expression], ...] = ()


@dataclass(frozen=True, slots=True)
class DataItem:
    """A data object, property, data input or output.

    kind: dataObject, dataObjectReference, property, dataInput, dataOutput, dataStoreReference."""

    id: str
    kind: str
    name: str = ""
    ref: str | None = None
    is_collection: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; id is made up (and a note given) when the file has none."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A flow node. type: BPMN local name (`userTask`, `exclusiveGateway`, `boundaryEvent`, `subProcess`, `transaction`, …).

    attributes: plain ones as written, vendors' as `camunda:…` (Camunda, Flowable and Activiti alike), `zeebe:…`,
    `spiffworkflow:…`. script: of a script task, or what a service task computes in place (`camunda:expression`). properties:
    camunda/zeebe/spiffworkflow/our `properties`, merged by name. decision_result: `camunda:mapDecisionResult`. skip: Flowable's
    `skipExpression`. Vendor facts that mean the same are merged into one field;
    `extensions` keeps everything as found."""

    id: str
    type: str
    name: str = ""
    documentation: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    default_flow: str | None = None
    events: tuple[EventDefinition, ...] = ()
    parallel_multiple: bool = False
    attached_to: str | None = None
    is_interrupting: bool = True
    loop: Loop | None = None
    is_for_compensation: bool = False
    start_quantity: int = 1
    completion_quantity: int = 1
    script: Expression | None = None
    result_variable: str | None = None
    called_element: Expression | None = None
    called_binding: str = "latest"
    called_version: str | None = None
    business_key: Expression | None = None
    decision_ref: Expression | None = None
    decision_result: str = ""
    operation: str | None = None
    message: Definition | None = None
    instantiate: bool = False
    event_gateway_type: str = "Exclusive"
    activation: Expression | None = None
    inputs: tuple[VariableMapping, ...] = ()
    outputs: tuple[VariableMapping, ...] = ()
    data_inputs: tuple[Association, ...] = ()
    data_outputs: tuple[Association, ...] = ()
    form_key: str | None = None
    assignee: Expression | None = None
    candidate_users: Expression | None = None
    candidate_groups: Expression | None = None
    due_date: Expression | None = None
    follow_up_date: Expression | None = None
    priority: Expression | None = None
    retries: Expression | None = None
    skip: Expression | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    scope: "Scope | None" = None
    extensions: tuple[Extension, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What a process or an embedded sub-process holds.

    compensations: (boundary event id, handler activity id). triggered_by_event: event sub-process.
    ordering, cancel_remaining, completion: ad-hoc sub-processes. strangers: (id, local name) of what BPMN has no flow node of
    that kind for in a process, and what it may not hold."""

    nodes: tuple[Node, ...] = ()
    flows: tuple[Flow, ...] = ()
    data: tuple[DataItem, ...] = ()
    compensations: tuple[tuple[str, str], ...] = ()
    triggered_by_event: bool = False
    ordering: str = "Parallel"
    cancel_remaining: bool = True
    completion: Expression | None = None
    strangers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane: its name and the nodes in it; nested lanes are flattened, outermost name first, joined by ' / '."""

    id: str
    name: str
    node_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a file. executable: `isExecutable`, None when the file does not say.

    subscriptions: what the correlation key of a caught message must equal, by the message's id (`correlationSubscription`)."""

    id: str
    name: str
    executable: bool | None
    scope: Scope
    lanes: tuple[Lane, ...] = ()
    documentation: str = ""
    version_tag: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    extensions: tuple[Extension, ...] = ()
    subscriptions: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MessageFlow:
    """A message flow of the collaboration, between nodes or participants."""

    id: str
    source: str
    target: str
    name: str = ""
    message: Definition | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """A pool: its process, if it has one."""

    id: str
    name: str
    process_id: str | None


@dataclass(frozen=True, slots=True)
class Model:
    """A whole file. source: the bytes as uploaded. findings: everything noticed while reading, located."""

    source: bytes
    processes: tuple[Process, ...] = ()
    participants: tuple[Participant, ...] = ()
    message_flows: tuple[MessageFlow, ...] = ()
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    expression_language: str = ""
    has_diagram: bool = False
    findings: tuple[Finding, ...] = ()
