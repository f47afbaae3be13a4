"""What officers do to a task besides completing it: 转办 transfer, 委派 delegate, 退回 send back, 催办 remind, 督办 supervise, 抄送 copy.

Each says who may, from which state, and leaves a history row (DOMAIN 3.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.actors import Actor
from engine.casework.inbox import Row
from engine.transaction import Engine, Transaction


@dataclass(frozen=True, slots=True)
class Supervision:
    """A supervision 督办 with its feedback deadline; it changes no routing. state: open | answered | closed."""

    id: str
    case_no: str
    text: str
    opened_by: str
    opened_at: datetime
    feedback_due_at: datetime
    feedback: str
    state: str


def transfer(tx: Transaction, task_id: str, account_id: str, account_name: str, reason: str) -> Row:
    """转办: hands the task over for good; not to oneself."""
    raise NotImplementedError


def delegate(tx: Transaction, task_id: str, account_id: str, account_name: str, reason: str) -> Row:
    """委派: the colleague works on it and it comes back to the actor to confirm."""
    raise NotImplementedError


def hand_back(tx: Transaction, task_id: str, opinion: str) -> Row:
    """The delegate is done: the task returns to whom it was delegated by."""
    raise NotImplementedError


def send_back(engine: Engine, actor: Actor, task_id: str, target_element_id: str, reason: str, fields: Sequence[str] = ()) -> str:
    """退回: re-opens an earlier human task of the case with the wrong fields marked; returns its new task id or ""."""
    raise NotImplementedError


def remind(tx: Transaction, case_no: str, text: str = "") -> datetime:
    """催办 by a superior; at most once in four hours for each case."""
    raise NotImplementedError


def supervise(tx: Transaction, case_no: str, text: str, *, feedback_limit: str = "2WD") -> Supervision:
    """督办: opens a supervision with a feedback deadline and marks the case."""
    raise NotImplementedError


def answer(tx: Transaction, supervision_id: str, feedback: str) -> Supervision:
    """The handling unit's feedback."""
    raise NotImplementedError


def copy(tx: Transaction, case_no: str, account_ids: Sequence[str], text: str = "") -> int:
    """抄送: a read copy for each person once; returns how many were new."""
    raise NotImplementedError


def opinions(tx: Transaction, case_no: str) -> tuple[Mapping[str, object], ...]:
    """All opinions of a case, oldest first: {at, who, task, type, text}."""
    raise NotImplementedError


def phrases(tx: Transaction) -> tuple[str, ...]:
    """The actor's canned phrases, or the house's."""
    raise NotImplementedError


def save_phrases(tx: Transaction, texts: Sequence[str]) -> None:
    """Replaces the actor's own canned phrases."""
    raise NotImplementedError
