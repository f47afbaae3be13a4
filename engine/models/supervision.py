"""What people say and do around a case: opinions, delegations, supervisions, read copies, canned phrases; counters for boards."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata

opinions = sa.Table(
    "opinions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_no", sa.Text, nullable=False, index=True),
    sa.Column("task_id", sa.Text, nullable=False),
    sa.Column("task_name", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False, doc="pass | reject | return | delegate | transfer | supplement | comment"),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("on_behalf_of", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
)

delegations = sa.Table(
    "delegations",
    metadata,
    sa.Column("task_id", sa.Text, primary_key=True),
    sa.Column("by_id", sa.Text, nullable=False),
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Column("to_id", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
)

supervisions = sa.Table(
    "supervisions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_no", sa.Text, nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("opened_by", sa.Text, nullable=False),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("feedback_due_at", Utc, nullable=False),
    sa.Column("feedback", sa.Text, nullable=False, default=""),
    sa.Column("answered_at", Utc),
    sa.Column("state", sa.Text, nullable=False, doc="open | answered | closed"),
)

copies = sa.Table(
    "copies",
    metadata,
    sa.Column("case_no", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, primary_key=True),
    sa.Column("by_id", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("read_at", Utc),
)

phrases = sa.Table(
    "phrases",
    metadata,
    sa.Column("account_id", sa.Text, primary_key=True),
    sa.Column("texts", Json, nullable=False),
)

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("office", sa.Text, primary_key=True),
    sa.Column("item_code", sa.Text, primary_key=True),
    sa.Column("measure", sa.Text, primary_key=True, doc="`light:green`, `submitted:2026-11-24` …"),
    sa.Column("n", sa.BigInteger, nullable=False),
)

counter_changes = sa.Table(
    "counter_changes",
    metadata,
    # inserts only, so that no case waits for another one's counter; folded into `counters` by the worker
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("item_code", sa.Text, nullable=False),
    sa.Column("measure", sa.Text, nullable=False),
    sa.Column("delta", sa.Integer, nullable=False),
)

people = sa.Table(
    "people",
    metadata,
    # names of officers who acted, so that a sentence can say who has a task without asking the identity room
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
)
