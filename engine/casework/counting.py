"""Counter changes for boards: inserts only, so that no case ever waits for another one's counter."""

from engine.models.base import new_id
from engine.models.supervision import counter_changes
from engine.transaction import Transaction


def light(tx: Transaction, office: str, item_code: str, before: str | None, after: str | None) -> None:
    """One case went from one light to another; None: it was not counted before, or no longer is."""
    if before == after:
        return
    add(tx, office, item_code, [(f"light:{before}", -1)] * bool(before) + [(f"light:{after}", 1)] * bool(after))


def add(tx: Transaction, office: str, item_code: str, changes: list[tuple[str, int]]) -> None:
    """Writes counter changes with the commit."""
    for measure, delta in changes:
        row = {"id": new_id(), "office": office, "item_code": item_code, "measure": measure, "delta": delta}
        tx.later(counter_changes, row)
