"""容缺受理, acceptance although something minor is missing; and papers a diagram issues by name (hearing, site visit).

Tolerance: one notice names everything that is missing and until when; the case is reviewed meanwhile under both limits, with a
clock of its own for the promise; a grant before it is kept is a conditional one; whoever broke such a promise before is not
trusted again. A promise that is not kept ends the case: the diagram draws the timer (`tolerance_due`) and closes, or
revokes what was granted meanwhile. Source: DOMAIN 2.5."""

from collections.abc import Mapping

import sqlalchemy as sa

from engine.casework import case_rows, catalogue, documents, notices, offices, sla
from engine.casework.operations import Values, accept_case, case_of, named_items, time_limit
from engine.casework.papers import DocumentKind
from engine.casework.sla import ClockKind
from engine.casework.states import CaseState
from engine.models.cases import cases
from engine.ports import ConnectorRefused
from engine.transaction import Operation, Transaction

FREE = frozenset({DocumentKind.HEARING, DocumentKind.SITE_RECORD, DocumentKind.HAND_OVER})
"""The papers a diagram may issue by itself; all others come with the act they record."""


def accept_conditionally(tx: Transaction, context: Values, given: Values) -> Values:
    """容缺受理. given: items (texts or {name, reason}), days (default: the committed limit, which it never passes).

    Throws `tolerance.nothing` without items, `tolerance.credit` for whoever broke such a promise. Returns tolerance_due."""
    row = case_of(tx, context)
    if row["accepted_at"] is not None:
        return {"tolerance_due": (row["promise"] or {}).get("due_at")}
    items = [item for item in named_items(given.get("items")) if isinstance(item, Mapping)]
    _check(tx, row["applicant_no"], items)
    limits = catalogue.limits_of(tx, row["deployment_id"])
    row = accept_case(tx, row, is_conditional=True, has_notice=False)
    limit = time_limit(given.get("days"), str(limits.get("tolerance") or limits.get("committed") or "5WD"))
    clock = sla.start(tx, row["case_no"], ClockKind.TOLERANCE, limit, office=row["office"], mode=str(limits["mode"]))
    due_at = min(at for at in (clock.due_at, row["promised_at"]) if at is not None)
    promise = {"items": items, "due_at": due_at.isoformat(), "promised_at": tx.now.isoformat(), "met_at": None}
    row = case_rows.change(tx, row, promise=promise)
    local = offices.of(tx, row["office"]).local(due_at)
    documents.issue(tx, row, DocumentKind.TOLERANCE, {"items": items, "due": f"{local:%Y-%m-%d %H:%M}"})
    case_rows.note(tx, row, "case.tolerated", {"items": [item["name"] for item in items], "due": due_at.isoformat()})
    return {"tolerance_due": due_at}


def _check(tx: Transaction, applicant_no: str, items: list[Mapping[str, object]]) -> None:
    if not items:
        raise ConnectorRefused("tolerance.nothing", "未列明可容缺的材料 / nothing to tolerate was named")
    ended = cases.c.state.in_((CaseState.TERMINATED, CaseState.REVOKED))
    broken = sa.and_(cases.c.applicant_no == applicant_no, cases.c.promise.is_not(None), ended)
    for promise in tx.connection.execute(sa.select(cases.c.promise).where(broken).limit(20)).scalars():
        if promise and not promise.get("met_at") and str(promise.get("due_at")) <= tx.now.isoformat():
            raise ConnectorRefused("tolerance.credit", "有未履行的容缺承诺，不适用容缺受理 / an earlier promise was not kept")


def keep_promise(tx: Transaction, context: Values, given: Values) -> Values:
    """The tolerated papers have come: the promise is kept, its clock stops, the acceptance is unconditional."""
    row = case_of(tx, context)
    promise = row["promise"]
    if not promise or promise["met_at"]:
        return {}
    sla.stop(tx, row["case_no"], ClockKind.TOLERANCE)
    row = case_rows.change(tx, row, promise={**promise, "met_at": tx.now.isoformat()})
    if row["state"] == CaseState.ACCEPTED_CONDITIONALLY:
        row = case_rows.move(tx, row, CaseState.ACCEPTED, "case.promise_kept", {})
    else:
        case_rows.note(tx, row, "case.promise_kept", {})
    notices.write(tx, row["account_id"], "case.promise_kept", {"case_no": row["case_no"]}, case_no=row["case_no"])
    return {}


def issue_document(tx: Transaction, context: Values, given: Values) -> Values:
    """Issues one of the FREE papers. given: kind, facts (texts of its template). Throws `document.kind`. Returns its number."""
    row = case_of(tx, context)
    kind = str(given.get("kind"))
    if kind not in FREE:
        raise ConnectorRefused("document.kind", f"流程不能单独出具“{kind}” / a diagram does not issue {kind} by itself")
    facts = given.get("facts")
    issued = documents.issue(tx, row, DocumentKind(kind), facts if isinstance(facts, Mapping) else {})
    return {"document_no": issued.number}


OPERATIONS: Mapping[str, Operation] = {
    "case.accept_conditionally": accept_conditionally,
    "case.keep_promise": keep_promise,
    "document.issue": issue_document,
}
"""Topic of a service task → operation."""
