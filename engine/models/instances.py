"""Running and ended instances, and their hash-chained history."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata

instances = sa.Table(
    "instances",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("root_id", sa.Text, nullable=False, doc="own id for a root; called instances share their root's lock and history"),
    sa.Column("parent_id", sa.Text),
    sa.Column("parent_wait_id", sa.Text),
    sa.Column("definition_id", sa.ForeignKey("definitions.id"), nullable=False),
    sa.Column("process_id", sa.Text, nullable=False),
    sa.Column("business_key", sa.Text, doc="the case number"),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, doc="the kernel's own; opaque"),
    sa.Column("version", sa.Integer, nullable=False, doc="steps taken"),
    sa.Column("error_code", sa.Text),
    sa.Column("started_by", sa.Text, nullable=False),
    sa.Column("started_at", Utc, nullable=False),
    sa.Column("updated_at", Utc, nullable=False),
    sa.Column("ended_at", Utc),
    sa.Column("chain_length", sa.Integer, nullable=False, default=0, doc="history rows of the root"),
    sa.Column("chain_head", sa.Text, nullable=False, default="", doc="hash of the newest history row of the root"),
    sa.Index("ix_instances_root_id", "root_id"),
    sa.Index("ix_instances_business_key", "business_key"),
    sa.Index("ix_instances_status_updated_at", "status", "updated_at"),
    sa.Index("ix_instances_definition_id_status", "definition_id", "status"),
)

history = sa.Table(
    "history",
    metadata,
    sa.Column("root_id", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("instance_id", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("actor_id", sa.Text, nullable=False),
    sa.Column("actor_name", sa.Text, nullable=False),
    sa.Column("on_behalf_of", sa.Text),
    sa.Column("office", sa.Text),
    sa.Column("entries", sa.Text, nullable=False, doc="JSON list of [kind, element_id, data]: all that one step did, in order"),
    sa.Column("hash", sa.Text, nullable=False, doc="sha256 over the previous hash and all columns"),
)

idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("answer", Json, nullable=False),
    sa.Column("at", Utc, nullable=False),
)
