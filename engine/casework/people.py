"""Names of officers who acted, so that a sentence can say who has a task."""

from engine.models.identity import accounts
from engine.models.supervision import people
from engine.transaction import Transaction


def remember(tx: Transaction, account_id: str, name: str) -> None:
    """Keeps or renames."""
    known = tx.find(people, "name", id=account_id)
    if known is None:
        tx.insert(people, {"id": account_id, "name": name})
    elif known["name"] != name:
        tx.update(people, {"id": account_id}, name=name)


def name(tx: Transaction, account_id: str | None) -> str:
    """The name, or the id of somebody unknown, or nothing."""
    if account_id is None:
        return ""
    found = tx.find(people, "name", id=account_id) or tx.find(accounts, "name", id=account_id)
    return str(found["name"]) if found and found["name"] else account_id
