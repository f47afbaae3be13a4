"""Operations around a promise and its check: 告知承诺, sampling, revocation; and a withdrawal that the diagram draws."""

from collections.abc import Mapping
from hashlib import sha256

from engine.casework import case_rows, catalogue, documents, licences, manifest, notices, withdrawals
from engine.casework.operations import Values, case_of
from engine.casework.papers import DocumentKind
from engine.casework.states import CaseState
from engine.transaction import Operation, Transaction


def commit(tx: Transaction, context: Values, given: Values) -> Values:
    """告知承诺: the case rests on a signed promise and will be checked after the decision. given: promises (texts)."""
    row = case_of(tx, context)
    promises = given.get("promises")
    listed = [str(text) for text in promises] if isinstance(promises, list | tuple) else []
    row = case_rows.change(tx, row, is_on_commitment=True)
    case_rows.note(tx, row, "case.promised", {"promises": listed})
    documents.issue(tx, row, DocumentKind.COMMITMENT, {"items": listed})
    return {}


def sample(tx: Transaction, context: Values, given: Values) -> Values:
    """秒批质检: whether this case is drawn for a check after the fact. given: percent; else the manifest's `post_check.percent`.

    Drawn by the case's number, so that nobody can choose and anybody can repeat the draw."""
    row = case_of(tx, context)
    table = manifest.table(catalogue.manifest_of(tx, row["deployment_id"]), "post_check")
    percent = float(str(given.get("percent") if given.get("percent") is not None else table.get("percent", 5)))
    draw = int(sha256(row["case_no"].encode()).hexdigest()[:8], 16) % 10_000
    is_drawn = draw < percent * 100
    case_rows.note(tx, row, "case.sampled", {"percent": percent, "drawn": is_drawn})
    return {"sampled": is_drawn}


def revoke(tx: Transaction, context: Values, given: Values) -> Values:
    """撤销: what was granted is taken back with its licences, the holder is told why and what remedy there is. given: reason.

    Source: 行政许可法 art. 69; a false promise (DOMAIN 2.5)."""
    row = case_of(tx, context)
    reason = str(given.get("reason") or "")
    reasons = [{"zh": reason, "en": reason}]
    row = case_rows.move(tx, row, CaseState.REVOKED, "case.revoked", {"reason": reason}, result="revoked")
    licences.revoke_of_case(tx, row["case_no"], reason)
    documents.issue(tx, row, DocumentKind.REVOCATION, {"reason": reason, "reasons": reasons})
    notices.write(tx, row["account_id"], "case.revoked", {"case_no": row["case_no"]}, case_no=row["case_no"])
    return {}


def withdraw(tx: Transaction, context: Values, given: Values) -> Values:
    """撤回 as the diagram's last word, once what the case had set in motion was called off. given: reason."""
    row = case_of(tx, context)
    if row["is_open"]:
        withdrawals.finish(tx, row, str(given.get("reason") or ""))
    return {}


OPERATIONS: Mapping[str, Operation] = {
    "case.commit": commit,
    "case.sample": sample,
    "case.revoke": revoke,
    "case.withdraw": withdraw,
}
"""Topic of a service task → operation."""
