"""The task page: form, facts, clocks, history and documents of one task side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import forms
from engine.casework import (
    access,
    case_rows,
    catalogue,
    documents,
    form_files,
    handling,
    manifest,
    people,
    signing_rows,
    sla,
    task_rows,
    timeline,
    verbs_rows,
)
from engine.casework.papers import Document
from engine.casework.sla import SlaClock
from engine.casework.task_rows import Row
from engine.casework.verbs import handing, returning, signing
from engine.casework.verbs.returning import Return
from engine.casework.verbs.signing import Signer
from engine.casework.view import Case, Line
from engine.feel import from_json, to_plain
from engine.runtime import moving, plans, variables
from engine.transaction import Transaction


@dataclass(frozen=True, slots=True)
class TaskView:
    """All a task page needs. values: what the form shows first (draft over the case's variables); data: the variables, for its
    conditions; answers: what the applicant handed in; facts: {name: {value, source, trust, at}}; materials: of the manifest;
    decided: reasons so far.

    returns: earlier tasks it may be sent back to, (element_id, name, lawful modes); returned: why it was opened again;
    marked_in: the form whose fields were marked then; signers: added ones; is_my_signature: it lies with the actor for a
    signature only; several: parallel | sequential for a countersigned task; blocked_zh, blocked_en: why the actor cannot
    complete it, empty if they can."""

    row: Row
    form_id: str | None
    form: forms.Form | None
    values: Mapping[str, object]
    data: Mapping[str, object]
    draft_opinion: str
    draft_saved_by: str
    draft_saved_at: datetime | None
    case: Case | None
    application_form: forms.Form | None
    answers: Mapping[str, object]
    facts: Mapping[str, Mapping[str, object]]
    hand_over_reasons: tuple[str, ...]
    decided: tuple[Mapping[str, object], ...]
    clocks: tuple[SlaClock, ...]
    lines: tuple[Line, ...]
    documents: tuple[Document, ...]
    materials: tuple[object, ...]
    opinions: tuple[Mapping[str, object], ...]
    phrases: tuple[str, ...]
    is_mine: bool
    can_claim: bool
    can_complete: bool
    can_supplement: bool
    needs_opinion: bool
    blocked_zh: str
    blocked_en: str
    returns: tuple[tuple[str, str, tuple[str, ...]], ...]
    returned: Return | None
    marked_in: forms.Form | None
    signers: tuple[Signer, ...]
    is_my_signature: bool
    several: str
    is_delegated: bool
    on_behalf_of: str


def view(tx: Transaction, task_id: str) -> TaskView:
    """The task page of an open task; writes an access row (so not in a read-only transaction).

    Raises NotFound, TaskTaken when it is already completed (says by whom and when)."""
    row = task_rows.opened(tx, task_id, ("办理", "open"))
    case = case_rows.find(tx, row["business_key"]) if row["business_key"] else None
    if case is not None:
        access.record_read(tx, "task.view", case_no=case["case_no"], subject=case["applicant_no"], purpose=row["element_id"])
    deployment_id = handling.deployment_of(tx, row["definition_id"])
    schema = form_files.form(tx, deployment_id, row["form_key"]) if row["form_key"] else None
    known = variables.of(tx, row["instance_id"])
    obstacle = handling.blocked(tx, row)
    returned = returning.returned(tx, row["id"])
    is_mine = task_rows.is_mine(tx, row)
    can_claim = row["assignee"] is None and obstacle is None and access.may(tx, "task.claim", task_rows.about(row))
    return TaskView(
        row=task_rows.shown(row),
        form_id=row["form_key"],
        form=schema,
        values=_values(known, row, schema),
        data=known,
        draft_opinion=row["draft_opinion"],
        draft_saved_by=people.name(tx, row["draft_saved_by"]),
        draft_saved_at=row["draft_saved_at"],
        case=case_rows.shown(case) if case else None,
        application_form=form_files.application_form(tx, case["deployment_id"]) if case else None,
        answers=case["answers"] if case else {},
        facts=case["facts"] if case else {},
        hand_over_reasons=tuple(map(str, case["hand_over_reasons"])) if case else (),
        decided=tuple(case["reasons"]) if case else (),
        clocks=sla.of_case(tx, case["case_no"]) if case else (),
        lines=timeline.of_case(tx, row["root_id"], is_for_applicant=False),
        documents=documents.of_case(tx, case["case_no"]) if case else (),
        materials=_materials(tx, case),
        opinions=verbs_rows.opinions(tx, case["case_no"]) if case else (),
        phrases=verbs_rows.phrases(tx),
        is_mine=is_mine,
        can_claim=can_claim,
        can_complete=obstacle is None and (is_mine or can_claim),
        can_supplement=handling.may_supplement(tx, row, case) and obstacle is None,
        needs_opinion=row["properties"].get("opinion") == "required",
        blocked_zh=obstacle.sentence("zh") if obstacle else "",
        blocked_en=obstacle.sentence("en") if obstacle else "",
        returns=returning.ways_back(tx, row),
        returned=returned,
        marked_in=_marked_in(tx, row, deployment_id, returned),
        signers=signing.signers_of(tx, row["id"]),
        is_my_signature=_is_my_signature(tx, row),
        several=moving.is_for_several(tx, row["definition_id"], row["element_id"]),
        is_delegated=handing.is_delegated(tx, row["id"]),
        on_behalf_of=people.name(tx, tx.actor.on_behalf_of),
    )


def _marked_in(tx: Transaction, row: Mapping[str, Any], deployment_id: str, returned: Return | None) -> forms.Form | None:
    node = plans.plan_of(tx, row["definition_id"]).nodes.get(returned.from_element) if returned else None
    form_key = node.details.get("form_key") if node else None
    return form_files.form(tx, deployment_id, str(form_key)) if form_key else None


def _values(known: Mapping[str, object], row: Mapping[str, Any], schema: forms.Form | None) -> Mapping[str, object]:
    """The variables the form's fields are named after, and over them the draft."""
    wanted = forms.keys(schema) if schema is not None else ()
    shown = to_plain({key: known[key] for key in wanted if key in known})
    draft = to_plain(from_json(row["draft"])) if row["draft"] else {}
    return {**(shown if isinstance(shown, Mapping) else {}), **(draft if isinstance(draft, Mapping) else {})}


def _materials(tx: Transaction, case: Mapping[str, Any] | None) -> tuple[object, ...]:
    if case is None:
        return ()
    return manifest.rows(manifest.table(catalogue.manifest_of(tx, case["deployment_id"]), "item").get("materials"))


def _is_my_signature(tx: Transaction, row: Mapping[str, Any]) -> bool:
    """Whether an added signer's turn has come and the signer is the actor."""
    turn = signing_rows.active(tx, row["id"])
    return turn is not None and turn["account_id"] in (tx.actor.id, tx.actor.on_behalf_of)
