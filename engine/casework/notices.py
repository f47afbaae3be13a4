"""Notices to people: written in the same transaction as their cause, sent by the outbox, kept in the in-app inbox.

What leaves by mail or SMS carries no personal data: a case number and a link (PEERS 2.1, no. 17). An address is an account id,
`role:supervisor@scjg` or `group:food-review`; everybody who holds the role or group sees it."""

import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from engine.actors import SYSTEM, Actor
from engine.calendar.limits import in_words
from engine.casework import agency, notice_readers, pages
from engine.casework.pages import CAP, Page
from engine.errors import NotFound
from engine.models.base import new_id
from engine.models.notices import notices
from engine.models.tasks import human_tasks
from engine.ports import ConnectorUnavailable
from engine.transaction import Engine, Transaction

Template = Mapping[str, Mapping[str, str]]
_LEASE = timedelta(seconds=60)
_GIVE_UP = 8


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


@cache
def templates() -> Mapping[str, Template]:
    """All templates by key, from every `notices*.toml` of this room."""
    files = sorted(Path(__file__).parent.glob("notices*.toml"))
    return {key: template for path in files for key, template in tomllib.loads(path.read_text("utf-8")).items()}


def role(name: str, office: str | None) -> str:
    """The address of everybody who holds a role in an office."""
    return f"role:{name}@{office or ''}"


def group(name: str) -> str:
    """The address of a candidate group."""
    return f"group:{name}"


def subject(number: str) -> str:
    """Address of whoever has this identity number or credit code, registered here or not yet."""
    return f"subject:{number}"


def addresses(actor: Actor) -> list[str]:
    """All addresses under which this actor is reached."""
    own = [actor.id, subject(actor.subject)] if actor.subject else [actor.id]
    return [*own, *(role(r, actor.office) for r in sorted(actor.roles)), *(group(g) for g in sorted(actor.groups))]


def holders(tx: Transaction, case_no: str) -> tuple[str, ...]:
    """Addresses of whoever has the case now: assignees of its open tasks, else their groups."""
    query = sa.select(human_tasks.c.assignee, human_tasks.c.candidate_groups).where(
        human_tasks.c.business_key == case_no, human_tasks.c.completed_at.is_(None)
    )
    found: list[str] = []
    for assignee, groups in tx.connection.execute(query):
        found.extend([assignee] if assignee else [group(g) for g in groups or () if g != "applicant"])
    return tuple(dict.fromkeys(found))


def write(
    tx: Transaction, to: str, template: str, params: Mapping[str, object], *, case_no: str | None = None, key: str = ""
) -> str:
    """Puts a notice into the outbox and the inbox of address `to`; key: written once for each key. Returns its id.

    What an applicant is told of a case reaches their agent, too, or instead. Raises NotFound for an unknown template."""
    if template not in templates():
        raise NotFound(thing=("通知模板", "the notice template"), key=template)
    first, *others = agency.readers(tx, case_no, to) if case_no and ":" not in to else (to,)
    for other in others:
        _write(tx, other, template, params, case_no, f"{key}:{other}" if key else "")
    return _write(tx, first, template, params, case_no, key)


def _write(tx: Transaction, to: str, template: str, params: Mapping[str, object], case_no: str | None, key: str) -> str:
    notice_id = new_id()
    values = {
        "id": notice_id,
        "key": key or notice_id,
        "account_id": to,
        "case_no": case_no,
        "template": template,
        "params": dict(params),
        "created_at": tx.now,
        "send_at": tx.now if tx.engine.channels else None,
        "attempts": 0,
        "last_error": "",
    }
    if not key:
        tx.later(notices, values)
        return notice_id
    known = tx.value(sa.select(notices.c.id).where(notices.c.key == key))
    if known:
        return str(known)
    tx.insert(notices, values)
    return notice_id


def mine(tx: Transaction, *, after: str | None = None, limit: int = 20) -> Page[Notice]:
    """The actor's notices, newest first."""
    query = sa.select(notices).where(notices.c.account_id.in_(addresses(tx.actor)))
    if after:
        query = query.where(notices.c.id < pages.decode(after, 1)[0])
    rows = tx.rows(query.order_by(notices.c.id.desc()).limit(limit + 1))
    return pages.cut([_notice(row) for row in rows], limit, lambda n: (n.id,))


def _notice(row: Mapping[str, Any]) -> Notice:
    texts = rendered(row["template"], row["params"])
    dates = (row["created_at"], row["read_at"])
    return Notice(row["id"], row["case_no"], row["template"], *texts, *dates)


class _Params(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return ""


def rendered(template: str, params: Mapping[str, object]) -> tuple[str, str, str, str]:
    """(subject zh, subject en, body zh, body en)."""
    subject, body = templates()[template]["subject"], templates()[template]["body"]
    zh, en = (_Params({n: in_words(v, language) for n, v in params.items()}) for language in ("zh", "en"))
    said = ((subject["zh"], zh), (subject["en"], en), (body["zh"], zh), (body["en"], en))
    return tuple(text.format_map(facts) for text, facts in said)  # type: ignore[return-value]  # four by construction


def unread(tx: Transaction) -> int:
    """How many are unread, capped at 100."""
    some = sa.select(notices.c.id).where(notices.c.account_id.in_(addresses(tx.actor)), notices.c.read_at.is_(None)).limit(CAP)
    return tx.connection.execute(sa.select(sa.func.count()).select_from(some.subquery())).scalar_one()


def mark_read(tx: Transaction, notice_id: str) -> None:
    """Marks one of the actor's notices as read. Raises NotFound."""
    is_own = sa.and_(notices.c.id == notice_id, notices.c.account_id.in_(addresses(tx.actor)))
    query = notices.update().where(is_own).values(read_at=sa.func.coalesce(notices.c.read_at, tx.now))
    if tx.connection.execute(query).rowcount == 0:
        raise NotFound(thing=("通知", "the notice"), key=notice_id)


def send_due(engine: Engine, limit: int = 100) -> int:
    """Sends what waits in the outbox through every channel, at least once, with a key each; returns how many went out.

    For the worker: leases by moving `send_at` on, calls outside any transaction, then writes what came of it."""
    with engine.begin(SYSTEM) as tx:
        leased = [(row, notice_readers.at_once(tx, row["account_id"])) for row in _lease(tx, limit)]
    sent: list[tuple[dict[str, Any], str]] = []
    failed: list[tuple[dict[str, Any], str]] = []
    for row, readers in leased:
        error = _send(engine, row, readers)
        (failed if error else sent).append((row, error))
    with engine.begin(SYSTEM) as tx:
        for row, error in (*sent, *failed):
            _settle(tx, row, error)
    return len(sent)


def _lease(tx: Transaction, limit: int) -> list[dict[str, Any]]:
    query = sa.select(notices).where(notices.c.send_at <= tx.now).order_by(notices.c.send_at).limit(limit)
    rows = tx.rows(query.with_for_update(skip_locked=True))
    ids = [row["id"] for row in rows]
    tx.connection.execute(notices.update().where(notices.c.id.in_(ids)).values(send_at=tx.now + _LEASE))
    return rows


def _send(engine: Engine, row: Mapping[str, Any], readers: Sequence[str]) -> str:
    """The error sentence, empty when every channel took it. Only the subject, the case's number and a link leave the house."""
    subject_zh, subject_en, _, _ = rendered(row["template"], row["params"])
    about = f"办件 {row['case_no']} / case {row['case_no']}\n" if row["case_no"] else ""
    body = f"{subject_zh}\n{subject_en}\n{about}{engine.settings.base_url}/my/messages"
    for name, channel in engine.channels.items():
        for reader in readers:
            try:
                channel.send(reader, f"{subject_zh} / {subject_en}", body, idempotency_key=f"{row['id']}:{name}:{reader}")
            except ConnectorUnavailable as failure:
                return str(failure) or name
    return ""


def send_digests(engine: Engine, limit: int = 100) -> int:
    """One message a working day to whoever asked for it, with how much is unread; returns how many. For the worker."""
    with engine.begin(SYSTEM) as tx:
        due = notice_readers.take_digests(tx, limit)
        counts = [(account_id, _unread_of(tx, account_id)) for account_id in due]
    for account_id, count in counts:
        if count:
            _digest(engine, account_id, count)
    return len(due)


def _digest(engine: Engine, account_id: str, count: int) -> None:
    """A channel that is down loses one digest: the messages themselves wait in the inbox, and tomorrow's counts them again."""
    subject = f"通办：您有 {count} 条未读消息 / Tongban: {count} unread messages"
    body, key = f"{subject}\n{engine.settings.base_url}/my/messages", new_id()
    for name, channel in engine.channels.items():
        with suppress(ConnectorUnavailable):
            channel.send(account_id, subject, body, idempotency_key=f"digest:{account_id}:{name}:{key}")


def _unread_of(tx: Transaction, account_id: str) -> int:
    """Unread messages under every address of an account, capped."""
    mine = sa.and_(notices.c.account_id.in_(notice_readers.addresses_of(tx, account_id)), notices.c.read_at.is_(None))
    some = sa.select(notices.c.id).where(mine).limit(CAP)
    return int(tx.connection.execute(sa.select(sa.func.count()).select_from(some.subquery())).scalar_one())


def _settle(tx: Transaction, row: Mapping[str, Any], error: str) -> None:
    attempts = cast(int, row["attempts"]) + 1
    again = tx.now + timedelta(seconds=2**attempts) if error and attempts < _GIVE_UP else None
    values = {"attempts": attempts, "last_error": error, "send_at": again, "sent_at": None if error else tx.now}
    tx.connection.execute(notices.update().where(notices.c.id == row["id"]).values(**values))
