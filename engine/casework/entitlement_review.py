"""待遇复核: each month the registers are asked whether an entitlement still holds and at which tier; stopped, changed, recovered.

A service's manifest says how (`[entitlement]`): `ask` attributes, `stop` rows with `when` (FEEL) and words, `facts` computed for
the decision `amount`. A register that does not answer changes nothing; it is asked again at the next round."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.casework import access, audit, catalogue, manifest, notices, offices
from engine.errors import NotFound
from engine.feel import compile_expression, moments
from engine.models.base import new_id
from engine.models.cases import cases
from engine.models.licences import entitlement_events, entitlement_payments, entitlements
from engine.ports import ConnectorUnavailable
from engine.runtime import plans
from engine.transaction import Engine, Transaction

Values = Mapping[str, object]


def review_due(engine: Engine, limit: int = 100) -> int:
    """Looks at the active entitlements not yet looked at this month, each in a transaction of its own; returns how many were.

    For the worker, before it pays."""
    with engine.read(SYSTEM) as tx:
        month = offices.city(tx).local(tx.now).date().replace(day=1)
        found = [(row, _rules(tx, row["deployment_id"])) for row in _due(tx, month, limit)]
    looked = 0
    for row, rules in found:
        known = _ask(engine, row, manifest.texts(rules.get("ask"))) if rules else {}
        if known is not None:
            with engine.begin(SYSTEM) as tx:
                looked += _look(tx, row["id"], rules, known, month)
    return looked


def _due(tx: Transaction, month: date, limit: int, entitlement_id: str = "") -> list[Mapping[str, Any]]:
    joined = entitlements.join(cases, cases.c.case_no == entitlements.c.case_no)
    late = sa.or_(entitlements.c.checked_on.is_(None), entitlements.c.checked_on < month)
    columns = (*entitlements.c, cases.c.deployment_id, cases.c.office, cases.c.root_id, cases.c.item_zh, cases.c.item_en)
    query = sa.select(*columns).select_from(joined).where(entitlements.c.status == "active", late)
    query = query.where(entitlements.c.id == entitlement_id).with_for_update(of=entitlements) if entitlement_id else query
    return list(tx.rows(query.order_by(entitlements.c.id).limit(limit)))


def _rules(tx: Transaction, deployment_id: str) -> Values:
    """The rules of the service's newest published version: a new table of amounts holds for those who receive it already."""
    item = catalogue.of_deployment(tx, deployment_id)
    with suppress(NotFound):
        item = catalogue.item(tx, item.code)
    rules = manifest.table(item.manifest, "entitlement")
    return {**rules, "deployment_id": item.deployment_id, "item": item.code} if rules else {}


def _ask(engine: Engine, row: Mapping[str, Any], asked: tuple[str, ...]) -> dict[str, object] | None:
    known: dict[str, object] = {}
    for source in dict.fromkeys(name.partition(".")[0] for name in asked):
        names = [name.partition(".")[2] for name in asked if name.startswith(f"{source}.")]
        try:
            facts = engine.sources[source].fetch(row["subject"], names, purpose=row["case_no"], timeout_seconds=2.0)
        except ConnectorUnavailable:
            return None
        known |= {fact.name: fact.value for fact in facts}
    return known


def _look(tx: Transaction, entitlement_id: str, rules: Values, known: Values, month: date) -> int:
    """1 when it was looked at, 0 when somebody else did meanwhile."""
    rows = _due(tx, month, 1, entitlement_id)
    if not rows:
        return 0
    row = rows[0]
    tx.connection.execute(entitlements.update().where(entitlements.c.id == entitlement_id).values(checked_on=month))
    with moments.at(tx.now, tx.engine.settings.zone):
        reason = next((rule for rule in manifest.rows(rules.get("stop")) if _is_true(rule, known)), None)
        amount = None if reason is not None or not rules else _amount(tx, rules, known)
    if isinstance(reason, Mapping):
        _stop(tx, row, manifest.words(reason), month)
    elif amount is not None and amount != row["monthly_fen"]:
        _change(tx, row, amount, month)
    return 1


def _is_true(rule: object, known: Values) -> bool:
    if not isinstance(rule, Mapping):
        return False
    return compile_expression(str(rule.get("when", "")).removeprefix("="), names=known).evaluate(known) is True


def _amount(tx: Transaction, rules: Values, known: Values) -> int | None:
    """What the decision `amount` gives for the facts of today; None where a fact is not known."""
    computed = {
        name: compile_expression(str(text).removeprefix("="), names=known).evaluate(known)
        for name, text in manifest.table(rules, "facts").items()
    }
    decision = plans.decisions_of(plans.files_of(tx, str(rules["deployment_id"]))).get("amount")
    if decision is None or any(value is None for value in computed.values()):
        return None
    found = decision.decide({**known, **computed}).value
    fen = found.get("monthly_fen") if isinstance(found, Mapping) else None
    return int(str(fen)) if fen is not None else None


def _change(tx: Transaction, row: Mapping[str, Any], amount: int, month: date) -> None:
    tx.connection.execute(entitlements.update().where(entitlements.c.id == row["id"]).values(monthly_fen=amount))
    data = {"before": row["monthly_fen"], "monthly_fen": amount, "from": month.isoformat()}
    _event(tx, row, "tier", data)
    told = {"item": row["item_zh"], "item_en": row["item_en"], "yuan": f"{amount / 100:.2f}", "from": f"{month:%Y-%m}"}
    notices.write(tx, row["account_id"], "entitlement.tier", told, case_no=row["case_no"])


def _stop(tx: Transaction, row: Mapping[str, Any], why: Mapping[str, str], month: date) -> None:
    """Nothing is paid from this month on; what was paid already is for a person to recover."""
    changes = {"status": "stopped", "stop_reason": why["zh"], "ends_on": month}
    tx.connection.execute(entitlements.update().where(entitlements.c.id == row["id"]).values(**changes))
    _event(tx, row, "stopped", {"reason": why["zh"], "reason_en": why["en"], "from": month.isoformat()})
    told = {"item": row["item_zh"], "item_en": row["item_en"], "reason": why["zh"], "reason_en": why["en"]}
    notices.write(tx, row["account_id"], "entitlement.stopped", told, case_no=row["case_no"])
    paid = sa.select(sa.func.sum(entitlement_payments.c.amount_fen)).where(
        entitlement_payments.c.entitlement_id == row["id"], entitlement_payments.c.month >= month
    )
    too_much = int(tx.value(paid) or 0)
    if too_much:
        _event(tx, row, "recover", {"amount_fen": too_much, "from": month.isoformat()})
        to, given = notices.role("supervisor", row["office"]), {"yuan": f"{too_much / 100:.2f}", **told}
        notices.write(tx, to, "entitlement.recover", given, case_no=row["case_no"])


def _event(tx: Transaction, row: Mapping[str, Any], kind: str, data: Mapping[str, object]) -> None:
    values = {"id": new_id(), "entitlement_id": row["id"], "kind": kind, "data": dict(data), "at": tx.now}
    tx.connection.execute(entitlement_events.insert().values(**values))
    audit.write(tx, row["root_id"], f"entitlement.{kind}", {"kind": row["kind"], **data})


def events(tx: Transaction, entitlement_id: str) -> tuple[Mapping[str, Any], ...]:
    """What happened since the grant: {kind: tier | stopped | recover, data, at}, oldest first. Raises NotFound."""
    joined = entitlements.join(cases, cases.c.case_no == entitlements.c.case_no)
    owner = tx.row(
        sa.select(entitlements.c.account_id, entitlements.c.subject, cases.c.office)
        .select_from(joined)
        .where(entitlements.c.id == entitlement_id)
    )
    about = access.About(owners=frozenset({owner["account_id"], owner["subject"]}), office=owner["office"]) if owner else None
    if about is None or not access.may(tx, "licence.view", about):
        raise NotFound(thing=("待遇", "the entitlement"), key=entitlement_id)
    query = sa.select(entitlement_events).where(entitlement_events.c.entitlement_id == entitlement_id)
    return tuple(tx.rows(query.order_by(entitlement_events.c.at, entitlement_events.c.kind.desc())))
