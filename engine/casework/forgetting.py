"""What is kept of people without a case is forgotten a year after its end: drafts never handed in, offers never taken, visits.

A file chosen for a form and never handed in is forgotten when a draft would be over, unless an open draft still names it."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.casework.drafts import LIFETIME
from engine.models.applications import consents, disputes, drafts, signatures, uploads
from engine.models.licences import offers
from engine.models.tasks import human_tasks
from engine.models.verbs import appointments, case_files
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
        most = max(_delete(tx, table, is_due, limit) for table, is_due in due.items())
    return max(most, _forget_files(engine, limit))


def _forget_files(engine: Engine, limit: int) -> int:
    """Rows first and bytes afterwards, outside any transaction; bytes that another row names stay."""
    with engine.read(SYSTEM) as tx:
        in_drafts = _named(drafts.c.account_id, drafts.c.state, drafts.c.answers)
        in_tasks = _named(human_tasks.c.draft_saved_by, human_tasks.c.state, human_tasks.c.draft)
        is_due = sa.and_(uploads.c.at <= tx.now - LIFETIME, ~in_drafts, ~in_tasks)
        rows = tx.rows(sa.select(uploads.c.id, uploads.c.sha256).where(is_due).order_by(uploads.c.id).limit(limit))
    if not rows:
        return 0
    keys = {row["sha256"] for row in rows}
    with engine.begin(SYSTEM) as tx:
        tx.delete(uploads, id=[row["id"] for row in rows])
        holding = (sa.select(table.c.sha256).where(table.c.sha256.in_(keys)) for table in (case_files, uploads))
        keys -= set(tx.connection.execute(sa.union(*holding)).scalars())
    if engine.documents is not None:
        for key in sorted(keys):
            engine.documents.remove(key)
    return len(rows)


def _named(who: sa.Column[Any], state: sa.Column[Any], answers: sa.Column[Any]) -> sa.Exists:
    """Whether an open draft of the same person names the file."""
    return sa.exists().where(who == uploads.c.account_id, state == "open", sa.cast(answers, sa.Text).contains(uploads.c.id))


def _delete(tx: Transaction, table: sa.Table, is_due: sa.ColumnElement[bool], limit: int) -> int:
    ids: list[Any] = list(tx.connection.execute(sa.select(table.c.id).where(is_due).limit(limit)).scalars())
    if table is drafts and ids:
        for part in _OF_A_DRAFT:
            tx.connection.execute(part.delete().where(part.c.draft_id.in_(ids), part.c.case_no.is_(None)))
    if ids:
        tx.delete(table, id=ids)
    return len(ids)
