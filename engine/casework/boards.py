"""What supervisors and operators see of the whole: lights, counts and the overdue list; counters are maintained, never counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.casework.cases import Case
from engine.casework.pages import Page
from engine.transaction import Engine, Transaction


@dataclass(frozen=True, slots=True)
class Lights:
    """How many open cases stand at each light; today: by the office's calendar day."""

    green: int
    warning: int
    yellow: int
    red: int
    paused: int
    no_limit: int
    open: int
    submitted_today: int
    decided_today: int
    automatic_today: int


@dataclass(frozen=True, slots=True)
class Group:
    """Lights of one office or one service. key: office key or item code."""

    key: str
    name: Mapping[str, str]
    lights: Lights


@dataclass(frozen=True, slots=True)
class Board:
    """as_of: when the counters were read. oldest_unswept_at: the earliest light change not yet stored; None = all up to date."""

    total: Lights
    by_office: tuple[Group, ...]
    by_item: tuple[Group, ...]
    as_of: datetime
    oldest_unswept_at: datetime | None


def board(tx: Transaction) -> Board:
    """The supervisor's board: the actor's office, or the whole city for supervisors of the government-services bureau."""
    raise NotImplementedError


def alerts(tx: Transaction, *, light: str | None = None, after: str | None = None, limit: int = 50) -> Page[Case]:
    """Open cases that warn, are yellow or red, most overdue first."""
    raise NotImplementedError


def cards(
    tx: Transaction, *, case_no: str | None = None, after: str | None = None, limit: int = 50
) -> Page[Mapping[str, object]]:
    """Cards 预警/黄牌/红牌 issued, newest first: {id, case_no, level, status, issued_at, due_at, text, cancel_reason}."""
    raise NotImplementedError


def cancel_card(tx: Transaction, card_id: str, reason: str) -> None:
    """撤牌: the card stays, marked as cancelled with its reason (DOMAIN 2.4)."""
    raise NotImplementedError


def fold(engine: Engine, limit: int = 10_000) -> int:
    """Adds the day's counter changes into the counters; returns how many were folded. For the worker."""
    raise NotImplementedError
