"""How somebody wants to be told: at once, once a day, or only in the inbox; and where mail and SMS reach them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.casework import offices
from engine.errors import Finding, Invalid, Severity
from engine.models.verbs import notice_settings
from engine.transaction import Transaction

AT_ONCE, DIGEST, NONE = "at_once", "digest", "none"
DIGEST_HOUR = 9
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"1[3-9][0-9]{9}")


@dataclass(frozen=True, slots=True)
class Reach:
    """email, phone: empty when unknown. mode: at_once | digest | none (inbox only)."""

    email: str = ""
    phone: str = ""
    mode: str = AT_ONCE
    digest_at: datetime | None = None


def of(tx: Transaction, account_id: str) -> Reach:
    """How one account is reached; the default is at once, with nothing known."""
    row = tx.row(sa.select(notice_settings).where(notice_settings.c.account_id == account_id))
    return _reach(row) if row else Reach()


def _reach(row: Mapping[str, Any]) -> Reach:
    return Reach(row["email"], row["phone"], row["mode"], row["digest_at"])


def save(tx: Transaction, email: str, phone: str, mode: str) -> Reach:
    """The actor's own choice. Raises Invalid with what is wrong where."""
    wrong = []
    if email and not _EMAIL.fullmatch(email):
        wrong.append(Finding(Severity.ERROR, "email", "/email", "This is no valid e-mail address.", "电子邮箱地址有误。"))
    if phone and not _PHONE.fullmatch(phone):
        wrong.append(Finding(Severity.ERROR, "phone", "/phone", "This is no valid mobile number.", "手机号码应为 11 位数字。"))
    if mode not in (AT_ONCE, DIGEST, NONE):
        wrong.append(Finding(Severity.ERROR, "mode", "/mode", "Choose how to be told.", "请选择通知方式。"))
    if wrong:
        raise Invalid(findings=wrong)
    own = notice_settings.c.account_id == tx.actor.id
    tx.connection.execute(notice_settings.delete().where(own))
    due = next_digest(tx) if mode == DIGEST else None
    values = {"email": email, "phone": phone, "mode": mode, "digest_at": due}
    tx.connection.execute(notice_settings.insert().values(account_id=tx.actor.id, **values))
    return Reach(email, phone, mode, due)


def next_digest(tx: Transaction) -> datetime:
    """Nine o'clock of the next working day."""
    office = offices.city(tx)
    here = office.local(tx.now)
    number = office.day_number(here.date()) + 1
    return office.at(office.workday(number), timedelta(hours=DIGEST_HOUR).total_seconds())
