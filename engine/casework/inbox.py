"""The caseworker's inbox: my tasks, the pool, what is done; most urgent first, never reading an instance's state.

All writes check access, four eyes and the version the person saw, then call `engine.runtime.tasks`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.actors import Actor
from engine.casework.cases import Case, Line
from engine.casework.documents import Document
from engine.casework.pages import Page
from engine.casework.sla import SlaClock
from engine.errors import Conflict
from engine.transaction import Engine, Transaction


class TaskTaken(Conflict):
    """Expected {expected}, but {found}."""

    zh = "应为{expected}，实际为{found}。"


@dataclass(frozen=True, slots=True)
class Filters:
    """item_code, office, light (green | warning | yellow | red | paused | no_limit), element_id, query (case number from its start)."""

    item_code: str | None = None
    office: str | None = None
    light: str | None = None
    group: str | None = None
    query: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One task in a list. applicant: name; due_at: when the office's clock runs out; light in words of Colour; None due = no limit."""

    task_id: str
    name: str
    element_id: str
    case_no: str | None
    item_code: str
    item_name: Mapping[str, str]
    office: str
    applicant: str
    light: str
    due_at: datetime | None
    created_at: datetime
    assignee: str | None
    claimed_at: datetime | None
    groups: tuple[str, ...]
    version: int
    is_supervised: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """Capped at 100 (shown as 99+); the same buckets as the list."""

    mine: int
    pool: int
    warning: int
    yellow: int
    red: int


@dataclass(frozen=True, slots=True)
class TaskView:
    """All a task page needs. form: parsed form-js schema or None; values: what the form shows (draft over case variables);
    facts: {name: {value, source, trust, at}}; returns: earlier tasks it may be sent back to, (element_id, name)."""

    row: Row
    form_id: str | None
    form: Mapping[str, object] | None
    values: Mapping[str, object]
    draft_saved_by: str | None
    draft_saved_at: datetime | None
    case: Case | None
    answers: Mapping[str, object]
    facts: Mapping[str, Mapping[str, object]]
    clocks: tuple[SlaClock, ...]
    lines: tuple[Line, ...]
    documents: tuple[Document, ...]
    materials: tuple[Mapping[str, object], ...]
    phrases: tuple[str, ...]
    is_mine: bool
    can_claim: bool
    can_complete: bool
    blocked_zh: str
    blocked_en: str
    can_supplement: bool
    returns: tuple[tuple[str, str], ...]
    decided: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class Completed:
    """next_task_id: the next open task of this case that the same person may do. case: as it stands after the step."""

    task_id: str
    case: Case | None
    next_task_id: str | None


def my_tasks(tx: Transaction, filters: Filters | None = None, *, after: str | None = None, limit: int = 50) -> Page[Row]:
    """Open tasks claimed by or assigned to the actor, most urgent first."""
    raise NotImplementedError


def pool(tx: Transaction, filters: Filters | None = None, *, after: str | None = None, limit: int = 50) -> Page[Row]:
    """Open tasks of the actor's groups that nobody holds, most urgent first."""
    raise NotImplementedError


def done(tx: Transaction, *, after: str | None = None, limit: int = 50) -> Page[Row]:
    """Tasks the actor completed, newest first."""
    raise NotImplementedError


def counts(tx: Transaction) -> Counts:
    """The badges of the inbox."""
    raise NotImplementedError


def view(tx: Transaction, task_id: str) -> TaskView:
    """The task page; writes an access row. Raises NotFound, TaskTaken when it is already completed (says by whom and when)."""
    raise NotImplementedError


def claim(tx: Transaction, task_id: str) -> Row:
    """签收. Raises TaskTaken naming who has it."""
    raise NotImplementedError


def unclaim(tx: Transaction, task_id: str) -> Row:
    """Puts the actor's own task back into the pool."""
    raise NotImplementedError


def assign(tx: Transaction, task_id: str, account_id: str, account_name: str, reason: str = "") -> Row:
    """派单 by a supervisor of the office."""
    raise NotImplementedError


def save_draft(tx: Transaction, task_id: str, values: Mapping[str, object], *, expected_version: int | None = None) -> Row:
    """Saves the half-filled form on the server; the view says who saved last and when."""
    raise NotImplementedError


def complete(
    engine: Engine,
    actor: Actor,
    task_id: str,
    answers: Mapping[str, object],
    *,
    expected_version: int | None = None,
    opinion: str = "",
) -> Completed:
    """Validates, completes the task in one transaction, then waits briefly for the case's own jobs.

    Raises Invalid, TaskTaken ("… it was completed at 10:02 by 王强"), FourEyes, NotYours."""
    raise NotImplementedError


def return_for_supplement(
    engine: Engine,
    actor: Actor,
    task_id: str,
    items: Sequence[Mapping[str, object]],
    reason: str,
    *,
    expected_version: int | None = None,
) -> Completed:
    """一次性补正告知: completes the task with `action = "supplement"`; the diagram goes on to `case.require_supplement`.

    items: {name, reason, pointer?}. Refused after acceptance or a second time (行政许可法 art. 32)."""
    raise NotImplementedError


def claim_many(engine: Engine, actor: Actor, task_ids: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
    """Claims each in its own transaction; (task id, None) or (task id, why not) for each."""
    raise NotImplementedError
