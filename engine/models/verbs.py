"""What officers do to a task beside its diagram: signers, returns, rules in time, substitutes, remarks, files, saved filters."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata

signers = sa.Table(
    "signers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("task_id", sa.Text, nullable=False, doc="of the task signed; of the new child for `beside`"),
    sa.Column("case_no", sa.Text),
    sa.Column("kind", sa.Text, nullable=False, doc="before | after | beside"),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, doc="waiting | active | signed | rejected | removed"),
    sa.Column("added_by", sa.Text, nullable=False),
    sa.Column("added_by_name", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("answers", Json, doc="what the task's holder submitted, while signers after it have the word"),
    sa.Column("added_at", Utc, nullable=False),
    sa.Column("ended_at", Utc),
    sa.Index("ix_signers_task_id", "task_id"),
)

task_returns = sa.Table(
    "task_returns",
    metadata,
    sa.Column("task_id", sa.Text, primary_key=True, doc="the task that was opened again"),
    sa.Column("from_element", sa.Text, nullable=False),
    sa.Column("from_name", sa.Text, nullable=False),
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("fields", Json, nullable=False),
    sa.Column("mode", sa.Text, nullable=False, doc="walk | straight"),
    sa.Column("at", Utc, nullable=False),
)

task_rules = sa.Table(
    "task_rules",
    metadata,
    sa.Column("task_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False, doc="timeout | repeated | starter"),
    sa.Column("at", Utc, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Index("ix_task_rules_at", "at"),
)

substitutions = sa.Table(
    "substitutions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("principal_id", sa.Text, nullable=False, index=True),
    sa.Column("principal_name", sa.Text, nullable=False),
    sa.Column("deputy_id", sa.Text, nullable=False, index=True),
    sa.Column("deputy_name", sa.Text, nullable=False),
    sa.Column("groups", Json, nullable=False, doc="of the principal, at the time of asking"),
    sa.Column("items", Json, nullable=False, doc="item codes; empty: every service"),
    sa.Column("starts_at", Utc, nullable=False),
    sa.Column("ends_at", Utc, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("ended_at", Utc),
)

comments = sa.Table(
    "comments",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_no", sa.Text, nullable=False, index=True),
    sa.Column("task_id", sa.Text),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("mentions", Json, nullable=False, doc="account ids"),
    sa.Column("at", Utc, nullable=False),
)

case_files = sa.Table(
    "case_files",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_no", sa.Text, nullable=False, index=True),
    sa.Column("task_id", sa.Text),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False, doc="as found in the content, whatever the sender said"),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("by_id", sa.Text, nullable=False),
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("removed_at", Utc),
)

material_checks = sa.Table(
    "material_checks",
    metadata,
    sa.Column("case_no", sa.Text, primary_key=True),
    sa.Column("material", sa.Text, primary_key=True),
    sa.Column("verdict", sa.Text, nullable=False, doc="ok | not_ok"),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("by_id", sa.Text, nullable=False),
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
)

saved_filters = sa.Table(
    "saved_filters",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner_id", sa.Text, nullable=False, index=True),
    sa.Column("owner_name", sa.Text, nullable=False),
    sa.Column("office", sa.Text, doc="colleagues of this office see it when it is shared"),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("query", Json, nullable=False),
    sa.Column("is_shared", sa.Boolean, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.UniqueConstraint("owner_id", "name"),
    sa.Index("ix_saved_filters_office", "office", "is_shared"),
)

task_reads = sa.Table(
    "task_reads",
    metadata,
    sa.Column("account_id", sa.Text, primary_key=True),
    sa.Column("task_id", sa.Text, primary_key=True),
    sa.Column("at", Utc, nullable=False),
)

appointments = sa.Table(
    "appointments",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("item_code", sa.Text, nullable=False),
    sa.Column("starts_at", Utc, nullable=False),
    sa.Column("seat", sa.Integer, nullable=False, doc="window of the slot; with the slot it is taken once"),
    sa.Column("ends_at", Utc, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("state", sa.Text, nullable=False, doc="booked | arrived | missed; a cancelled one is deleted"),
    sa.Column("created_at", Utc, nullable=False),
    sa.UniqueConstraint("office", "starts_at", "seat"),
)

notice_settings = sa.Table(
    "notice_settings",
    metadata,
    sa.Column("account_id", sa.Text, primary_key=True),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False, doc="at_once | digest | none"),
    sa.Column("digest_at", Utc, doc="when the next digest is due"),
)

special_procedures = sa.Table(
    "special_procedures",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_no", sa.Text, nullable=False, index=True),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("declared", sa.Text, nullable=False, doc="the time told to the applicant, as 5WD"),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("asked_by", sa.Text, nullable=False, doc="account; empty: the diagram"),
    sa.Column("asked_name", sa.Text, nullable=False),
    sa.Column("asked_at", Utc, nullable=False),
    sa.Column("state", sa.Text, nullable=False, doc="asked | refused | open | closed"),
    sa.Column("settled_name", sa.Text, nullable=False, doc="who approved or refused"),
    sa.Column("settled_at", Utc),
    sa.Column("note", sa.Text, nullable=False, doc="why it was refused"),
    sa.Column("opened_at", Utc),
    sa.Column("closed_at", Utc),
    sa.Column("closed_name", sa.Text, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
    sa.Index("ix_special_procedures_state_office", "state", "office"),
)
