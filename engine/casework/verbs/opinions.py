"""办理意见: what officers wrote on a case, oldest first."""

from collections.abc import Mapping

from engine.casework import case_rows, verbs_rows
from engine.transaction import Transaction


def opinions(tx: Transaction, case_no: str) -> tuple[Mapping[str, object], ...]:
    """All opinions of a case, oldest first: {at, name, on_behalf_of, task_name, type, text}. Raises NotFound."""
    case_rows.allowed(tx, case_no, "case.view")
    return verbs_rows.opinions(tx, case_no)
