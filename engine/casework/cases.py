"""The case 办件: opened, moved through its legal states, read by its applicant and by officers, withdrawn, urged, supplemented."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.actors import Actor
from engine.casework.documents import Document
from engine.casework.licences import Licence
from engine.casework.pages import Page
from engine.casework.sla import SlaClock
from engine.casework.states import CaseState
from engine.errors import Conflict
from engine.transaction import Engine, Transaction


class TooSoon(Conflict):
    """Expected at most one reminder a day, but this case was urged at {at}; the office has it already."""

    zh = "每天只能催办一次，本办件已于 {at} 催办；承办单位已收到。"


class NothingToSupplement(Conflict):
    """Expected case {case_no} to wait for a supplement, but it does not; see its progress."""

    zh = "办件 {case_no} 目前无需补正；请查看办理进度。"


@dataclass(frozen=True, slots=True)
class Case:
    """The legal matter. applicant_no is masked. light: colour of the clock that matters now (green … red, paused, no_limit,
    stopped). outcome: grant | refuse | None. is_automatic: no officer has touched it."""

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


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a case's timeline. kind: history kind such as `case.accepted`; zh, en: sentence for people."""

    at: datetime
    kind: str
    zh: str
    en: str
    who: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Supplement:
    """What the applicant must still hand in. items: {name, reason, pointer?}; task_id: the applicant's own task."""

    items: tuple[Mapping[str, object], ...]
    reason: str
    due_at: datetime | None
    task_id: str | None
    form_id: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """What the applicant sees of a case: lines oldest first, who has it now, both clocks, why it stands still, what may be done."""

    case: Case
    lines: tuple[Line, ...]
    holder: Mapping[str, str]
    clocks: tuple[SlaClock, ...]
    pause_reason: str
    supplement: Supplement | None
    documents: tuple[Document, ...]
    licences: tuple[Licence, ...]
    reasons: tuple[Mapping[str, object], ...]
    can_withdraw: bool
    can_urge: bool
    urged_at: datetime | None


@dataclass(frozen=True, slots=True)
class Archive:
    """Everything an officer may see of a case 办件档案. facts: {name: {value, source, trust, at}}; history: all lines."""

    case: Case
    answers: Mapping[str, object]
    facts: Mapping[str, Mapping[str, object]]
    clocks: tuple[SlaClock, ...]
    lines: tuple[Line, ...]
    documents: tuple[Document, ...]
    licences: tuple[Licence, ...]
    opinions: tuple[Mapping[str, object], ...]
    cards: tuple[Mapping[str, object], ...]
    access: tuple[Mapping[str, object], ...]


def read(tx: Transaction, case_no: str) -> Case:
    """The case, for its applicant or an officer who may see it. Raises NotFound for everybody else (no existence oracle)."""
    raise NotImplementedError


def mine(tx: Transaction, *, states: Sequence[CaseState] = (), after: str | None = None, limit: int = 20) -> Page[Case]:
    """The acting citizen's or enterprise's own cases, newest first."""
    raise NotImplementedError


def progress(tx: Transaction, case_no: str) -> Progress:
    """The applicant's view. Raises NotFound."""
    raise NotImplementedError


def public_progress(tx: Transaction, case_no: str, query_code: str) -> Progress:
    """Progress without sign-in by number and code; carries no personal data, documents or licences. Raises NotFound."""
    raise NotImplementedError


def archive(tx: Transaction, case_no: str) -> Archive:
    """The officer's view; writes an access row. Raises NotFound."""
    raise NotImplementedError


def listing(
    tx: Transaction,
    *,
    office: str | None = None,
    item_code: str | None = None,
    states: Sequence[CaseState] = (),
    light: str | None = None,
    query: str = "",
    after: str | None = None,
    limit: int = 50,
) -> Page[Case]:
    """Cases an officer may see, newest first. query: case number (from its start) or exact applicant name."""
    raise NotImplementedError


def withdraw(engine: Engine, actor: Actor, case_no: str, reason: str) -> Case:
    """The applicant withdraws before the decision: the process is cancelled, clocks stop, a document says so. Raises IllegalMove."""
    raise NotImplementedError


def urge(tx: Transaction, case_no: str) -> datetime:
    """催办 by the applicant, once a day by the office's calendar day; tells whoever has the case. Raises TooSoon."""
    raise NotImplementedError


def supplement(engine: Engine, actor: Actor, case_no: str, answers: Mapping[str, object]) -> Case:
    """The applicant hands in what was asked for; completes the applicant's task. Raises NothingToSupplement, Invalid."""
    raise NotImplementedError
