"""Special procedures that a diagram opens and closes itself (行政许可法 art. 45); see `engine.casework.special`."""

from collections.abc import Mapping

from engine.casework import catalogue, special
from engine.casework.operations import Values, case_of, time_limit
from engine.transaction import Operation, Transaction


def open_special_procedure(tx: Transaction, context: Values, given: Values) -> Values:
    """特别程序: its declared time is not counted, and the applicant is told how long. given: kind, days, reason.

    A site visit is not in the article's list: it pauses only where the item says `visit_pauses` (DOMAIN P5)."""
    row = case_of(tx, context)
    kind, days = str(given.get("kind") or "expert_review"), time_limit(given.get("days"), "5WD")
    if kind == "site_visit" and not catalogue.limits_of(tx, row["deployment_id"]).get("visit_pauses"):
        return {"paused": False}
    reason = str(given.get("reason") or "")
    row = special.begin(tx, row, kind, days, reason)
    special.record(tx, row, kind, days, reason, state="open", asked_by="")
    return {"paused": True}


def close_special_procedure(tx: Transaction, context: Values, given: Values) -> Values:
    """What the diagram opened is over: the clocks go on. given: result.

    Nothing happens when none is open, nor to one that an officer asked for: whoever asked closes it with its result."""
    row = case_of(tx, context)
    if not special.is_of_an_officer(tx, row):
        special.end(tx, row, str(given.get("result") or ""))
    return {}


OPERATIONS: Mapping[str, Operation] = {
    "case.open_special_procedure": open_special_procedure,
    "case.close_special_procedure": close_special_procedure,
}
"""Topic of a service task → operation."""
