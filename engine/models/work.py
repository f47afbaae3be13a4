"""What machines wait for: timers, jobs, subscriptions, messages, conditions and incidents."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata

timers = sa.Table(
    "timers",
    metadata,
    sa.Column("instance_id", sa.Text, primary_key=True),
    sa.Column("wait_id", sa.Text, primary_key=True),
    sa.Column("root_id", sa.Text, nullable=False),
    sa.Column("element_id", sa.Text, nullable=False),
    sa.Column("due_at", Utc, doc="None while the instance is suspended"),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Index("ix_timers_due_at", "due_at"),
)

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("root_id", sa.Text, nullable=False),
    sa.Column("instance_id", sa.Text, nullable=False),
    sa.Column("wait_id", sa.Text, nullable=False),
    sa.Column("element_id", sa.Text, nullable=False),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("input", sa.Text, nullable=False, doc="typed JSON of the mapped variables"),
    sa.Column("properties", Json, nullable=False),
    sa.Column("idempotency_key", sa.Text, nullable=False, doc="the same at every attempt"),
    sa.Column("state", sa.Text, nullable=False, doc="waiting | leased | incident"),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("max_attempts", sa.Integer, nullable=False),
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("lease_owner", sa.Text),
    sa.Column("lease_until", Utc),
    sa.Column("fence", sa.Integer, nullable=False, default=0, doc="grows with each lease; an answer with an old one is ignored"),
    sa.Column("last_error", sa.Text),
    sa.Column("created_at", Utc, nullable=False),
    sa.UniqueConstraint("instance_id", "wait_id"),
    sa.Index("ix_jobs_state_due_at", "state", "due_at"),
    sa.Index("ix_jobs_root_id", "root_id"),
)

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("instance_id", sa.Text, primary_key=True),
    sa.Column("wait_id", sa.Text, primary_key=True),
    sa.Column("root_id", sa.Text, nullable=False),
    sa.Column("element_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False, doc="message | signal | condition | child"),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("correlation_key", sa.Text),
    sa.Column("business_key", sa.Text),
    sa.Column("created_at", Utc, nullable=False),
    sa.Index("ix_subscriptions_kind_name", "kind", "name", "correlation_key"),
    sa.Index("ix_subscriptions_root_id", "root_id"),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, doc="as given by the sender, or made: one message is taken once"),
    sa.Column("kind", sa.Text, nullable=False, doc="message | signal"),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("correlation_key", sa.Text),
    sa.Column("variables", sa.Text, nullable=False, doc="typed JSON"),
    sa.Column("from_root_id", sa.Text),
    sa.Column("state", sa.Text, nullable=False, doc="waiting | held (for a suspended receiver) | delivered | expired"),
    sa.Column("receiver", sa.Text, doc="instance that took it"),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("expires_at", Utc, nullable=False),
    sa.Column("delivered_at", Utc),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("is_singleton", sa.Boolean, doc="starts nothing while an instance of the same key runs"),
    sa.Index("ix_messages_state_name", "state", "name", "correlation_key"),
    sa.Index("ix_messages_state_created_at", "state", "created_at"),
)

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False, doc="web | worker | city"),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("started_at", Utc, nullable=False),
    sa.Column("seen_at", Utc, nullable=False, doc="its last sign of life; who is silent for seconds loses its leases"),
    sa.Column("done", sa.Integer, nullable=False, default=0, doc="jobs, timers and messages it has worked on"),
    sa.Column("is_draining", sa.Boolean, nullable=False, default=False, doc="finishes what it has and takes nothing new"),
)

incidents = sa.Table(
    "incidents",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("root_id", sa.Text, nullable=False),
    sa.Column("instance_id", sa.Text, nullable=False),
    sa.Column("process_id", sa.Text, nullable=False),
    sa.Column("business_key", sa.Text),
    sa.Column("element_id", sa.Text, nullable=False),
    sa.Column("kernel_id", sa.Text, doc="of the kernel's incident, None for a job's or timer's"),
    sa.Column("job_id", sa.Text),
    sa.Column("wait_id", sa.Text),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
    sa.Column("zh", sa.Text, nullable=False),
    sa.Column("facts", Json, nullable=False),
    sa.Column("state", sa.Text, nullable=False, doc="open | resolved"),
    sa.Column("raised_at", Utc, nullable=False),
    sa.Column("resolved_at", Utc),
    sa.Column("resolved_by", sa.Text),
    sa.Column("resolution", sa.Text, doc="retry | skip | edit | ended"),
    sa.Index("ix_incidents_state_raised_at", "state", "raised_at"),
    sa.Index("ix_incidents_instance_id", "instance_id"),
)
