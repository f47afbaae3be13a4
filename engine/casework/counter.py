"""The window 窗口代录: an officer takes an application in for somebody who stands at the counter.

The case is the applicant's, with the channel and the officer kept beside it. Taking in is not deciding (收受分离): any window
takes in any service, and who decides follows from the service's diagram alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

import forms
from engine.actors import Actor, ActorKind
from engine.casework import access, accounts, applications, authorisations, catalogue, drafts, form_files
from engine.casework.accounts import Person
from engine.casework.applications import Submitted
from engine.casework.authorisations import Authorisation, Wanted
from engine.casework.catalogue import Item
from engine.casework.opening import Intake
from engine.casework.prefilling import Prefilled
from engine.errors import Finding, Invalid, Severity
from engine.models.base import new_id
from engine.models.identity import accounts as account_rows
from engine.transaction import Engine, Transaction
from forms.formats import is_id_number, is_mobile, is_uscc

CONSENT = "data-sharing"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who stands at the window, as on the card or licence shown. kind: citizen | enterprise.

    agent: who came for them, if another. consents: whether they agree that the registers are asked."""

    kind: str
    name: str
    number: str
    phone: str = ""
    agent: str = ""
    consents: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the window's form begins with: facts by binding, and the sources that did not answer."""

    item: Item
    form: forms.Form | None
    facts: Mapping[str, Prefilled]
    unavailable: tuple[str, ...]


def prepare(engine: Engine, officer: Actor, visitor: Visitor, code: str) -> Prepared:
    """The service's form, filled in from the registers for the visitor. Raises Invalid, NotFound, ServiceSuspended, NotYours."""
    party = _party(engine, officer, visitor)
    with engine.begin(officer) as tx:
        item = drafts.open_item(tx, code)
        form = form_files.form(tx, item.deployment_id, item.form_id) if item.form_id else None
        access.record_read(tx, "counter.prefill", case_no=None, subject=visitor.number, purpose=item.code)
    facts, unavailable = drafts.ask_sources(engine, party.subject, item, form, f"window {officer.id}")
    return Prepared(item, form, facts, unavailable)


def take_in(
    engine: Engine,
    officer: Actor,
    visitor: Visitor,
    code: str,
    answers: Mapping[str, object],
    *,
    idempotency_key: str,
    materials: Sequence[str] = (),
) -> Submitted:
    """Opens the visitor's case as if they had applied themselves, with a receipt 收件凭证 that lists what was handed over.

    materials: names of what the window took. Raises Invalid with located findings, NotYours, NotFound, Conflict."""
    party = _party(engine, officer, visitor)
    intake = Intake(officer.id, officer.name, tuple(materials), visitor.phone, visitor.agent)
    key = f"window:{idempotency_key}"
    return applications.apply(engine, party, code, answers, idempotency_key=key, consents=(CONSENT,), intake=intake)


def _party(engine: Engine, officer: Actor, visitor: Visitor) -> Actor:
    """The visitor as whoever applies: their account, or a new one without sign-in."""
    with engine.begin(officer) as tx:
        access.require(tx, "counter.take_in")
        return _person(tx, visitor).actor()


def _person(tx: Transaction, visitor: Visitor) -> Person:
    _check(visitor)
    return _known(tx, visitor) or _registered(tx, visitor)


def _check(visitor: Visitor) -> None:
    is_citizen = visitor.kind == ActorKind.CITIZEN
    number_said = ("The number does not fit its check mark.", "证件号码有误，请核对校验位。")
    rules = [
        ("name", bool(visitor.name), ("Write the name as on the card.", "请填写证件上的姓名或名称。")),
        ("number", is_id_number(visitor.number) if is_citizen else is_uscc(visitor.number), number_said),
        ("phone", not visitor.phone or is_mobile(visitor.phone), ("A mobile number has 11 digits.", "手机号码应为 11 位数字。")),
        ("consents", visitor.consents, ("Ask for consent and tick it.", "请征得申请人同意核验数据并勾选。")),
        ("kind", visitor.kind in (ActorKind.CITIZEN, ActorKind.ENTERPRISE), ("Choose who applies.", "请选择申请人类型。")),
    ]
    wrong = tuple(Finding(Severity.ERROR, f"counter.{name}", f"/{name}", *said) for name, holds, said in rules if not holds)
    if wrong:
        raise Invalid(findings=wrong)


def _known(tx: Transaction, visitor: Visitor) -> Person | None:
    query = sa.select(account_rows.c.id).where(
        account_rows.c.subject == visitor.number, account_rows.c.kind == visitor.kind, account_rows.c.is_active.is_(True)
    )
    account_id: str | None = tx.value(query.order_by(account_rows.c.created_at, account_rows.c.id).limit(1))
    if account_id is None:
        return None
    person = accounts.person(tx, account_id)
    if person.name != visitor.name:
        said = ("This number belongs to another name; look at the card again.", "该证件号码登记的姓名不同，请再次核对证件。")
        raise Invalid(findings=(Finding(Severity.ERROR, "counter.name.differs", "/name", *said),))
    return person


def _registered(tx: Transaction, visitor: Visitor) -> Person:
    """An account nobody can sign in to yet; whoever proves the same identity later finds the case there."""
    account_id = new_id()
    given = Person(account_id, f"window-{account_id}", visitor.name, ActorKind(visitor.kind), visitor.number)
    return accounts.register(tx, given)


def services(tx: Transaction) -> tuple[Item, ...]:
    """What any window may take in (一窗受理): the services on line, whatever their office."""
    access.require(tx, "counter.take_in")
    return catalogue.online(tx)


def authorise(engine: Engine, officer: Actor, visitor: Visitor, wanted: Wanted, paper: str = "") -> Authorisation:
    """Takes in a power of attorney 授权委托书 that the visitor and the agent have signed at the window; it holds at once.

    paper: its number or date. Raises Invalid with located findings, NotYours."""
    with engine.begin(officer) as tx:
        access.require(tx, "counter.take_in")
        principal = _person(tx, visitor).actor()
        authorisations.check(tx, principal, wanted)
        agent = _person(tx, Visitor(ActorKind.CITIZEN, wanted.agent_name, wanted.agent_no, consents=True)).actor()
        return authorisations.record(tx, principal, agent, wanted, paper)
