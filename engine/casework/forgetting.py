"""What is kept of people without a case is forgotten a year after its end: drafts never handed in, offers never taken, visits."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.models.applications import consents, disputes, drafts, signatures
from engine.models.licences import offers
from engine.models.verbs import appointments
from engine.transaction import Engine, Transaction

AFTER = timedelta(days=365)
_OF_A_DRAFT = (consents, signatures, disputes)


def forget(engine: Engine, limit: int = 50) -> int:
    """Deletes what is due; how many of the kind there were most of, so that a full batch is followed at once."""
    with engine.begin(SYSTEM) as tx:
        old = tx.now - AFTER
        due = {
            drafts: sa.and_(drafts.c.state == "expired", drafts.c.expires_at <= old),
            offers: sa.and_(offers.c.state.in_(("declined", "lapsed")), offers.c.expires_at <= old),
            appointments: appointments.c.ends_at <= old,
        }
        return max(_delete(tx, table, is_due, limit) for table, is_due in due.items())


def _delete(tx: Transaction, table: sa.Table, is_due: sa.ColumnElement[bool], limit: int) -> int:
    ids: list[Any] = list(tx.connection.execute(sa.select(table.c.id).where(is_due).limit(limit)).scalars())
    if table is drafts and ids:
        for part in _OF_A_DRAFT:
            tx.connection.execute(part.delete().where(part.c.draft_id.in_(ids), part.c.case_no.is_(None)))
    if ids:
        tx.delete(table, id=ids)
    return len(ids)
