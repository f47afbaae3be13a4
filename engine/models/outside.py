"""What goes out and who works outside: topics of external workers, webhooks and their deliveries."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata

topics = sa.Table(
    "topics",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("worker", sa.Text, nullable=False, doc="who asked last"),
    sa.Column("asked_at", Utc, nullable=False, doc="when, give or take half a minute"),
)

webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("types", Json, nullable=False, doc="kinds of events, `case.*` for a family, `*` for all"),
    sa.Column("secret_version", sa.Integer, nullable=False, doc="the secret is computed from it and never stored"),
    sa.Column("renewed_at", Utc, doc="when the secret was renewed; both are signed with for a day"),
    sa.Column("key_mark", sa.Text, nullable=False, doc="tells whether a process has the key that the secret was computed with"),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False, doc="in a row"),
    sa.Column("rests_until", Utc, doc="nothing is sent before"),
    sa.Column("last_error", sa.Text, nullable=False),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("webhook_id", sa.Text, nullable=False),
    sa.Column("event_id", sa.Text, nullable=False, doc="root, step and line of the history; the receiver's idempotency key"),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("root_id", sa.Text),
    sa.Column("instance_id", sa.Text),
    sa.Column("element_id", sa.Text),
    sa.Column("at", Utc, nullable=False),
    sa.Column("facts", Json, nullable=False),
    sa.Column("state", sa.Text, nullable=False, doc="waiting | sent | failed"),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", Utc, nullable=False, doc="when it is tried; moved on by whoever tries it"),
    sa.Column("sent_at", Utc),
    sa.Column("log", Json, nullable=False, doc="the last attempts: [{at, status, error, ms}]"),
    sa.UniqueConstraint("webhook_id", "event_id"),
    sa.Index("ix_deliveries_state_webhook_id_next_at", "state", "webhook_id", "next_at"),
    sa.Index("ix_deliveries_webhook_id_id", "webhook_id", "id"),
)
