"""What a step reads again and again: the case's row, read once under the root's lock and kept in step with what is written."""

from collections.abc import Mapping
from typing import Any

from engine.models.cases import cases
from engine.transaction import Transaction

Row = dict[str, Any]


def case(tx: Transaction, case_no: str) -> Row | None:
    """The case's row without a lock; a copy, so that nobody changes what others read."""
    row = tx.once(cases, case_no, lambda: tx.find(cases, case_no=case_no))
    return None if row is None else dict(row)


def store(tx: Transaction, row: Mapping[str, Any], **values: Any) -> Row:
    """Stores columns of a case and returns its row as it is now."""
    tx.update(cases, {"case_no": row["case_no"]}, **values)
    changed = {**row, **values}
    tx.remember(cases, row["case_no"], changed)
    return changed
