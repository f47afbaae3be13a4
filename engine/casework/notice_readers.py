"""Who stands behind an address of the inbox, and which of them want to be told at once."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.casework.notice_settings import next_digest
from engine.models.identity import accounts
from engine.models.verbs import notice_settings
from engine.transaction import Transaction


def at_once(tx: Transaction, address: str) -> list[str]:
    """Account ids behind an address that are told at once; the address itself when nobody is known behind it."""
    behind = _behind(tx, address)
    if not behind:
        return [address]
    quiet = sa.select(notice_settings.c.account_id).where(
        notice_settings.c.account_id.in_(behind), notice_settings.c.mode != "at_once"
    )
    silent = set(tx.connection.execute(quiet).scalars())
    return [account_id for account_id in behind if account_id not in silent]


def _behind(tx: Transaction, address: str) -> list[str]:
    if not address.startswith(("role:", "group:")):
        query = sa.select(accounts.c.id).where(accounts.c.id == address, accounts.c.is_active.is_(True))
        return list(tx.connection.execute(query).scalars())
    officers = sa.select(accounts).where(accounts.c.kind == "officer", accounts.c.is_active.is_(True))
    return [row["id"] for row in tx.rows(officers) if address in _addresses(row)]


def _addresses(row: Mapping[str, Any]) -> list[str]:
    roles = [f"role:{role}@{row['office'] or ''}" for role in row["roles"]]
    return [row["id"], *roles, *(f"group:{group}" for group in row["groups"])]


def addresses_of(tx: Transaction, account_id: str) -> list[str]:
    """Every address that reaches an account."""
    row = tx.row(sa.select(accounts).where(accounts.c.id == account_id))
    return _addresses(row) if row else [account_id]


def take_digests(tx: Transaction, limit: int) -> list[str]:
    """Account ids whose digest is due now; each is moved on to its next one in this transaction."""
    due = sa.select(notice_settings.c.account_id).where(notice_settings.c.mode == "digest", notice_settings.c.digest_at <= tx.now)
    found = list(tx.connection.execute(due.limit(limit).with_for_update(skip_locked=True)).scalars())
    moved = notice_settings.update().where(notice_settings.c.account_id.in_(found))
    tx.connection.execute(moved.values(digest_at=next_digest(tx)))
    return found
