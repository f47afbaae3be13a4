"""From the first look to the submitted application: drafts on the server, prefill, consent, submit once.

Sources are asked outside any transaction, in parallel, with a time-out; a source that is down never stops an applicant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from engine.actors import Actor
from engine.casework.states import CaseState
from engine.errors import Conflict
from engine.transaction import Engine, Transaction


class DraftExpired(Conflict):
    """Expected a draft that is still open, but this one expired on {date}; start again, known values are filled in for you."""

    zh = "草稿已于 {date} 过期；请重新开始，已掌握的信息会自动带出。"


class DraftChanged(Conflict):
    """Expected version {expected} of the draft, but it was saved on another device at {at}; reload it to go on from there."""

    zh = "草稿已于 {at} 在另一设备上保存（应为版本 {expected}）；请刷新后继续。"


class AlreadySubmitted(Conflict):
    """Expected an open draft, but it was already submitted as case {case_no}; open that case."""

    zh = "该草稿已提交，办件编号 {case_no}；请查看该办件。"


class ServiceSuspended(Conflict):
    """Expected a service that takes applications, but {name} is suspended: {reason}."""

    zh = "事项“{name}”暂停受理：{reason}。"


@dataclass(frozen=True, slots=True)
class Prefilled:
    """A value the city already knew. trust: A..D; A is read-only, B is editable with a re-check (DOMAIN 1.3)."""

    value: object
    source: str
    trust: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """An application being written. facts: prefilled values by binding name, e.g. `population.birth_date`.

    unavailable: sources that did not answer. sections: keys of finished sections. state: open | submitted | expired."""

    id: str
    item_code: str
    deployment_id: str
    form_id: str
    answers: Mapping[str, object]
    sections: tuple[str, ...]
    facts: Mapping[str, Prefilled]
    unavailable: tuple[str, ...]
    consents: tuple[str, ...]
    version: int
    created_at: datetime
    saved_at: datetime
    saved_by: str
    expires_at: datetime
    state: str
    case_no: str | None


@dataclass(frozen=True, slots=True)
class Submitted:
    """What came of a submission when the request returned.

    decision: `grant` | `refuse` | None while a person or a slow source is still needed. reasons: sentences of the decision.
    is_new: False when the same idempotency key was seen before (the first answer is given again)."""

    case_no: str
    state: CaseState
    decision: str | None
    reasons: tuple[Mapping[str, object], ...]
    licence_no: str | None
    licence_code: str | None
    promised_at: datetime | None
    query_code: str
    is_new: bool = True
    documents: tuple[str, ...] = field(default_factory=tuple)


def open_draft(engine: Engine, actor: Actor, code: str) -> Draft:
    """Opens (or finds the actor's open) draft of an item and fills in what the city knows. Raises NotFound, ServiceSuspended."""
    raise NotImplementedError


def read_draft(tx: Transaction, draft_id: str) -> Draft:
    """The actor's own draft. Raises NotFound for anybody else's."""
    raise NotImplementedError


def drafts(tx: Transaction) -> tuple[Draft, ...]:
    """The actor's open drafts, newest first."""
    raise NotImplementedError


def prefill(engine: Engine, actor: Actor, draft_id: str) -> Draft:
    """Asks the sources again and stores what they answer."""
    raise NotImplementedError


def save(
    tx: Transaction,
    draft_id: str,
    answers: Mapping[str, object],
    *,
    section: str | None = None,
    expected_version: int | None = None,
) -> Draft:
    """Merges answers into the draft (autosave, one section at a time); nothing is validated yet.

    section: marked as finished. Raises DraftExpired, DraftChanged, AlreadySubmitted."""
    raise NotImplementedError


def consent(tx: Transaction, draft_id: str, purpose: str, *, is_given: bool = True) -> Draft:
    """Records that the applicant agrees (or no longer agrees) to the use of data for one purpose (PIPL)."""
    raise NotImplementedError


def discard(tx: Transaction, draft_id: str) -> None:
    """Deletes an open draft."""
    raise NotImplementedError


def submit(engine: Engine, actor: Actor, draft_id: str, answers: Mapping[str, object], *, idempotency_key: str) -> Submitted:
    """Validates, opens the case with its clocks, starts its process, waits up to `settings.drain_seconds` and says what came of it.

    answers: the whole form, or {} to submit the draft as saved. Raises Invalid with located findings, Conflict."""
    raise NotImplementedError


def apply(
    engine: Engine, actor: Actor, code: str, answers: Mapping[str, object], *, idempotency_key: str, consents: Sequence[str] = ()
) -> Submitted:
    """The same in one call without a stored draft, for `POST /api/v1/cases`; prefilled values complete the answers."""
    raise NotImplementedError


def outcome(tx: Transaction, case_no: str) -> Submitted:
    """What came of a case so far; for the page that waits for a slow source."""
    raise NotImplementedError


def expire(engine: Engine, limit: int = 500) -> int:
    """Closes drafts past their date; returns how many. For the worker."""
    raise NotImplementedError
