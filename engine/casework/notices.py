"""Notices to people: written in the same transaction as their cause, sent by the outbox, kept in the in-app inbox.

What leaves by mail or SMS carries no personal data: a case number and a link (PEERS 2.1, no. 17)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.casework.pages import Page
from engine.transaction import Engine, Transaction


@dataclass(frozen=True, slots=True)
class Notice:
    """One message in somebody's inbox. template: its key; zh, en: subject and body in both languages."""

    id: str
    case_no: str | None
    template: str
    subject_zh: str
    subject_en: str
    body_zh: str
    body_en: str
    created_at: datetime
    read_at: datetime | None


def write(
    tx: Transaction, to: str, template: str, params: Mapping[str, object], *, case_no: str | None = None, key: str = ""
) -> str:
    """Puts a notice into the outbox and the inbox of account `to`; key: written once for each key. Returns its id."""
    raise NotImplementedError


def mine(tx: Transaction, *, after: str | None = None, limit: int = 20) -> Page[Notice]:
    """The actor's notices, newest first."""
    raise NotImplementedError


def unread(tx: Transaction) -> int:
    """How many are unread, capped at 100."""
    raise NotImplementedError


def mark_read(tx: Transaction, notice_id: str) -> None:
    """Marks one of the actor's notices as read."""
    raise NotImplementedError


def send_due(engine: Engine, limit: int = 100, *, worker_id: str = "worker") -> int:
    """Sends what waits in the outbox through the channels, at least once, with a key each; returns how many. For the worker."""
    raise NotImplementedError
