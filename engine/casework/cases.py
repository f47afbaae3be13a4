"""The case 办件: read by its applicant and by officers, withdrawn, urged, supplemented."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.actors import Actor
from engine.calendar.colours import Colour
from engine.calendar.limits import in_words
from engine.casework import (
    access,
    agency,
    audit,
    cards,
    case_rows,
    catalogue,
    documents,
    form_files,
    handling,
    joined,
    licences,
    notices,
    offices,
    owed,
    pages,
    sla,
    special,
    timeline,
    verbs_rows,
    withdrawals,
)
from engine.casework.pages import Page
from engine.casework.papers import Document
from engine.casework.sla import ClockKind
from engine.casework.states import TERMINAL, WITHDRAWABLE, CaseState
from engine.casework.view import Archive, Case, Line, Progress, Supplement
from engine.errors import Conflict, NotFound
from engine.models.cases import cases
from engine.runtime import jobs, names, tasks
from engine.transaction import Engine, Transaction

__all__ = ["Archive", "Case", "Line", "Progress", "Supplement"]


class TooSoon(Conflict):
    """Expected at most one reminder a day, but this case was urged at {at}; the office has it already."""

    zh = "每天只能催办一次，本办件已于 {at} 催办；承办单位已收到。"


class NothingToUrge(Conflict):
    """Expected an open case that the office holds, but {case_no} is “{state}”."""

    zh = "办件 {case_no} 当前为“{state}”，无需催办。"


class NothingToSupplement(Conflict):
    """Expected case {case_no} to wait for a supplement, but it does not; see its progress."""

    zh = "办件 {case_no} 目前无需补正；请查看办理进度。"


def read(tx: Transaction, case_no: str) -> Case:
    """The case, for its applicant or an officer who may see it. Raises NotFound for everybody else (no existence oracle)."""
    return case_rows.shown(case_rows.allowed(tx, case_no, "case.view"))


def mine(tx: Transaction, *, states: Sequence[CaseState] = (), after: str | None = None, limit: int = 20) -> Page[Case]:
    """The acting citizen's or enterprise's own cases and those they may act in for others, newest first."""
    is_own = cases.c.account_id == tx.actor.id
    if tx.actor.subject:
        is_own = sa.or_(is_own, cases.c.applicant_no == tx.actor.subject)
    if held := agency.of_actor(tx):
        is_own = sa.or_(is_own, sa.and_(cases.c.agent_id == tx.actor.id, cases.c.authorisation_id.in_(held)))
    return _page(tx, [is_own], states, after, limit)


def handled(tx: Transaction, *, after: str | None = None, limit: int = 20) -> Page[Case]:
    """The cases the actor handles for others under authorisations that hold today, newest first."""
    is_theirs = sa.and_(cases.c.agent_id == tx.actor.id, cases.c.authorisation_id.in_(agency.of_actor(tx)))
    return _page(tx, [is_theirs], (), after, limit)


def listing(
    tx: Transaction,
    *,
    office: str | None = None,
    item_code: str | None = None,
    states: Sequence[CaseState] = (),
    light: str | None = None,
    query: str = "",
    after: str | None = None,
    limit: int = 50,
) -> Page[Case]:
    """Cases an officer may see, newest first. query: case number (from its start) or exact applicant name."""
    access.require(tx, "case.list")
    conditions = [*visible_to(tx)]
    if office:
        conditions.append(cases.c.office == office)
    if item_code:
        conditions.append(cases.c.item_code == item_code)
    if light:
        conditions.append(cases.c.light == light)
    if query:
        wanted = query.strip()
        conditions.append(sa.or_(cases.c.case_no.startswith(wanted.upper(), autoescape=True), cases.c.applicant_name == wanted))
    return _page(tx, conditions, states, after, limit)


def visible_to(tx: Transaction) -> list[sa.ColumnElement[bool]]:
    """The condition under which an officer sees a case in a list: own office, or every office for the city and for auditors."""
    is_city = tx.actor.office == access.CITY_OFFICE and "supervisor" in tx.actor.roles
    return [] if is_city or "auditor" in tx.actor.roles else [cases.c.office == tx.actor.office]


def _page(
    tx: Transaction, conditions: Sequence[sa.ColumnElement[bool]], states: Sequence[CaseState], after: str | None, limit: int
) -> Page[Case]:
    query = sa.select(cases).where(*conditions)
    if states:
        query = query.where(cases.c.state.in_(states))
    if after:
        at, number = pages.decode(after, 2)
        key = sa.tuple_(sa.literal(datetime.fromisoformat(str(at)), cases.c.submitted_at.type), sa.literal(number))
        query = query.where(sa.tuple_(cases.c.submitted_at, cases.c.case_no) < key)
    query = query.order_by(cases.c.submitted_at.desc(), cases.c.case_no.desc()).limit(limit + 1)
    found = [case_rows.shown(row) for row in tx.rows(query)]
    return pages.cut(found, limit, lambda c: (c.submitted_at.isoformat(), c.case_no))


def progress(tx: Transaction, case_no: str) -> Progress:
    """The applicant's view. Raises NotFound."""
    row = case_rows.allowed(tx, case_no, "case.view_own")
    shown = _progress(
        tx, row, documents.of_case(tx, case_no), licences.of_case(tx, case_no), supplement_wanted(tx, row), row["answers"]
    )
    return replace(shown, owed=owed.of_row(tx, row))


def _progress(
    tx: Transaction,
    row: case_rows.Row,
    papers: tuple[Document, ...] = (),
    cards_held: tuple[licences.Licence, ...] = (),
    supplement: Supplement | None = None,
    answers: Mapping[str, object] | None = None,
) -> Progress:
    shown = case_rows.shown(row)
    is_office_turn = row["is_open"] and shown.state is not CaseState.SUPPLEMENT_REQUIRED
    return Progress(
        case=shown,
        lines=timeline.of_case(tx, row["root_id"], is_for_applicant=True),
        holder=_holder(tx, row),
        clocks=sla.of_case(tx, row["case_no"]),
        pause_reason=_pause_reason(row),
        supplement=supplement,
        documents=papers,
        licences=cards_held,
        reasons=tuple(row["reasons"]) if row["decided_at"] and answers is not None else (),
        answers=answers or {},
        can_withdraw=shown.state in WITHDRAWABLE,
        can_urge=is_office_turn and not _was_today(tx, row, row["urged_at"]),
        urged_at=row["urged_at"],
        query_code=row["query_code"] if answers is not None else "",
    )


def _holder(tx: Transaction, row: case_rows.Row) -> Mapping[str, str]:
    if not row["is_open"]:
        return {"zh": "", "en": ""}
    if row["state"] == CaseState.SUPPLEMENT_REQUIRED:
        return {"zh": "申请人", "en": "the applicant"}
    office = catalogue.office_name(tx, row["office"])
    stage = row["stage"]
    return {
        "zh": f"{office['zh']}（{stage}）" if stage else office["zh"],
        "en": f"{office['en']} ({names.translated(stage, names.english(tx))})" if stage else office["en"],
    }


def _pause_reason(row: case_rows.Row) -> Mapping[str, str]:
    if row["state"] == CaseState.SUPPLEMENT_REQUIRED:
        return {"zh": "等待申请人补正", "en": "waiting for the applicant's supplement"}
    if row["special"]:
        (zh, en), days = special.words(row["special"]["kind"]), row["special"]["days"]
        return {"zh": f"特别程序：{zh}，{in_words(days)}", "en": f"special procedure: {en}, {in_words(days, 'en')}"}
    if row["suspended"]:
        return {"zh": f"办件已挂起：{row['suspended']['reason']}", "en": f"suspended: {row['suspended']['reason']}"}
    if row["light"] == Colour.PAUSED:
        return {"zh": "时限已暂停", "en": "the clock is paused"}
    return {"zh": "", "en": ""}


def _was_today(tx: Transaction, row: case_rows.Row, at: datetime | None) -> bool:
    """Whether a moment lies on today's calendar day in the office's zone, not within the last 24 hours (PEERS 2.3)."""
    office = offices.of(tx, row["office"])
    return at is not None and office.local(at).date() == office.local(tx.now).date()


def public_progress(tx: Transaction, case_no: str, query_code: str) -> Progress:
    """Progress without sign-in by number and code; carries no personal data, documents or licences. Raises NotFound."""
    row = case_rows.find(tx, case_no.strip().upper())
    if row is None or row["query_code"] != query_code.strip().upper():
        raise NotFound(thing=("办件", "the case"), key=case_no)
    masked = {
        **row,
        "applicant_name": access.mask_name(row["applicant_name"]),
        "account_id": "",
        "agent_id": None,
        "agent_name": "",
    }
    shown = _progress(tx, masked)
    return replace(shown, lines=timeline.for_strangers(shown.lines))


def facts_of(tx: Transaction, case_no: str) -> Mapping[str, Mapping[str, object]]:
    """What the city knew when the case was handed in, each with source, time and grade; for the applicant. Raises NotFound."""
    facts: Mapping[str, Mapping[str, object]] = case_rows.allowed(tx, case_no, "case.view_own")["facts"]
    return facts


def archive(tx: Transaction, case_no: str) -> Archive:
    """The officer's view; writes an access row. Raises NotFound."""
    row = case_rows.allowed(tx, case_no, "case.view")
    access.record_read(tx, "case.archive", case_no=case_no, subject=row["applicant_no"], purpose=row["item_code"])
    return Archive(
        case=case_rows.shown(row),
        answers=row["answers"],
        facts=row["facts"],
        reasons=tuple(row["reasons"]),
        clocks=sla.of_case(tx, case_no),
        lines=timeline.of_case(tx, row["root_id"], is_for_applicant=False),
        documents=documents.of_case(tx, case_no),
        licences=licences.of_case(tx, case_no),
        opinions=verbs_rows.opinions(tx, case_no),
        cards=cards.of_case(tx, case_no),
        access=access.reads_of_case(tx, case_no),
    )


def withdraw(engine: Engine, actor: Actor, case_no: str, reason: str) -> Case:
    """The applicant withdraws before the decision: the process is called off, clocks stop, a document confirms it.

    Raises NotFound, IllegalMove once it is decided."""
    with engine.begin(actor) as tx:
        case_rows.allowed(tx, case_no, "case.withdraw")
        row = case_rows.locked(tx, case_no)
        withdrawals.ask(tx, row, reason)
    joined.withdraw_children(engine, actor, case_no, reason)
    with engine.read(actor) as tx:
        return read(tx, case_no)


def urge(tx: Transaction, case_no: str) -> datetime:
    """催办 by the applicant, once a day by the office's calendar day; tells whoever has the case. Raises TooSoon."""
    case_rows.allowed(tx, case_no, "case.urge")
    row = case_rows.locked(tx, case_no)
    if not row["is_open"] or row["state"] == CaseState.SUPPLEMENT_REQUIRED:
        shown = case_rows.words(row)
        raise NothingToUrge(case_no=case_no, state=shown)
    if _was_today(tx, row, row["urged_at"]):
        raise TooSoon(at=offices.of(tx, row["office"]).local(row["urged_at"]).strftime("%H:%M"))
    case_rows.change(tx, row, urged_at=tx.now)
    audit.write(tx, row["root_id"], "case.urged", {})
    for to in notices.holders(tx, case_no):
        notices.write(tx, to, "case.urged", {"case_no": case_no}, case_no=case_no)
    return tx.now


def supplement_wanted(tx: Transaction, row: Mapping[str, Any]) -> Supplement | None:
    """What the applicant must still hand in, None when nothing is asked for."""
    asked = row["supplement"]
    if row["state"] != CaseState.SUPPLEMENT_REQUIRED or not asked:
        return None
    task = handling.applicants_task(tx, row["case_no"])
    due_at = asked.get("due_at")
    return Supplement(
        items=tuple(asked["items"]),
        reason=asked["reason"],
        due_at=datetime.fromisoformat(due_at) if due_at else None,
        task_id=task["id"] if task else None,
        form_id=task["form_key"] if task else None,
        deployment_id=handling.deployment_of(tx, task["definition_id"]) if task else None,
    )


def supplement(engine: Engine, actor: Actor, case_no: str, answers: Mapping[str, object]) -> Case:
    """The applicant hands in what was asked for; what is left empty stays as it was. Completes the applicant's task.

    Raises NothingToSupplement, Invalid."""
    with engine.begin(actor, keeps_jobs=True) as tx:
        case_rows.allowed(tx, case_no, "case.supplement")
        row = case_rows.locked(tx, case_no)
        task = handling.applicants_task(tx, case_no)
        if row["state"] != CaseState.SUPPLEMENT_REQUIRED or task is None:
            raise NothingToSupplement(case_no=case_no)
        deployment_id = handling.deployment_of(tx, task["definition_id"])
        given = form_files.validated(tx, deployment_id, task["form_key"], answers, data=row["answers"], node=task["element_id"])
        values = {name: value for name, value in given.items() if value is not None}
        _supplemented(tx, row, values)
        form_files.attach(tx, deployment_id, task["form_key"], values, case_no=case_no, root_id=row["root_id"])
        tasks.complete(
            tx, task["id"], {"supplement_answers": values, "form": {**row["answers"], **values}}, expected_version=None
        )
    jobs.follow(tx, row["root_id"])
    with engine.read(actor) as tx:
        return read(tx, case_no)


def _supplemented(tx: Transaction, row: case_rows.Row, values: Mapping[str, object]) -> None:
    """Receipt of the supplement starts the office's time to accept anew (行政许可法 art. 32)."""
    case_no = row["case_no"]
    asked = {**row["supplement"], "answered_at": tx.now.isoformat()}
    merged = {**row["answers"], **form_files.storable(values)}
    case_rows.move(tx, row, CaseState.SUBMITTED, "case.supplemented", {}, supplement=asked, answers=merged)
    sla.stop(tx, case_no, ClockKind.SUPPLEMENT)
    limits = catalogue.limits_of(tx, row["deployment_id"])
    sla.start(
        tx, case_no, ClockKind.PRE_ACCEPTANCE, str(limits["pre_acceptance"]), office=row["office"], mode=str(limits["mode"])
    )
    for to in notices.holders(tx, case_no):
        notices.write(tx, to, "case.supplemented", {"case_no": case_no}, case_no=case_no)


def is_finished(state: CaseState) -> bool:
    """Whether nothing more can happen to a case but a revocation."""
    return state in TERMINAL
