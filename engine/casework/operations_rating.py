"""Operations of a rectification: what was found, what was answered, what was ruled; the rating itself stays as given."""

from collections.abc import Mapping

from engine.casework import case_rows, ratings
from engine.casework.operations import Values, case_of
from engine.ports import ConnectorRefused
from engine.transaction import Operation, Transaction

KINDS = ("clear", "complex", "groundless", "false")


def verified(tx: Transaction, context: Values, given: Values) -> Values:
    """核实: which kind it is, and that the rater was called back. A named rating is called back without exception (DOMAIN 1.9).

    given: kind (clear | complex | groundless | false), contacted. Throws `rating.not_called_back`."""
    row = case_of(tx, context)
    kind = str(given.get("kind") or "clear")
    rating = ratings.of_review(tx, row["case_no"])
    is_contacted = given.get("contacted") is True
    if rating is not None and not rating.is_anonymous and not is_contacted:
        raise ConnectorRefused("rating.not_called_back", "实名差评须 100% 回访 / a named bad rating must be called back")
    changes = {"called_back_at": tx.now} if is_contacted else {}
    ratings.change(tx, row["case_no"], review_kind=kind if kind in KINDS else "clear", state="rectifying", **changes)
    return {}


def answered(tx: Transaction, context: Values, given: Values) -> Values:
    """反馈: what was done or explained; the rater reads it and rates again. given: answer."""
    row = case_of(tx, context)
    rating = ratings.change(tx, row["case_no"], answer=str(given.get("answer") or ""), answered_at=tx.now, state="answered")
    case_rows.note(tx, row, "rating.answered", {})
    ratings.tell(tx, rating, "rating.answered")
    return {}


def ruled(tx: Transaction, context: Values, given: Values) -> Values:
    """误评、恶意差评的申诉裁定: invalid ratings no longer count, and the rater is told why. given: ruling, reason."""
    row = case_of(tx, context)
    is_invalid = str(given.get("ruling")) == "invalid"
    changes = {"state": "invalid", "answer": str(given.get("reason") or "")} if is_invalid else {"state": "rectifying"}
    rating = ratings.change(
        tx, row["case_no"], appeal=str(given.get("appeal") or ""), appeal_ruling="invalid" if is_invalid else "valid", **changes
    )
    if is_invalid:
        ratings.tell(tx, rating, "rating.invalid")
    return {}


def settled(tx: Transaction, context: Values, given: Values) -> Values:
    """The loop is closed: by the rater's second rating, by silence, or by the supervisor's last word. given: answer?"""
    row = case_of(tx, context)
    given_answer = str(given.get("answer") or "")
    changes = {"answer": given_answer} if given_answer else {}
    rating = ratings.change(tx, row["case_no"], state="settled", **changes)
    if given_answer:
        ratings.tell(tx, rating, "rating.answered")
    return {}


OPERATIONS: Mapping[str, Operation] = {
    "rating.verified": verified,
    "rating.answered": answered,
    "rating.ruled": ruled,
    "rating.settled": settled,
}
"""Topic of a service task → operation."""
