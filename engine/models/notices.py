"""Notices: the in-app inbox and the outbox to mail and SMS in one row."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True, doc="a notice is written once for each key"),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("case_no", sa.Text, index=True),
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("params", Json, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("read_at", Utc),
    sa.Column("sent_at", Utc),
    sa.Column("send_at", Utc, doc="when the outbox tries next; None = nothing to send"),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("last_error", sa.Text, nullable=False, default=""),
    sa.Index("ix_notices_account_id_id", "account_id", "id"),
    sa.Index("ix_notices_send_at", "send_at"),
)
