"""The operations a diagram may call inside its step: acceptance, supplement, decision, licence, entitlement, notice.

Each is `(tx, context, input) → output variables`. What the law forbids is refused here, whatever the diagram says: an illegal
move
raises (the whole step is undone and the sentence shown), a refusal that a diagram may want to answer is a BPMN error."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from engine.actors import ActorKind
from engine.casework import (
    case_rows,
    catalogue,
    counting,
    documents,
    entitlements,
    form_files,
    licences,
    manifest,
    notices,
    offices,
    sla,
    special,
)
from engine.casework.case_rows import Row
from engine.casework.papers import DocumentKind
from engine.casework.sla import ClockKind
from engine.casework.states import BEFORE_ACCEPTANCE, CaseState, IllegalMove
from engine.errors import NotFound
from engine.feel import to_plain
from engine.ports import ConnectorRefused
from engine.transaction import Operation, Transaction

Values = Mapping[str, object]
_NOTHING: Values = {}


def case_of(tx: Transaction, context: Values) -> Row:
    """The case this instance serves; the root's lock is held by the step. Raises NotFound when it serves none."""
    case_no = str(context.get("business_key") or "")
    row = case_rows.find(tx, case_no)
    if row is None:
        raise NotFound(thing=("办件", "the case"), key=case_no)
    return row


def accept(tx: Transaction, context: Values, given: Values) -> Values:
    """受理: the legal start of both limits; one acceptance document (行政许可法 art. 32)."""
    row = case_of(tx, context)
    if row["accepted_at"] is None:  # a path walked again after a return passes here a second time: one acceptance, one document
        accept_case(tx, row, is_conditional=bool(given.get("conditional")))
    return _NOTHING


def accept_case(tx: Transaction, row: Row, *, is_conditional: bool = False, has_notice: bool = True) -> Row:
    """Both limits start, one notice goes out. has_notice: False where the caller issues a notice of its own."""
    wanted = CaseState.ACCEPTED_CONDITIONALLY if is_conditional else CaseState.ACCEPTED
    row = case_rows.move(tx, row, wanted, "case.accepted", {}, accepted_at=tx.now)
    dates = _start_limits(tx, row)
    if has_notice:
        documents.issue(tx, row, DocumentKind.ACCEPTANCE, dates)
    notices.write(tx, row["account_id"], "case.accepted", {"case_no": row["case_no"]}, case_no=row["case_no"])
    return row


def _start_limits(tx: Transaction, row: Row) -> dict[str, object]:
    """Committed and statutory clock from acceptance; the words of their ends for the document."""
    limits = catalogue.limits_of(tx, row["deployment_id"])
    sla.stop(tx, row["case_no"], ClockKind.PRE_ACCEPTANCE, ClockKind.SUPPLEMENT)
    committed, statutory = (str(limits.get(name) or "") for name in ("committed", "statutory"))
    wanted = [(ClockKind.COMMITTED, committed or statutory, statutory)] if committed or statutory else []
    wanted += [(ClockKind.STATUTORY, statutory, "")] if statutory else []
    clocks = sla.start_many(tx, row["case_no"], wanted, office=row["office"], mode=str(limits["mode"]))
    office = offices.of(tx, row["office"])
    ends = {clock.kind: f"{office.local(clock.due_at):%Y-%m-%d %H:%M}" for clock in clocks if clock.due_at}
    return {"promised": ends.get(ClockKind.COMMITTED, "—"), "statutory": ends.get(ClockKind.STATUTORY, "—")}


def supplement_facts(items: object, reason: str, due: datetime) -> Values:
    """What a supplement notice says. due: local."""
    return {"items": items, "reason": reason, "due": f"{due:%Y-%m-%d %H:%M}"}


def require_supplement(tx: Transaction, context: Values, given: Values) -> Values:
    """一次性补正告知: everything at once and only once, before acceptance (行政许可法 art. 32 (4)).

    given: items (names or {name, reason, pointer?}), reason, days. Throws `supplement.twice`."""
    row = case_of(tx, context)
    if row["supplement"] is not None:
        raise ConnectorRefused("supplement.twice", "一次性告知只能一次 / a supplement may be asked for only once")
    items, reason = named_items(given.get("items")), str(given.get("reason") or "")
    row = case_rows.move(tx, row, CaseState.SUPPLEMENT_REQUIRED, "case.supplement_required", {"reason": reason, "items": items})
    sla.stop(tx, row["case_no"], ClockKind.PRE_ACCEPTANCE)
    limits = catalogue.limits_of(tx, row["deployment_id"])
    limit = time_limit(given.get("days"), str(limits["supplement"]))
    clock = sla.start(tx, row["case_no"], ClockKind.SUPPLEMENT, limit, office=row["office"])
    due = offices.of(tx, row["office"]).local(clock.due_at or tx.now)
    asked = {"items": items, "reason": reason, "asked_at": tx.now.isoformat(), "due_at": due.isoformat()}
    case_rows.change(tx, row, supplement=asked)
    documents.issue(tx, row, DocumentKind.SUPPLEMENT, supplement_facts(items, reason, due))
    told = {"case_no": row["case_no"], "due": f"{due:%Y-%m-%d}"}
    notices.write(tx, row["account_id"], "case.supplement", told, case_no=row["case_no"])
    return {"supplement_due_at": clock.due_at}


def named_items(value: object) -> list[object]:
    """Names or {name, reason, pointer}, as tables."""
    given = to_plain(value)
    listed = given if isinstance(given, list) else [] if given is None else [given]
    return [item if isinstance(item, Mapping) else {"name": str(item), "reason": ""} for item in listed]


def time_limit(days: object, default: str) -> str:
    """A number of working days or a limit's text; the default when nothing is given."""
    if days is None or days == "":
        return default
    text = str(days)
    return text if text[-1:].isalpha() else f"{int(float(text))}WD"


def refuse_acceptance(tx: Transaction, context: Values, given: Values) -> Values:
    """不予受理 with its reasons, or 不受理 when no licence is needed (`not_required`)."""
    row = case_of(tx, context)
    reasons = _reasons(given)
    _require_reasons(reasons)
    is_needless = bool(given.get("not_required"))
    state = CaseState.NOT_REQUIRED if is_needless else CaseState.ACCEPTANCE_REFUSED
    told = {"reason": "；".join(map(_sentence, reasons))}
    row = case_rows.move(tx, row, state, "case.acceptance_refused", told, reasons=reasons, result=str(state))
    sla.stop(tx, row["case_no"])
    documents.issue(tx, row, DocumentKind(state.value), {"reasons": reasons})
    notices.write(tx, row["account_id"], "case.acceptance_refused", {"case_no": row["case_no"]}, case_no=row["case_no"])
    return _NOTHING


def _reasons(given: Values) -> list[Any]:
    """`reasons` (texts or tables) or one `reason`, JSON-ready."""
    listed = to_plain(given.get("reasons"))
    found = listed if isinstance(listed, list) else [] if listed is None else [listed]
    if given.get("reason"):
        found = [*found, str(given["reason"])]
    return [r if isinstance(r, Mapping) else {"zh": str(r), "en": str(r)} for r in found if r]


def _sentence(reason: object) -> str:
    if not isinstance(reason, Mapping):
        return str(reason)
    return str(reason.get("zh") or reason.get("text") or reason.get("label") or reason.get("en") or reason.get("name") or "")


def _require_reasons(reasons: Sequence[object]) -> None:
    """A refusal states its reasons (行政许可法 art. 38)."""
    if not reasons:
        raise ConnectorRefused("refusal.without_reasons", "不予决定须说明理由 / a refusal must state its reasons")


def review(tx: Transaction, context: Values, given: Values) -> Values:
    """审查 begins; a second round of review changes nothing, nor does one while a special procedure is open."""
    row = case_of(tx, context)
    if row["state"] != CaseState.IN_REVIEW and row["special"] is None:
        case_rows.move(tx, row, CaseState.IN_REVIEW, "case.review_started", {})
    return _NOTHING


def hand_over(tx: Transaction, context: Values, given: Values) -> Values:
    """转人工: accepted if it was not yet, with the reasons, the same number and a running clock; never a refusal (DOMAIN 1.2)."""
    row = case_of(tx, context)
    reasons = [_sentence(r) for r in _reasons(given)]
    if CaseState(row["state"]) in BEFORE_ACCEPTANCE:
        row = accept_case(tx, row)
    row = case_rows.change(tx, row, hand_over_reasons=[*row["hand_over_reasons"], *reasons])
    case_rows.note(tx, row, "case.handed_over", {"reasons": reasons})
    documents.issue(tx, row, DocumentKind.HAND_OVER, {"reasons": reasons})
    notices.write(tx, row["account_id"], "case.handed_over", {"case_no": row["case_no"]}, case_no=row["case_no"])
    counting.add(tx, row["office"], row["item_code"], [("handed_over", 1)])
    return _NOTHING


def record_facts(tx: Transaction, context: Values, given: Values) -> Values:
    """Keeps what sources answered, each with source, time and trust grade; a value alone counts as declared (grade D)."""
    row = case_of(tx, context)
    facts = to_plain(given.get("facts"))
    if isinstance(facts, Mapping):
        found = {str(name): _fact(tx, value) for name, value in facts.items()}
        case_rows.change(tx, row, facts={**row["facts"], **found})
        case_rows.note(tx, row, "case.facts_recorded", {"names": sorted(found)})
    return _NOTHING


def _fact(tx: Transaction, value: object) -> Mapping[str, object]:
    if isinstance(value, Mapping) and "value" in value:
        return value
    return {"value": value, "source": "applicant", "trust": "D", "at": tx.now.isoformat()}


def decide(tx: Transaction, context: Values, given: Values) -> Values:
    """准予 or 不予. given: outcome (grant | refuse), reasons. Raises SpecialOpen for a person. Throws `special.open`,
    `automatic.closed`, `automatic.refusal`, `refusal.without_reasons`. Sources: DOMAIN 1.2, 2.2; 行政许可法 arts. 34, 38, 45."""
    row = case_of(tx, context)
    outcome, reasons = str(given.get("outcome")), _reasons(given)
    _check_special(tx, row)
    if outcome not in ("grant", "refuse"):
        raise IllegalMove(case_no=row["case_no"], state=case_rows.words(row), wanted=("准予或不予", "granted or refused"))
    _check_decision(tx, row, outcome, reasons)
    is_grant = outcome == "grant"
    state = _granted(row) if is_grant else CaseState.DECIDED_REFUSED
    kind = "case.granted" if is_grant else "case.refused"
    row = case_rows.move(tx, row, state, kind, {"reasons": reasons}, outcome=outcome, reasons=reasons, decided_at=tx.now)
    sla.stop(tx, row["case_no"], ClockKind.COMMITTED, ClockKind.STATUTORY, ClockKind.STAGE)
    _start_issuing(tx, row, is_grant=is_grant)
    documents.issue(tx, row, DocumentKind.GRANT if is_grant else DocumentKind.REFUSAL, {"reasons": reasons})
    notices.write(tx, row["account_id"], kind, {"case_no": row["case_no"]}, case_no=row["case_no"])
    _count_decision(tx, row)
    return _NOTHING


def _granted(row: Row) -> CaseState:
    """准予, or 容缺准予 while a promise of papers is not kept yet."""
    is_open = bool(row["promise"]) and not row["promise"]["met_at"]
    return CaseState.DECIDED_GRANTED_CONDITIONALLY if is_open else CaseState.DECIDED_GRANTED


def _check_special(tx: Transaction, row: Row) -> None:
    """Nothing is decided meanwhile: undone and said to a person who pressed; a diagram by itself may catch it."""
    if tx.actor.kind is ActorKind.OFFICER:
        special.check_none_open(row)
    if row["special"] is not None:
        raise ConnectorRefused("special.open", "特别程序未结束 / a special procedure is still open")


def _check_decision(tx: Transaction, row: Row, outcome: str, reasons: Sequence[object]) -> None:
    if outcome == "refuse":
        _require_reasons(reasons)
    if row["handled_by"] is not None:
        return
    item = catalogue.of_deployment(tx, row["deployment_id"])
    if not item.is_automatic:
        raise ConnectorRefused("automatic.closed", "该事项已关闭自动审批 / automatic decisions are switched off for this service")
    if outcome == "refuse" and not manifest.flag(manifest.table(item.manifest, "instant"), "automatic_refusal"):
        raise ConnectorRefused("automatic.refusal", "不予决定须由工作人员作出 / a person must sign a refusal")


def _start_issuing(tx: Transaction, row: Row, *, is_grant: bool) -> None:
    """Issue and deliver: 3 working days for an e-licence, 10 by law (行政许可法 art. 44; DOMAIN 2.3)."""
    limits = catalogue.limits_of(tx, row["deployment_id"])
    is_instant = manifest.text(manifest.table(catalogue.manifest_of(tx, row["deployment_id"]), "item"), "kind") == "instant"
    if is_grant and not is_instant:
        limit, legal = str(limits.get("issuing") or "3WD"), str(limits.get("issuing_statutory") or "10WD")
        sla.start(tx, row["case_no"], ClockKind.ISSUING, limit, office=row["office"], statutory_limit=legal)


def _count_decision(tx: Transaction, row: Row) -> None:
    day = offices.of(tx, row["office"]).local(tx.now).date()
    measures = [(f"decided:{day}", 1)] + [(f"automatic:{day}", 1)] * (row["handled_by"] is None)
    counting.add(tx, row["office"], row["item_code"], measures)


def issue_licence(tx: Transaction, context: Values, given: Values) -> Values:
    """Issues the licence of a grant. given: type, fields, valid_months; what is not given comes from the manifest."""
    row = case_of(tx, context)
    _require_grant(row)
    table = manifest.table(catalogue.manifest_of(tx, row["deployment_id"]), "licence")
    fields = to_plain(given.get("fields"))
    months = given.get("valid_months", table.get("valid_months"))
    licence = licences.issue(
        tx,
        row,
        str(given.get("type") or table.get("type")),
        manifest.words(given.get("name") or table.get("name")),
        form_files.worded(tx, row["deployment_id"], fields if isinstance(fields, Mapping) else {}),
        valid_months=None if months is None else int(str(months)),
    )
    if row["state"] != CaseState.ISSUING:
        case_rows.move(tx, row, CaseState.ISSUING, "case.issuing", {})
    case_rows.note(tx, row, "licence.issued", {"number": licence.number, "type": licence.type})
    notices.write(tx, row["account_id"], "licence.issued", {"case_no": row["case_no"]}, case_no=row["case_no"])
    return {"licence_no": licence.number, "licence_code": licence.code}


def _require_grant(row: Row) -> None:
    if row["outcome"] != "grant":
        raise IllegalMove(case_no=row["case_no"], state=case_rows.words(row), wanted=("签发结果", "issuing a result"))


def grant_entitlement(tx: Transaction, context: Values, given: Values) -> Values:
    """Grants a recurring payment. given: kind, monthly_fen (integer fen), from (date). Throws `entitlement.double`."""
    row = case_of(tx, context)
    _require_grant(row)
    kind, monthly_fen = str(given["kind"]), int(str(given["monthly_fen"]))
    if monthly_fen <= 0:
        raise ConnectorRefused("entitlement.amount", "金额须大于零 / the amount must be more than nothing")
    start = _day(given.get("from")) or offices.of(tx, row["office"]).local(tx.now).date()
    try:
        with tx.connection.begin_nested():
            granted = entitlements.grant(tx, row, kind, monthly_fen, start)
    except IntegrityError:
        raise ConnectorRefused("entitlement.double", "已在领取同类待遇 / this person already receives it") from None
    case_rows.note(tx, row, "entitlement.granted", {"kind": kind, "monthly_fen": monthly_fen, "from": start.isoformat()})
    return {"entitlement_id": granted.id}


def holds_entitlement(tx: Transaction, context: Values, given: Values) -> Values:
    """Whether the applicant already receives a payment of this kind from this city. given: kind → {holds}."""
    row = case_of(tx, context)
    return {"holds": entitlements.holds(tx, row["applicant_no"], str(given["kind"]))}


def _day(value: object) -> date | None:
    plain = to_plain(value)
    if plain in (None, ""):
        return None
    return datetime.fromisoformat(str(plain)).date()


def deliver(tx: Transaction, context: Values, given: Values) -> Values:
    """送达 with a record of delivery; electronic unless `way` says otherwise."""
    _deliver(tx, case_of(tx, context), str(given.get("way") or "电子送达"))
    return _NOTHING


def _deliver(tx: Transaction, row: Row, way: str) -> Row:
    row = case_rows.move(tx, row, CaseState.DELIVERED, "case.delivered", {"way": way}, delivered_at=tx.now)
    sla.stop(tx, row["case_no"], ClockKind.ISSUING)
    delivered = documents.templates()["grant" if row["outcome"] == "grant" else "refusal"]["title"]["zh"]
    documents.issue(tx, row, DocumentKind.DELIVERY, {"delivered": delivered, "way": way})
    notices.write(tx, row["account_id"], "case.delivered", {"case_no": row["case_no"]}, case_no=row["case_no"])
    return row


def close(tx: Transaction, context: Values, given: Values) -> Values:
    """办结. A decided case that nobody delivered is delivered first; an undecided one ends as terminated, with a document that
    says why; one that has ended already stays as it is (every end has a document and a delivery record: DOMAIN 2.2)."""
    row, result = case_of(tx, context), str(given.get("result") or "")
    if not row["is_open"]:
        return _NOTHING
    if row["decided_at"] is None:
        row = case_rows.move(tx, row, CaseState.TERMINATED, "case.terminated", {"result": result}, result=result)
        documents.issue(tx, row, DocumentKind.TERMINATION, {"reason": result})
    else:
        row = row if row["delivered_at"] else _deliver(tx, row, "电子送达")
        row = case_rows.move(tx, row, CaseState.CLOSED, "case.closed", {"result": result}, result=result)
    sla.stop(tx, row["case_no"])
    sla.rows.project_case(tx, row["case_no"], ())
    return _NOTHING


def send_notice(tx: Transaction, context: Values, given: Values) -> Values:
    """Tells somebody. given: to (`applicant`, `holders`, an address), template, params."""
    row = case_of(tx, context)
    params = to_plain(given.get("params"))
    facts = {**(params if isinstance(params, Mapping) else {}), "case_no": row["case_no"]}
    to = str(given.get("to") or "applicant")
    named = {"applicant": (row["account_id"],), "holders": notices.holders(tx, row["case_no"])}
    for address in named.get(to, (to,)):
        notices.write(tx, address, str(given["template"]), facts, case_no=row["case_no"])
    return _NOTHING


OPERATIONS: Mapping[str, Operation] = {
    "case.accept": accept,
    "case.require_supplement": require_supplement,
    "case.refuse_acceptance": refuse_acceptance,
    "case.review": review,
    "case.hand_over": hand_over,
    "case.record_facts": record_facts,
    "case.decide": decide,
    "licence.issue": issue_licence,
    "entitlement.holds": holds_entitlement,
    "entitlement.grant": grant_entitlement,
    "case.deliver": deliver,
    "case.close": close,
    "notice.send": send_notice,
}
"""Topic of a service task → operation."""
