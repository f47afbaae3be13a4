"""Opening a case: row, clock, counters, process, all in the caller's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.actors import Actor
from engine.casework import (
    case_rows,
    catalogue,
    counting,
    documents,
    form_files,
    licence_library,
    notices,
    numbers,
    offices,
    prefilling,
    sla,
)
from engine.casework.catalogue import Item
from engine.casework.papers import DocumentKind
from engine.casework.sla import ClockKind
from engine.casework.states import CaseState
from engine.models.base import new_id
from engine.models.cases import cases
from engine.runtime import start
from engine.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Intake:
    """Who took an application in at a window, and what was handed over there. agent: who came for the applicant, if another."""

    officer_id: str
    officer_name: str
    materials: tuple[str, ...] = ()
    phone: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Agency:
    """The actor opens the case for somebody else. party: whose case it is."""

    party: Actor
    authorisation_id: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The case just opened and the root instance that serves it."""

    case_no: str
    root_id: str


def case_number(tx: Transaction, item: Item, seed: str) -> str:
    """The number a case of this item gets out of a random id."""
    return numbers.case_no(item.office, offices.of(tx, item.office).local(tx.now), seed)


def open_case(
    tx: Transaction,
    item: Item,
    answers: Mapping[str, object],
    facts: Mapping[str, prefilling.Prefilled],
    seed: str,
    *,
    parent_no: str | None = None,
    intake: Intake | None = None,
    uses_licences: bool = True,
    agency: Agency | None = None,
    situation: Mapping[str, object] | None = None,
) -> Opened:
    """Validates the answers, writes the case, starts its process and runs it to rest.

    facts: prefilled values by binding; those of grade A win over what was sent, the others stand where nothing was answered.
    parent_no: of the joined case that opens it. intake: of the window that took it in. uses_licences: False when the applicant
    would rather hand materials in. agency: when the actor acts for another. situation: answers given
    before the form. Raises Invalid."""
    party = agency.party if agency else tx.actor
    if agency:
        tx.actor = replace(tx.actor, on_behalf_of=party.id)
    values = form_files.prefilled(tx, item, answers, facts)
    known = prefilling.by_attribute(facts)
    case_no = case_number(tx, item, seed)
    if uses_licences:
        described = {**(situation or {}), **values}
        known |= licence_library.instead_of_materials(tx, party.subject or "", item.manifest, case_no, situation=described)
    root_id = new_id()
    row = _row(tx, item, case_no, party, form_files.storable(values), form_files.storable(known))
    channel = {"source": "counter", "intake_by": intake.officer_id} if intake else {"source": "online", "intake_by": None}
    tx.insert(cases, {**row, **channel, **_agent(tx, agency, parent_no, intake), "root_id": root_id, "parent_no": parent_no})
    if item.kind != "instant":
        _start_pre_acceptance(tx, item, case_no)
    start.start(
        tx,
        item.process_id,
        _variables(tx, item, case_no, party, values, known),
        business_key=case_no,
        definition_id=_definition(tx, item),
        root_id=root_id,
        opening=("case.opened", {"case_no": case_no, "item": item.code, "version": item.version}),
    )
    form_files.attach(tx, item.deployment_id, item.form_id, values, case_no=case_no, root_id=root_id)
    _count(tx, item, facts)
    _opened(tx, item, case_no, party, intake)
    return Opened(case_no, root_id)


def _definition(tx: Transaction, item: Item) -> str:
    """The process of the item's own deployment: a draft submitted after a new version still takes the form's own process."""
    return catalogue.definition_of(tx, item.deployment_id, item.process_id)


def _agent(tx: Transaction, agency: Agency | None, parent_no: str | None, intake: Intake | None) -> dict[str, object]:
    """Who acts in the case for the applicant: in a part of a joined case whoever acts in the whole."""
    if agency is not None:
        return {"agent_id": tx.actor.id, "agent_name": tx.actor.name, "authorisation_id": agency.authorisation_id}
    parent = case_rows.find(tx, parent_no) if parent_no else None
    none: dict[str, object] = {"agent_id": None, "agent_name": intake.agent if intake else "", "authorisation_id": None}
    return none if parent is None else {name: parent[name] for name in none}


def _row(
    tx: Transaction, item: Item, case_no: str, party: Actor, answers: Mapping[str, object], facts: Mapping[str, object]
) -> dict[str, object]:
    return {
        "case_no": case_no,
        "query_code": numbers.query_code(),
        "item_code": item.code,
        "item_zh": item.name["zh"],
        "item_en": item.name["en"],
        "deployment_id": item.deployment_id,
        "office": item.office,
        "state": CaseState.SUBMITTED,
        "is_open": True,
        "account_id": party.id,
        "applicant_name": party.name,
        "applicant_no": party.subject or "",
        "applicant_kind": party.kind,
        "answers": answers,
        "facts": facts,
        "reasons": [],
        "hand_over_reasons": [],
        "light": "no_limit",
        "submitted_at": tx.now,
    }


def _start_pre_acceptance(tx: Transaction, item: Item, case_no: str) -> None:
    limit, mode = str(item.limits["pre_acceptance"]), str(item.limits["mode"])
    sla.start(tx, case_no, ClockKind.PRE_ACCEPTANCE, limit, office=item.office, mode=mode)


def _variables(
    tx: Transaction, item: Item, case_no: str, party: Actor, values: Mapping[str, object], facts: Mapping[str, object]
) -> dict[str, object]:
    case = {"no": case_no, "service": item.code, "submitted_at": tx.now, "automatic": item.is_automatic}
    applicant = {"id": party.id, "name": party.name, "kind": str(party.kind), "subject": party.subject}
    return {"case": case, "applicant": applicant, "form": dict(values), "facts": dict(facts)}


def _count(tx: Transaction, item: Item, facts: Mapping[str, prefilling.Prefilled]) -> None:
    """The case for the boards, and of its form's fields those the city filled in: what 秒报 saves, for its department."""
    day = offices.of(tx, item.office).local(tx.now).date()
    leaves = tuple(form_files.form(tx, item.deployment_id, item.form_id).leaves()) if item.form_id else ()
    known = {name for name, fact in facts.items() if fact.value is not None}
    filled = sum(field.source in known for field in leaves)
    shares = [("fields", len(leaves)), ("fields_prefilled", filled)] if leaves else []
    counting.add(tx, item.office, item.code, [("light:no_limit", 1), ("submitted", 1), (f"submitted:{day}", 1), *shares])


def _opened(tx: Transaction, item: Item, case_no: str, party: Actor, intake: Intake | None) -> None:
    if item.kind != "instant" or intake:
        row = case_rows.find(tx, case_no)
        assert row is not None
        documents.issue(tx, row, DocumentKind.RECEIPT, _handed_over(intake) if intake else {})
        if intake:
            taken = {"by": intake.officer_name, "materials": list(intake.materials), "phone": intake.phone, "agent": intake.agent}
            case_rows.note(tx, row, "case.taken_in", taken)
    if item.kind != "instant":
        notices.write(tx, party.id, "application.submitted", {"case_no": case_no}, case_no=case_no)


def _handed_over(intake: Intake) -> Mapping[str, object]:
    """What the receipt says of the window: who took which papers from whom."""
    names = "、".join(intake.materials)
    by = intake.officer_name
    return {
        "handed_zh": f"窗口收取材料：{names}。经办人：{by}。" if names else f"窗口收件，未收取纸质材料。经办人：{by}。",
        "handed_en": f"Papers handed over: {names}. Taken in by {by}." if names else f"No papers handed over. Taken in by {by}.",
        "agent_zh": f"代办人：{intake.agent}。" if intake.agent else "",
        "agent_en": f"Handed in by {intake.agent}." if intake.agent else "",
    }
