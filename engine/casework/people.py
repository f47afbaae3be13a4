"""Names of officers who acted, so that a sentence can say who has a task."""

import sqlalchemy as sa

from engine.models.identity import accounts
from engine.models.supervision import people
from engine.transaction import Transaction


def remember(tx: Transaction, account_id: str, name: str) -> None:
    """Keeps or renames."""
    if tx.connection.execute(people.update().where(people.c.id == account_id).values(name=name)).rowcount == 0:
        tx.connection.execute(people.insert().values(id=account_id, name=name))


def name(tx: Transaction, account_id: str | None) -> str:
    """The name, or the id of somebody unknown, or nothing."""
    if account_id is None:
        return ""
    found: str | None = tx.connection.execute(sa.select(people.c.name).where(people.c.id == account_id)).scalar_one_or_none()
    if found is None:
        found = tx.connection.execute(sa.select(accounts.c.name).where(accounts.c.id == account_id)).scalar_one_or_none()
    return found or account_id
