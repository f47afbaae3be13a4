"""委托代理: a deputy acts for a colleague between two dates, for all services or some, and every record carries both names.

A deputy sees and may do what the principal could, never more: the actor of the transaction gets `on_behalf_of`, so that history,
opinions and the access log name both, and four eyes counts both as one (PEERS 2.2, no. 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.actors import ActorKind
from engine.casework import access, notices, people
from engine.errors import Conflict, Finding, Invalid, NotFound, Severity
from engine.models.base import new_id
from engine.models.identity import accounts
from engine.models.verbs import substitutions
from engine.transaction import Transaction

_NOTE = "substitution.principals"


class NotForOneself(Conflict):
    """Expected a colleague as deputy, but it is the same person; choose somebody else."""

    zh = "不能委托给本人；请选择其他人员。"


class AlreadyEnded(Conflict):
    """Expected a substitution that holds, but it ended at {at}."""

    zh = "该委托已于 {at} 结束。"


@dataclass(frozen=True, slots=True)
class Substitution:
    """items: codes, empty = every service. It holds from starts_at until ends_at or ended_at."""

    id: str
    principal_id: str
    principal_name: str
    deputy_id: str
    deputy_name: str
    groups: tuple[str, ...]
    items: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    reason: str
    created_by: str
    ended_at: datetime | None


def appoint(
    tx: Transaction,
    deputy_id: str,
    starts_at: datetime,
    ends_at: datetime,
    *,
    items: Sequence[str] = (),
    reason: str = "",
    principal_id: str | None = None,
) -> Substitution:
    """委托, by the principal or, for an absent one, by a supervisor of the office. Raises NotFound, NotForOneself, Invalid."""
    principal, deputy = _officer(tx, principal_id or tx.actor.id), _officer(tx, deputy_id)
    if principal["id"] != tx.actor.id:
        access.require(tx, "substitution.appoint", access.About(office=principal["office"]))
    if principal["id"] == deputy["id"]:
        raise NotForOneself
    if ends_at <= starts_at or ends_at <= tx.now:
        wrong = Finding(
            Severity.ERROR, "substitution.dates", "/ends_at", "The end lies before the start.", "结束时间须晚于开始时间。"
        )
        raise Invalid(findings=(wrong,))
    row: dict[str, Any] = {
        "id": new_id(),
        "principal_id": principal["id"],
        "principal_name": principal["name"],
        "deputy_id": deputy["id"],
        "deputy_name": deputy["name"],
        "groups": list(principal["groups"]),
        "items": list(items),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "reason": reason,
        "created_by": tx.actor.id,
        "created_at": tx.now,
        "ended_at": None,
    }
    tx.connection.execute(substitutions.insert().values(**row))
    people.remember(tx, principal["id"], principal["name"])
    people.remember(tx, deputy["id"], deputy["name"])
    notices.write(tx, deputy["id"], "substitution.given", {"who": principal["name"]})
    return _shown(row)


def _officer(tx: Transaction, account_id: str) -> dict[str, Any]:
    row = tx.row(sa.select(accounts).where(accounts.c.id == account_id, accounts.c.is_active.is_(True)))
    if row is None or row["kind"] != ActorKind.OFFICER:
        raise NotFound(thing=("工作人员", "an officer"), key=account_id)
    return row


def _shown(row: Mapping[str, Any]) -> Substitution:
    kept = {name: row[name] for name in Substitution.__dataclass_fields__}
    return Substitution(**{**kept, "groups": tuple(row["groups"]), "items": tuple(row["items"])})


def end(tx: Transaction, substitution_id: str) -> None:
    """收回, by the principal, whoever gave it, or a supervisor of the office. Raises NotFound, AlreadyEnded."""
    row = tx.row(sa.select(substitutions).where(substitutions.c.id == substitution_id).with_for_update())
    if row is None:
        raise NotFound(thing=("委托", "the substitution"), key=substitution_id)
    if tx.actor.id not in (row["principal_id"], row["created_by"]):
        office = tx.value(sa.select(accounts.c.office).where(accounts.c.id == row["principal_id"]))
        if not access.may(tx, "substitution.appoint", access.About(office=office)):
            raise NotFound(thing=("委托", "the substitution"), key=substitution_id)
    if row["ended_at"] is not None:
        raise AlreadyEnded(at=f"{row['ended_at']:%Y-%m-%d %H:%M} UTC")
    tx.connection.execute(substitutions.update().where(substitutions.c.id == substitution_id).values(ended_at=tx.now))


def mine(tx: Transaction) -> tuple[Substitution, ...]:
    """Given by or to the actor, newest first."""
    is_own = sa.or_(substitutions.c.principal_id == tx.actor.id, substitutions.c.deputy_id == tx.actor.id)
    return tuple(map(_shown, tx.rows(sa.select(substitutions).where(is_own).order_by(substitutions.c.id.desc()).limit(50))))


def of_office(tx: Transaction, office: str) -> tuple[Substitution, ...]:
    """All that hold now in an office, for its supervisor."""
    access.require(tx, "substitution.appoint", access.About(office=office))
    query = sa.select(*substitutions.c).join(accounts, accounts.c.id == substitutions.c.principal_id)
    query = query.where(accounts.c.office == office, *_holds(tx))
    return tuple(map(_shown, tx.rows(query.order_by(substitutions.c.id.desc()))))


def _holds(tx: Transaction) -> list[sa.ColumnElement[bool]]:
    table = substitutions.c
    return [table.starts_at <= tx.now, table.ends_at > tx.now, table.ended_at.is_(None)]


def principals(tx: Transaction) -> tuple[Substitution, ...]:
    """For whom the actor may act now; read once in a transaction."""
    if tx.actor.kind is not ActorKind.OFFICER:
        return ()
    known = tx.notes.get(_NOTE)
    if known is None:
        query = sa.select(substitutions).where(substitutions.c.deputy_id == tx.actor.id, *_holds(tx))
        known = tx.notes[_NOTE] = tuple(map(_shown, tx.rows(query.order_by(substitutions.c.id))))
    return known  # type: ignore[return-value]  # a note is an object


def deputies(tx: Transaction, account_id: str, item_code: str) -> tuple[str, ...]:
    """Account ids of those who act for somebody now in a service; for notices and dispatch."""
    query = sa.select(substitutions).where(substitutions.c.principal_id == account_id, *_holds(tx))
    return tuple(row["deputy_id"] for row in tx.rows(query) if not row["items"] or item_code in row["items"])


def act_for(tx: Transaction, task: Mapping[str, Any]) -> None:
    """Makes the actor act on behalf of whoever the task belongs to, if that is a principal; nothing for one's own work."""
    if tx.actor.on_behalf_of or task["assignee"] == tx.actor.id:
        return
    groups = frozenset(task["candidate_groups"])
    if task["assignee"] is None and groups & tx.actor.groups:
        return
    for given in principals(tx):
        if given.items and (task["item_code"] or "") not in given.items:
            continue
        is_held = task["assignee"] == given.principal_id
        is_waiting = task["assignee"] is None and bool(groups & frozenset(given.groups))
        if is_held or is_waiting:
            own = tx.actor
            tx.actor = replace(own, groups=own.groups | frozenset(given.groups), on_behalf_of=given.principal_id)
            return
