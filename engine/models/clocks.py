"""Legal clocks and the cards they issued."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata

sla_clocks = sa.Table(
    "sla_clocks",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_no", sa.Text, sa.ForeignKey("cases.case_no"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    # the truth
    sa.Column("limit", sa.Text, nullable=False, doc="`5WD`; empty = no limit"),
    sa.Column("statutory_limit", sa.Text, nullable=False, doc="what the red light counts from, where it differs"),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("started_at", Utc, nullable=False),
    sa.Column("stopped_at", Utc),
    sa.Column("pauses", Json, nullable=False, doc="[{start, end, declared, reason}], ISO 8601"),
    sa.Column("extension", sa.Text, nullable=False, doc="`5WD`; at most one"),
    sa.Column("extended_by", sa.Text, nullable=False),
    sa.Column("extension_reason", sa.Text, nullable=False),
    # projections
    sa.Column("due_at", Utc),
    sa.Column("warning_at", Utc),
    sa.Column("yellow_at", Utc),
    sa.Column("red_at", Utc),
    sa.Column("colour", sa.Text, nullable=False),
    sa.Column("next_change_at", Utc, doc="when the sweep must look again; None = never"),
    sa.Column("breached_at", Utc, doc="when it first turned yellow or red; never taken back"),
    sa.Column("calendar_version", sa.Text, nullable=False),
    sa.Column("is_provisional", sa.Boolean, nullable=False),
    sa.Column("rung", sa.Integer, nullable=False, default=0, server_default="0", doc="rungs of the ladder climbed so far"),
    sa.Column("escalate_at", Utc, doc="when the next rung is due; None = never"),
    sa.Index("ix_sla_clocks_next_change_at", "next_change_at"),
    sa.Index("ix_sla_clocks_escalate_at", "escalate_at"),
)

escalations = sa.Table(
    "escalations",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_no", sa.Text, nullable=False, index=True),
    sa.Column("clock_id", sa.Text, nullable=False),
    sa.Column("rung", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False, doc="holder | colleagues | head | city"),
    sa.Column("reached", Json, nullable=False, doc="addresses"),
    sa.Column("at", Utc, nullable=False),
    sa.UniqueConstraint("clock_id", "rung"),
)

cards = sa.Table(
    "cards",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_no", sa.Text, nullable=False, index=True),
    sa.Column("clock_id", sa.Text, nullable=False),
    sa.Column("clock_kind", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False, doc="warning | yellow | red"),
    sa.Column("status", sa.Text, nullable=False, doc="D held | Y issued | C dropped before issue | Q cancelled (DOMAIN 2.4)"),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("issued_at", Utc, nullable=False),
    sa.Column("due_at", Utc),
    sa.Column("text_zh", sa.Text, nullable=False),
    sa.Column("text_en", sa.Text, nullable=False),
    sa.Column("calendar_version", sa.Text, nullable=False),
    sa.Column("cancel_reason", sa.Text, nullable=False, default=""),
    sa.Column("cancelled_at", Utc),
    sa.Column("settled_by", sa.Text, doc="name of who confirmed, dropped or cancelled it"),
    sa.Column("appeal", Json, doc="{by, name, text, at, answer, answered_by, answered_at, is_upheld}"),
    sa.Column("recheck", Json, doc="{version, due_at, zh, en}: what a later calendar says of it"),
    sa.UniqueConstraint("clock_id", "level"),
    sa.Index("ix_cards_office_issued_at", "office", "issued_at", "id"),
)
