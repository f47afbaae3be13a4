"""The words the kernel speaks with the rest of the house: events in, waits, effects and history out.

At rest an instance is its tokens plus a list of waits. Nothing above `engine.bpmn` sees a token; the kernel sees no clock,
no database and no other instance."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

Values = Mapping[str, object]
"""Variables: FEEL-typed values by name."""


class WaitKind(StrEnum):
    """What an instance at rest can wait for."""

    HUMAN = "human"
    JOB = "job"
    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    CONDITION = "condition"
    CHILD = "child"


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing an instance waits for; exactly one row projects it.

    id: unique and stable within the instance. element_id: the element that waits (the boundary event for a boundary event).
    due: for timers, aware UTC. detail: per kind, JSON-ready:
      human   name, form_key, assignee, candidate_users[], candidate_groups[], due_date, follow_up_date, priority, properties{}
      job     operation (task type or topic), input{} (mapped variables), retries, properties{}
      timer   repeats_left (None = for ever), expression
      message name, correlation_key (None = any), activity_id
      signal  name
      child   called_element, binding (latest | deployment | version), version, business_key, variables{}"""

    id: str
    kind: WaitKind
    element_id: str
    due: datetime | None = None
    detail: Mapping[str, object] = field(default_factory=dict)


# --- events in -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """Begin an instance. element_id: the start event (or instantiating element); None = the only none start event.

    index: which of its event definitions arrived; only a parallel-multiple start event asks. is_restart: element_id may be any
    element, at any depth: an ended instance is done again from there."""

    variables: Values = field(default_factory=dict)
    element_id: str | None = None
    index: int = 0
    is_restart: bool = False


@dataclass(frozen=True, slots=True)
class Complete:
    """A human task, job or child behind `wait_id` is finished with these output variables."""

    wait_id: str
    variables: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Throw:
    """A BPMN error (business refusal) or escalation comes out of the activity behind `wait_id`."""

    wait_id: str
    code: str
    message: str = ""
    variables: Values = field(default_factory=dict)
    escalation: bool = False


@dataclass(frozen=True, slots=True)
class Fire:
    """The timer behind `wait_id` is due."""

    wait_id: str


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message or signal reaches the catcher behind `wait_id`."""

    wait_id: str
    variables: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetVariables:
    """Variables change from outside; conditional events are looked at again.

    wait_id: the scope of that wait; None = the process scope."""

    variables: Values
    wait_id: str | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """The whole instance is ended from outside."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """Tokens are moved by an officer: the waits named are cancelled, and each target element is entered afresh.

    cancel_incident_ids: incidents whose work is given up. clears: everything that runs is taken away first."""

    cancel_wait_ids: tuple[str, ...]
    target_element_ids: tuple[str, ...]
    reason: str = ""
    cancel_incident_ids: tuple[str, ...] = ()
    clears: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """An element that failed (incident `incident_id`) is executed again, after variables were corrected or not.

    skip: the element is left as if it had completed, along its default or only flow."""

    incident_id: str
    variables: Values = field(default_factory=dict)
    skip: bool = False


@dataclass(frozen=True, slots=True)
class Suspend:
    """The instance stands still: nothing may be completed, fired or delivered; timers keep their remaining time."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Resume:
    """A suspended instance goes on; each timer is due after the time that remained when it was suspended."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class AddInstance:
    """One more instance of a running multi-instance activity (an added signer).

    element_id: the multi-instance activity. variables: its own local variables, element variable included."""

    element_id: str
    variables: Values = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RemoveInstance:
    """The instance of a multi-instance activity that holds `wait_id` is taken away and no longer counted."""

    wait_id: str
    reason: str = ""


Event = (
    Start
    | Complete
    | Throw
    | Fire
    | Deliver
    | SetVariables
    | Cancel
    | Move
    | Retry
    | Suspend
    | Resume
    | AddInstance
    | RemoveInstance
)


# --- effects out ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SendMessage:
    """A message leaves: exactly one receiver elsewhere, or a start event."""

    element_id: str
    name: str
    correlation_key: str | None = None
    variables: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BroadcastSignal:
    """A signal leaves to every catcher and start event of other instances (the own instance already saw it)."""

    element_id: str
    name: str
    variables: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RaiseIncident:
    """An element cannot go on: condition gap, failed mapping, spent budget. The instance stays, the operator decides."""

    incident_id: str
    element_id: str
    code: str
    en: str
    zh: str
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Escalate:
    """An uncaught escalation leaves the instance: tells the calling instance, if any."""

    element_id: str
    code: str
    variables: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResolveIncident:
    """An incident of an earlier step is settled: retried, skipped, moved away from or ended with its scope."""

    incident_id: str


Effect = SendMessage | BroadcastSignal | RaiseIncident | Escalate | ResolveIncident


# --- history out ---------------------------------------------------------------------------------------------------


class Entry(NamedTuple):
    """One line of history, immutable; a tuple because thousands are made each second.

    kind: `event.received` (first of every step: the event itself, enough to replay it), `instance.started`,
    `element.started` (only of elements that come to rest), `element.completed`, `element.cancelled`, `loop.started`,
    `loop.completed`, `flow.taken`, `variable.set`, `decision.made`, `error.thrown`, `escalation.thrown`, `signal.thrown`,
    `message.sent`, `compensation.thrown`, `incident.raised`, `incident.resolved`, `token.moved`, `instance.suspended`,
    `instance.resumed`, `instance.ended`.
    data: small and JSON-ready; the text of a decision's reasons is in `decision.made`."""

    kind: str
    element_id: str | None = None
    data: Mapping[str, object] = {}


class Status(StrEnum):
    """Where an instance stands. Resting with incidents and nothing else to wait for is still ACTIVE."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    ERROR_ENDED = "error_ended"
    CANCELLED = "cancelled"
