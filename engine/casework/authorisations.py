"""授权代办: a person or an enterprise lets somebody act for them, in some services or all, between two dates.

It holds once the agent has accepted it (at a window both sign, so it holds at once) and until either ends it. The case is the
principal's; it keeps the agent's name, history names both, and the agent follows only cases they opened themselves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine.actors import Actor, ActorKind
from engine.casework import access, accounts, agency, catalogue, notices
from engine.errors import Conflict, Finding, Invalid, NotFound, Severity
from engine.models.authorisations import authorisations
from engine.models.base import new_id
from engine.models.identity import accounts as account_rows
from engine.transaction import Transaction
from forms.formats import is_id_number

TELLS = ("both", "agent", "principal")


class NotAuthorised(Conflict):
    """Expected an authorisation that covers {item} today, but there is none; ask for a new one, or apply for yourself."""

    zh = "没有今天有效且包含“{item}”的授权；请申请人重新授权，或为本人申请。"


class AlreadyAnswered(Conflict):
    """Expected an authorisation that waits for its agent's word, but it is {state} already."""

    zh = "该授权已{state}，不再等待受托人确认。"


@dataclass(frozen=True, slots=True)
class Authorisation:
    """services: codes, empty for all. tells: both | agent | principal. state: offered | accepted | declined | revoked.

    agent_no is masked. is_in_force: accepted and within its dates today."""

    id: str
    principal_id: str
    principal_name: str
    agent_name: str
    agent_no: str
    services: tuple[str, ...]
    valid_from: date
    valid_to: date
    tells: str
    state: str
    source: str
    paper: str
    created_at: datetime
    ended_at: datetime | None
    is_in_force: bool

    def covers(self, code: str) -> bool:
        """Whether it is for this service."""
        return not self.services or code in self.services


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an authorisation shall say. agent_no: identity number of whoever shall act. services: codes, empty for all."""

    agent_name: str
    agent_no: str
    valid_from: date | None
    valid_to: date | None
    services: Sequence[str] = ()
    tells: str = "both"


def give(tx: Transaction, wanted: Wanted) -> Authorisation:
    """The actor authorises somebody; it holds when the agent has accepted. Raises Invalid with findings, NotYours."""
    access.require(tx, "authorisation.give")
    row = _store(tx, tx.actor, wanted, state="offered", source="online")
    told = {"who": tx.actor.name}
    notices.write(tx, notices.subject(row["agent_subject"]), "authorisation.offered", told)
    return _shown(tx, row)


def record(tx: Transaction, principal: Actor, agent: Actor, wanted: Wanted, paper: str) -> Authorisation:
    """An officer takes in a signed power of attorney 授权委托书; the window saw who signed, so it holds at once.

    paper: what was seen, for the record. Raises Invalid, NotYours."""
    access.require(tx, "counter.take_in")
    row = _store(tx, principal, wanted, state="accepted", source="counter", agent_id=agent.id, paper=paper, answered_at=tx.now)
    for to in (principal.id, agent.id):
        notices.write(tx, to, "authorisation.recorded", {"who": principal.name, "agent": wanted.agent_name})
    access.record_read(tx, "authorisation.recorded", case_no=None, subject=principal.subject, purpose=paper or row["id"])
    return _shown(tx, row)


def _store(tx: Transaction, principal: Actor, wanted: Wanted, **stood: Any) -> dict[str, Any]:
    check(tx, principal, wanted)
    row: dict[str, Any] = {
        "id": new_id(),
        "principal_id": principal.id,
        "principal_name": principal.name,
        "agent_subject": wanted.agent_no,
        "agent_name": wanted.agent_name,
        "agent_id": None,
        "services": list(dict.fromkeys(wanted.services)),
        "valid_from": wanted.valid_from,
        "valid_to": wanted.valid_to,
        "tells": wanted.tells,
        "paper": "",
        "recorded_by": tx.actor.id,
        "created_at": tx.now,
        "answered_at": None,
        "ended_at": None,
        "ended_by": "",
        **stood,
    }
    tx.insert(authorisations, row)
    return row


def check(tx: Transaction, principal: Actor, wanted: Wanted) -> None:
    """Raises Invalid, each finding at its field, when the principal cannot authorise so."""
    if wrong := tuple(_wrong(tx, principal, wanted)):
        raise Invalid(findings=wrong)


def _wrong(tx: Transaction, principal: Actor, wanted: Wanted) -> Iterator[Finding]:
    agent, known = _account(tx, wanted.agent_no), {item.code for item in catalogue.items_of(tx, list(wanted.services))}
    first, last = wanted.valid_from, wanted.valid_to
    rules = (
        ("agent_name", bool(wanted.agent_name), ("Write the agent's name.", "请填写受托人姓名。")),
        ("agent_no", is_id_number(wanted.agent_no), ("The identity number is wrong.", "受托人身份证号有误，请核对校验位。")),
        ("agent_no", wanted.agent_no != principal.subject, ("Choose somebody else as agent.", "受托人不能是本人。")),
        (
            "agent_name",
            agent is None or agent.name == wanted.agent_name,
            ("Name and identity number do not belong together.", "受托人姓名与身份证号不一致。"),
        ),
        ("valid_from", first is not None, ("From which day?", "请填写开始日期。")),
        ("valid_to", last is not None, ("Until which day?", "请填写结束日期。")),
        (
            "valid_to",
            first is None or last is None or (first <= last and last >= agency.today(tx)),
            ("It must end after it begins, and not in the past.", "结束日期须不早于开始日期和今天。"),
        ),
        (
            "services",
            set(wanted.services) <= known,
            ("Tick services of the list, or choose every service.", "请勾选列出的事项，或选择全部事项。"),
        ),
        ("tells", wanted.tells in TELLS, ("Choose who is told.", "请选择通知对象。")),
    )
    return (Finding(Severity.ERROR, f"authorisation.{key}", f"/{key}", *said) for key, is_right, said in rules if not is_right)


def _account(tx: Transaction, subject: str) -> Actor | None:
    """The citizen with this identity number, if known here."""
    is_theirs = sa.and_(account_rows.c.subject == subject, account_rows.c.kind == ActorKind.CITIZEN)
    found = tx.value(sa.select(account_rows.c.id).where(is_theirs, account_rows.c.is_active).order_by(account_rows.c.id).limit(1))
    return accounts.person(tx, found).actor() if found else None


def answer(tx: Transaction, authorisation_id: str, *, is_accepted: bool) -> Authorisation:
    """The agent accepts or declines. Raises NotFound for anybody else, AlreadyAnswered."""
    row = _found(tx, authorisation_id)
    if row["agent_subject"] != tx.actor.subject:
        raise NotFound(thing=("授权", "the authorisation"), key=authorisation_id)
    if row["state"] != "offered":
        raise AlreadyAnswered(state=_STATES.get(row["state"], ("失效", "over")))
    state = "accepted" if is_accepted else "declined"
    row |= {"state": state, "agent_id": tx.actor.id, "answered_at": tx.now}
    tx.update(authorisations, {"id": row["id"]}, state=state, agent_id=tx.actor.id, answered_at=tx.now)
    notices.write(tx, row["principal_id"], f"authorisation.{state}", {"who": row["agent_name"]})
    return _shown(tx, row)


def revoke(tx: Transaction, authorisation_id: str) -> Authorisation:
    """收回 by the principal, or given back by the agent; at once. Raises NotFound for anybody else, AlreadyAnswered when over."""
    row = _found(tx, authorisation_id)
    is_agents = row["agent_id"] == tx.actor.id
    if row["principal_id"] != tx.actor.id and not is_agents:
        raise NotFound(thing=("授权", "the authorisation"), key=authorisation_id)
    if row["state"] not in ("offered", "accepted"):
        raise AlreadyAnswered(state=_STATES[row["state"]])
    row |= {"state": "revoked", "ended_at": tx.now, "ended_by": tx.actor.name}
    tx.update(authorisations, {"id": row["id"]}, state="revoked", ended_at=tx.now, ended_by=tx.actor.name)
    other = row["principal_id"] if is_agents else row["agent_id"] or notices.subject(row["agent_subject"])
    notices.write(tx, other, "authorisation.revoked", {"who": tx.actor.name})
    return _shown(tx, row)


_STATES = {"accepted": ("接受", "accepted"), "declined": ("谢绝", "declined"), "revoked": ("收回", "revoked")}


def _found(tx: Transaction, authorisation_id: str) -> dict[str, Any]:
    row = tx.find(authorisations, id=authorisation_id, locks=True)
    if row is None:
        raise NotFound(thing=("授权", "the authorisation"), key=authorisation_id)
    return row


def given(tx: Transaction) -> tuple[Authorisation, ...]:
    """Whom the actor has authorised, newest first."""
    rows = tx.find_all(authorisations, order=("id",), principal_id=tx.actor.id)
    return tuple(_shown(tx, row) for row in reversed(rows))


def received(tx: Transaction) -> tuple[Authorisation, ...]:
    """Who has authorised the actor, newest first."""
    rows = tx.find_all(authorisations, order=("id",), agent_subject=tx.actor.subject) if tx.actor.subject else []
    return tuple(_shown(tx, row) for row in reversed(rows))


def usable(tx: Transaction, code: str) -> tuple[Authorisation, ...]:
    """For whom else the actor may apply for a service today."""
    return tuple(each for each in received(tx) if each.is_in_force and each.covers(code)) if tx.actor.subject else ()


def party(tx: Transaction, authorisation_id: str | None, code: str) -> Actor:
    """For whom the actor applies: themselves, or the principal of an authorisation. Raises NotAuthorised."""
    if not authorisation_id:
        return tx.actor
    if not any(each.id == authorisation_id for each in usable(tx, code)):
        item = catalogue.item(tx, code)
        raise NotAuthorised(item=(item.name["zh"], item.name["en"]))
    row = tx.find(authorisations, "principal_id", id=authorisation_id)
    assert row is not None
    return accounts.person(tx, row["principal_id"]).actor()


def _shown(tx: Transaction, row: Mapping[str, Any]) -> Authorisation:
    kept = {name: row[name] for name in Authorisation.__dataclass_fields__ if name in row}
    number = access.mask(row["agent_subject"])
    return Authorisation(
        **{**kept, "services": tuple(row["services"])}, agent_no=number, is_in_force=agency.holds(row, agency.today(tx))
    )
