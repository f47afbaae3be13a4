"""What people see of a case: the values that pages and REST are built from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.casework.licences import Licence
from engine.casework.papers import Document
from engine.casework.sla import SlaClock
from engine.casework.states import CaseState


@dataclass(frozen=True, slots=True)
class Case:
    """The legal matter. applicant_no is masked. light: colour of the clock that matters now (green … red, paused, no_limit,
    stopped) and due_at its end. outcome: grant | refuse | None. is_automatic: no officer has completed a task of it. is_owing:
    papers promised at a conditional acceptance may still come."""

    case_no: str
    item_code: str
    item_name: Mapping[str, str]
    office: str
    deployment_id: str
    root_id: str
    state: CaseState
    stage: str
    applicant_id: str
    applicant_name: str
    applicant_no: str
    applicant_kind: str
    submitted_at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None
    delivered_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    promised_at: datetime | None
    statutory_at: datetime | None
    light: str
    outcome: str | None
    result: str
    is_automatic: bool
    is_extended: bool
    is_supervised: bool
    is_on_commitment: bool
    hand_over_reasons: tuple[str, ...]
    version: int
    agent_name: str = ""
    is_owing: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a case's timeline. kind: history kind such as `case.accepted`; zh, en: sentence for people.

    is_agents: whether an agent did it for the applicant."""

    at: datetime
    kind: str
    zh: str
    en: str
    who: str
    data: Mapping[str, object]
    is_agents: bool = False


@dataclass(frozen=True, slots=True)
class Supplement:
    """What the applicant must still hand in. items: {name, reason, pointer?}; task_id: the applicant's own task.

    deployment_id: whose form it is: that of the service, or of the shared part that asks."""

    items: tuple[Mapping[str, object], ...]
    reason: str
    due_at: datetime | None
    task_id: str | None
    form_id: str | None
    deployment_id: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """What the applicant sees of a case: lines oldest first, who has it now (zh, en), both clocks, why it stands still (a
    sentence in zh and en, empty when it does not), what may be done. answers: a copy of what was handed in. query_code: shows it
    without sign-in; empty for those who used it. owed: papers promised at a conditional acceptance."""

    case: Case
    lines: tuple[Line, ...]
    holder: Mapping[str, str]
    clocks: tuple[SlaClock, ...]
    pause_reason: Mapping[str, str]
    supplement: Supplement | None
    documents: tuple[Document, ...]
    licences: tuple[Licence, ...]
    reasons: tuple[Mapping[str, object], ...]
    answers: Mapping[str, object]
    can_withdraw: bool
    can_urge: bool
    urged_at: datetime | None
    query_code: str
    owed: Supplement | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """Everything an officer may see of a case 办件档案. facts: {name: {value, source, trust, at}}; lines: its whole history."""

    case: Case
    answers: Mapping[str, object]
    facts: Mapping[str, Mapping[str, object]]
    reasons: tuple[Mapping[str, object], ...]
    clocks: tuple[SlaClock, ...]
    lines: tuple[Line, ...]
    documents: tuple[Document, ...]
    licences: tuple[Licence, ...]
    opinions: tuple[Mapping[str, object], ...]
    cards: tuple[Mapping[str, object], ...]
    access: tuple[Mapping[str, object], ...]
