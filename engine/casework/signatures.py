"""实名签署: what people other than the applicant sign before a case goes on (DOMAIN P3).

A diagram waits for message `person.signed` with the key `<identity number>/<case number>`, one for each person; who is asked is
thus a fact of the running process and of nothing else."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.actors import Actor
from engine.casework import access, audit, case_rows
from engine.errors import NotFound
from engine.models.cases import cases
from engine.models.identity import accounts
from engine.models.work import subscriptions
from engine.runtime import jobs, messages
from engine.transaction import Engine, Transaction

MESSAGE = "person.signed"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature the actor is asked for."""

    case_no: str
    item_zh: str
    item_en: str
    applicant_name: str
    asked_at: datetime


def waiting(tx: Transaction, limit: int = 50) -> tuple[Signature, ...]:
    """What the acting person is asked to sign, oldest first."""
    if not tx.actor.subject:
        return ()
    joined = subscriptions.join(cases, cases.c.root_id == subscriptions.c.root_id)
    columns = (cases.c.case_no, cases.c.item_zh, cases.c.item_en, cases.c.applicant_name)
    asked = subscriptions.c.correlation_key.startswith(f"{tx.actor.subject}/", autoescape=True)
    mine = sa.and_(subscriptions.c.kind == "message", subscriptions.c.name == MESSAGE, asked)
    query = sa.select(*columns, subscriptions.c.created_at.label("asked_at")).select_from(joined).where(mine)
    return tuple(Signature(**row) for row in tx.rows(query.order_by(subscriptions.c.created_at).limit(limit)))


@dataclass(frozen=True, slots=True)
class Unsigned:
    """Somebody a case still waits for. is_me: the acting person."""

    name: str
    asked_at: datetime
    is_me: bool


def missing(tx: Transaction, case_no: str) -> tuple[Unsigned, ...]:
    """Who has not signed yet, for the applicant. Raises NotFound."""
    row = case_rows.allowed(tx, case_no, "case.view_own")
    asked = sa.and_(subscriptions.c.root_id == row["root_id"], subscriptions.c.name == MESSAGE)
    query = sa.select(subscriptions.c.correlation_key, subscriptions.c.created_at).where(asked)
    found = [(str(key).partition("/")[0], at) for key, at in tx.connection.execute(query.order_by(subscriptions.c.created_at))]
    known = sa.select(accounts.c.subject, accounts.c.name).where(accounts.c.subject.in_([subject for subject, _ in found]))
    names = {row.subject: row.name for row in tx.connection.execute(known)}
    return tuple(Unsigned(names.get(who, access.mask(who)), at, who == tx.actor.subject) for who, at in found)


def sign(engine: Engine, actor: Actor, case_no: str) -> None:
    """The acting person signs with the identity of the session; a second time there is nothing left. Raises NotFound."""
    with engine.begin(actor, keeps_jobs=True) as tx:
        access.require(tx, "signature.give")
        key = f"{actor.subject}/{case_no}"
        row = case_rows.find(tx, case_no)
        if row is None or not actor.subject or not messages.is_awaited(tx, MESSAGE, key):
            raise NotFound(thing=("待签署的办件", "a case to sign"), key=case_no)
        audit.write(tx, row["root_id"], "case.signed", {"name": actor.name})
        messages.publish(tx, MESSAGE, key, {"signature": {"name": actor.name, "at": tx.now}})
    jobs.follow(tx, row["root_id"])
