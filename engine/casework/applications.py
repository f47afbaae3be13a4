"""From the first look to the submitted application: drafts on the server, prefill, consent, submit once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy.exc import IntegrityError

from engine.actors import Actor
from engine.casework import access, authorisations, case_rows, catalogue, drafts, form_files, opening
from engine.casework.catalogue import Item
from engine.casework.drafts import (
    AlreadySubmitted,
    Draft,
    DraftChanged,
    DraftExpired,
    NotOnline,
    ServiceSuspended,
    consent,
    discard,
    expire,
    mine,
    open_draft,
    prefill,
    read_draft,
    save,
)
from engine.casework.prefilling import Prefilled
from engine.casework.states import CaseState
from engine.errors import Conflict
from engine.models.applications import submissions
from engine.models.base import new_id
from engine.models.cases import documents
from engine.models.licences import licences
from engine.runtime import jobs
from engine.transaction import Engine, Transaction

__all__ = [
    "AlreadySubmitted",
    "Draft",
    "DraftChanged",
    "DraftExpired",
    "NotOnline",
    "Prefilled",
    "ServiceSuspended",
    "Submitted",
    "apply",
    "consent",
    "discard",
    "expire",
    "mine",
    "open_draft",
    "outcome",
    "prefill",
    "read_draft",
    "save",
    "submit",
]


class KeyReused(Conflict):
    """Expected a new idempotency key for a new application, but {key} was used for case {case_no} with other answers."""

    zh = "幂等键 {key} 已用于内容不同的办件 {case_no}；请换用新的幂等键。"


@dataclass(frozen=True, slots=True)
class Submitted:
    """What came of a submission when the request returned.

    decision: `grant` | `refuse` | None while a person or a slow source is still needed. reasons: tables of the decision, each
    with zh and en. query_code: shows progress without sign-in. is_new: False when this idempotency key was seen before (the
    first answer is given again)."""

    case_no: str
    state: CaseState
    decision: str | None
    reasons: tuple[Mapping[str, object], ...]
    hand_over_reasons: tuple[str, ...]
    licence_no: str | None
    licence_code: str | None
    promised_at: datetime | None
    query_code: str
    documents: tuple[str, ...]
    is_new: bool = True


def submit(engine: Engine, actor: Actor, draft_id: str, answers: Mapping[str, object], *, idempotency_key: str) -> Submitted:
    """Validates, opens the case with its clocks, starts its process and waits up to `settings.drain_seconds` for what comes of
    it.

    answers: the whole form, or {} to submit the draft as saved. Raises Invalid with located findings, Conflict."""
    with engine.begin(actor, keeps_jobs=True) as tx:
        known = _known(tx, idempotency_key, _fingerprint(draft_id, answers))
        if known is None:
            draft = drafts.for_writing(tx, draft_id)
            item = catalogue.of_deployment(tx, draft.deployment_id)
            own = drafts.LICENCES not in drafts.refused(tx, draft_id)
            agency = _agency(tx, draft.authorisation_id, item.code)
            given = {**draft.answers, **answers}
            how: dict[str, Any] = {"uses_licences": own, "agency": agency, "situation": draft.situation}
            opened = opening.open_case(tx, item, given, draft.facts, draft_id, **how)
            drafts.submitted(tx, draft_id, opened.case_no)
            _remember(tx, idempotency_key, _fingerprint(draft_id, answers), opened.case_no)
            begun = _Begun(opened.case_no, opened.root_id, tx)
    return _settled(engine, actor, known or begun)


def _agency(tx: Transaction, authorisation_id: str | None, code: str) -> opening.Agency | None:
    """For whom the actor acts, None for themselves. Raises NotAuthorised when the authorisation holds no longer."""
    if not authorisation_id:
        return None
    return opening.Agency(authorisations.party(tx, authorisation_id, code), authorisation_id)


def apply(
    engine: Engine,
    actor: Actor,
    code: str,
    answers: Mapping[str, object],
    *,
    idempotency_key: str,
    consents: Sequence[str] = (),
    parent_no: str | None = None,
    intake: opening.Intake | None = None,
    authorisation_id: str | None = None,
) -> Submitted:
    """The same in one call without a stored draft, for `POST /api/v1/cases`; prefilled values complete the answers.

    consents: purposes agreed to. parent_no: of the joined case that opens it. intake: of the window that took it in.
    authorisation_id: under which the actor applies for somebody else. Raises NotFound, ServiceSuspended, Invalid, KeyReused,
    NotAuthorised."""
    mark = _fingerprint(f"{code} for {authorisation_id}" if authorisation_id else code, answers)
    with engine.read(actor) as tx:
        known = _known(tx, idempotency_key, mark)
        item = drafts.open_item(tx, code)
        schema = form_files.form(tx, item.deployment_id, item.form_id) if item.form_id else None
        agency = _agency(tx, authorisation_id, item.code) if known is None else None
    if known is None:
        subject = agency.party.subject if agency else actor.subject
        facts, _ = drafts.ask_sources(engine, subject, item, schema, idempotency_key)
        asked = {"parent_no": parent_no, "intake": intake, "agency": agency}
        begun = _apply_once(engine, actor, item, answers, facts, consents, idempotency_key, mark, asked)
        return _settled(engine, actor, begun)
    return _settled(engine, actor, known)


def _apply_once(
    engine: Engine,
    actor: Actor,
    item: Item,
    answers: Mapping[str, object],
    facts: Mapping[str, Prefilled],
    consents: Sequence[str],
    idempotency_key: str,
    mark: str,
    asked: Mapping[str, Any],
) -> "str | _Begun":
    try:
        with engine.begin(actor, keeps_jobs=True) as tx:
            access.require(tx, "application.write", access.About(owners=frozenset({actor.id})))
            # first, so that of two equal requests at once the second fails here and does nothing
            seed = new_id()
            case_no = opening.case_number(tx, item, seed)
            _remember(tx, idempotency_key, mark, case_no)
            opened = opening.open_case(tx, item, answers, facts, seed, **asked)
            for purpose in consents:
                drafts.record_consent(tx, purpose, case_no=case_no)
            return _Begun(case_no, opened.root_id, tx)
    except IntegrityError:
        with engine.read(actor) as tx:
            known = _known(tx, idempotency_key, mark)
        if known is None:
            raise
        return known


def _fingerprint(what: str, answers: Mapping[str, object]) -> str:
    return sha256(orjson.dumps([what, form_files.storable(answers)], option=orjson.OPT_SORT_KEYS)).hexdigest()


def _known(tx: Transaction, key: str, mark: str) -> str | None:
    """The case an earlier request with this key opened. Raises KeyReused when it asked for something else."""
    row = tx.find(submissions, account_id=tx.actor.id, idempotency_key=key)
    if row is None:
        return None
    if row["fingerprint"] != mark:
        raise KeyReused(key=key, case_no=row["case_no"])
    return str(row["case_no"])


def _remember(tx: Transaction, key: str, mark: str, case_no: str) -> None:
    values = {"account_id": tx.actor.id, "idempotency_key": key, "fingerprint": mark, "case_no": case_no, "at": tx.now}
    tx.insert(submissions, values)


@dataclass(frozen=True, slots=True)
class _Begun:
    """A case this request has opened. tx: its transaction, committed; the jobs it kept are to be done now."""

    case_no: str
    root_id: str
    tx: Transaction


def _settled(engine: Engine, actor: Actor, case: str | _Begun) -> Submitted:
    """Does the case's own jobs, if it is new and has any, then says what came of it."""
    is_new = isinstance(case, _Begun)
    if isinstance(case, _Begun):
        jobs.follow(case.tx, case.root_id)
    with engine.read(actor) as tx:
        return _outcome(
            tx, case_rows.allowed(tx, case.case_no if isinstance(case, _Begun) else case, "case.view_own"), is_new=is_new
        )


def outcome(tx: Transaction, case_no: str) -> Submitted:
    """What came of a case so far; for the page that waits for a slow source. Raises NotFound."""
    return _outcome(tx, case_rows.allowed(tx, case_no, "case.view_own"), is_new=False)


def _outcome(tx: Transaction, row: Mapping[str, Any], *, is_new: bool) -> Submitted:
    case_no = row["case_no"]
    issued = tx.find_all(licences, "number", "code", order=("id",), case_no=case_no)
    papers = tx.find_all(documents, "id", order=("id",), case_no=case_no)
    return Submitted(
        case_no=case_no,
        state=CaseState(row["state"]),
        decision=row["outcome"],
        reasons=tuple(row["reasons"]),
        hand_over_reasons=tuple(map(str, row["hand_over_reasons"])),
        licence_no=issued[0]["number"] if issued else None,
        licence_code=issued[0]["code"] if issued else None,
        promised_at=row["promised_at"],
        query_code=row["query_code"],
        documents=tuple(paper["id"] for paper in papers),
        is_new=is_new,
    )
