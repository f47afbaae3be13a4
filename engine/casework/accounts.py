"""Local accounts: signing in, sessions that end, API tokens, colleagues; one-click people only in a demo."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.actors import SYSTEM, Actor, ActorKind
from engine.casework import people
from engine.errors import NotFound, Unauthenticated
from engine.models.identity import accounts, sessions
from engine.transaction import Engine, Transaction

ABSOLUTE_LIFE = timedelta(days=7)
TOKEN_LIFE = timedelta(days=365)
_TRIES, _LOCK = 5, timedelta(minutes=5)
_TOUCH = timedelta(minutes=5)
"""A session's last use is written down no more often than this: reading pages must not become writing."""


class SignInRefused(Unauthenticated):
    """Expected a known account and its password, but they do not fit; check both and try again."""

    zh = "账号或密码不正确，请核对后重试。"


class AccountLocked(Unauthenticated):
    """Expected at most five wrong passwords in a row, but there were more; try again in {minutes} minutes."""

    zh = "密码连续输错次数过多，请 {minutes} 分钟后再试。"


@dataclass(frozen=True, slots=True)
class Person:
    """An account as others see it. roles and groups as in Actor; title: what the person does, for the one-click list."""

    id: str
    login: str
    name: str
    kind: ActorKind
    subject: str | None = None
    office: str | None = None
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    title_zh: str = ""
    title_en: str = ""
    position: int = field(default=0, compare=False)

    def actor(self) -> Actor:
        """The person as whoever acts."""
        return Actor(self.id, self.name, self.kind, frozenset(self.roles), frozenset(self.groups), self.office, self.subject)


def register(tx: Transaction, given: Person, *, password: str | None = None) -> Person:
    """Creates or replaces an account by its id; password: None leaves it without one. Officers' names become known."""
    row: dict[str, Any] = {name: getattr(given, name) for name in Person.__dataclass_fields__}
    row |= {"roles": list(given.roles), "groups": list(given.groups), "created_at": tx.now}
    row["password"] = _hasher().hash(password) if password else None
    if tx.connection.execute(accounts.update().where(accounts.c.id == given.id).values(**row)).rowcount == 0:
        tx.connection.execute(accounts.insert().values(is_active=True, failures=0, **row))
    people.remember(tx, given.id, given.name)
    return given


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


def sign_in(engine: Engine, login: str, password: str) -> str:
    """A new session's token. Raises SignInRefused, AccountLocked; never says whether the account exists."""
    with engine.read(SYSTEM) as tx:
        row = tx.row(sa.select(accounts).where(accounts.c.login == login, accounts.c.is_active.is_(True)))
        now = tx.now
    if row is not None and row["locked_until"] is not None and row["locked_until"] > now:
        raise AccountLocked(minutes=int((row["locked_until"] - now).total_seconds() // 60) + 1)
    is_right = _fits(row["password"] if row else None, password)
    if row is None or not is_right:
        _failed(engine, row)
        raise SignInRefused
    with engine.begin(SYSTEM) as tx:
        clean = {"failures": 0, "locked_until": None}
        tx.connection.execute(accounts.update().where(accounts.c.id == row["id"]).values(**clean))
        return _open(tx, row["id"], "browser", "", ABSOLUTE_LIFE)


def _fits(stored: str | None, password: str) -> bool:
    """Takes as long for an unknown account as for a known one."""
    try:
        return _hasher().verify(stored or _nobody(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_hex(16))


def _failed(engine: Engine, row: Mapping[str, Any] | None) -> None:
    if row is None:
        return
    with engine.begin(SYSTEM) as tx:
        failures = row["failures"] + 1
        values = {"failures": failures, "locked_until": tx.now + _LOCK if failures >= _TRIES else None}
        tx.connection.execute(accounts.update().where(accounts.c.id == row["id"]).values(**values))


def _open(tx: Transaction, account_id: str, kind: str, label: str, life: timedelta) -> str:
    token = secrets.token_urlsafe(32)
    row = {"digest": _digest(token), "account_id": account_id, "kind": kind, "label": label}
    moments = {"created_at": tx.now, "seen_at": tx.now, "expires_at": tx.now + life}
    tx.connection.execute(sessions.insert().values(**row, **moments))
    return token


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def sign_in_as(engine: Engine, account_id: str) -> str:
    """A session without a password, for the one-click people of a demo. Raises NotFound where the city is none."""
    with engine.begin(SYSTEM) as tx:
        if not engine.settings.demo:
            raise NotFound(thing=("账号", "the account"), key=account_id)
        return _open(tx, person(tx, account_id).id, "browser", "", ABSOLUTE_LIFE)


def issue_token(tx: Transaction, account_id: str, label: str) -> str:
    """An API token for a machine that acts as this account; shown once, kept as a digest."""
    return _open(tx, person(tx, account_id).id, "token", label, TOKEN_LIFE)


def revoke_tokens(tx: Transaction, account_id: str) -> int:
    """Every API token of an account is worth nothing from now on; how many there were."""
    mine = sa.and_(sessions.c.account_id == account_id, sessions.c.kind == "token")
    return int(tx.connection.execute(sessions.delete().where(mine)).rowcount)


_OF_SESSION = (
    sa.select(accounts, sessions.c.seen_at, sessions.c.kind.label("session_kind"))
    .join(sessions, sessions.c.account_id == accounts.c.id)
    .where(sessions.c.digest == sa.bindparam("digest"), sessions.c.expires_at > sa.bindparam("now"))
    .where(accounts.c.is_active.is_(True))
)


def actor_of(engine: Engine, token: str) -> Actor | None:
    """Who a session or API token stands for; None when it is unknown, ended, idle for too long or the account is closed."""
    digest = _digest(token)
    with engine.read(SYSTEM) as tx:
        row, now = tx.row(_OF_SESSION, digest=digest, now=tx.now), tx.now
    if row is None:
        return None
    idle = now - row["seen_at"]
    if row["session_kind"] == "browser" and idle > timedelta(hours=engine.settings.session_hours):
        return None
    if idle > _TOUCH:
        with engine.begin(SYSTEM) as tx:
            tx.connection.execute(sessions.update().where(sessions.c.digest == digest).values(seen_at=tx.now))
    return _person(row).actor()


def sign_out(engine: Engine, token: str) -> None:
    """Ends a session on the server."""
    with engine.begin(SYSTEM) as tx:
        tx.connection.execute(sessions.delete().where(sessions.c.digest == _digest(token)))


def expire(engine: Engine, limit: int = 1000) -> int:
    """Deletes ended sessions; returns how many. For the worker."""
    with engine.begin(SYSTEM) as tx:
        ended = sa.select(sessions.c.digest).where(sessions.c.expires_at <= tx.now).limit(limit)
        return int(tx.connection.execute(sessions.delete().where(sessions.c.digest.in_(ended))).rowcount)


def _person(row: Mapping[str, Any]) -> Person:
    kept = {name: row[name] for name in Person.__dataclass_fields__}
    kept |= {"kind": ActorKind(row["kind"]), "roles": tuple(row["roles"]), "groups": tuple(row["groups"])}
    return Person(**kept)


def person(tx: Transaction, account_id: str) -> Person:
    """An account by id. Raises NotFound."""
    row = tx.row(sa.select(accounts).where(accounts.c.id == account_id, accounts.c.is_active.is_(True)))
    if row is None:
        raise NotFound(thing=("账号", "the account"), key=account_id)
    return _person(row)


def one_click(tx: Transaction) -> tuple[Person, ...]:
    """The people of a demo, in their order; nobody where the city is none."""
    if not tx.engine.settings.demo:
        return ()
    query = sa.select(accounts).where(accounts.c.is_active.is_(True), accounts.c.position > 0).order_by(accounts.c.position)
    return tuple(_person(row) for row in tx.rows(query))


def colleagues(tx: Transaction, groups: Iterable[str], office: str | None) -> Sequence[Person]:
    """Officers of the office who share one of the groups, without the actor: to whom a task may be handed."""
    wanted = set(groups)
    query = sa.select(accounts).where(accounts.c.office == office, accounts.c.is_active.is_(True), accounts.c.id != tx.actor.id)
    found = [_person(row) for row in tx.rows(query.order_by(accounts.c.position, accounts.c.name))]
    return [p for p in found if not wanted or wanted & set(p.groups)]
