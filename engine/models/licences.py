"""Licences issued and entitlements paid."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata

licences = sa.Table(
    "licences",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("name_zh", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("code", sa.Text, nullable=False, unique=True, doc="for verification"),
    sa.Column("case_no", sa.Text, nullable=False, index=True),
    sa.Column("item_code", sa.Text, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False, index=True),
    sa.Column("holder_name", sa.Text, nullable=False),
    sa.Column("holder_no", sa.Text, nullable=False, index=True),
    sa.Column("fields", Json, nullable=False),
    sa.Column("issued_at", Utc, nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("status_reason", sa.Text, nullable=False, default=""),
    sa.Column("replaces", sa.Text, nullable=False, server_default="", doc="number of the licence this one stands for"),
    sa.Column("replaced_by", sa.Text, nullable=False, server_default=""),
    sa.Column("why_replaced", sa.Text, nullable=False, server_default="", doc="renewed | changed"),
    sa.Column("associated", Json, nullable=False, server_default="[]", doc="numbers of other licences it belongs to"),
)

licence_shares = sa.Table(
    "licence_shares",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("licence_id", sa.Text, nullable=False, index=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("expires_at", Utc, nullable=False),
    sa.Column("ended_at", Utc),
)

licence_uses = sa.Table(
    "licence_uses",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("licence_id", sa.Text, nullable=False, index=True),
    sa.Column("way", sa.Text, nullable=False, doc="verified | shown | instead_of_material | read"),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("case_no", sa.Text),
    sa.Column("at", Utc, nullable=False),
)

entitlement_events = sa.Table(
    "entitlement_events",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("entitlement_id", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False, doc="tier | stopped | recover"),
    sa.Column("data", Json, nullable=False),
    sa.Column("at", Utc, nullable=False),
)

offers = sa.Table(
    "offers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("item_code", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("batch", sa.Text, nullable=False),
    sa.Column("facts", Json, nullable=False),
    sa.Column("reply_code", sa.Text, nullable=False, unique=True, doc="answers by message without sign-in"),
    sa.Column("state", sa.Text, nullable=False, doc="offered | accepted | declined | lapsed"),
    sa.Column("offered_at", Utc, nullable=False),
    sa.Column("expires_at", Utc, nullable=False),
    sa.Column("answered_at", Utc),
    sa.Column("way", sa.Text, nullable=False, default="", doc="page | message"),
    sa.Column("case_no", sa.Text),
    sa.UniqueConstraint("item_code", "subject", "batch"),
    sa.Index("ix_offers_state_expires_at", "state", "expires_at"),
)

entitlements = sa.Table(
    "entitlements",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_no", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False, index=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("monthly_fen", sa.BigInteger, nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date),
    sa.Column("next_month", sa.Date, nullable=False),
    sa.Column("status", sa.Text, nullable=False, doc="active | stopped | suspended"),
    sa.Column("stop_reason", sa.Text, nullable=False, default=""),
    sa.Column("checked_on", sa.Date, doc="day on which the registers were last asked whether it still holds"),
    sa.Index("ix_entitlements_status_next_month", "status", "next_month"),
    # one payment of a kind to one person at a time: a double claim is refused by the database
    sa.Index(
        "uq_entitlements_subject_kind_active",
        "subject",
        "kind",
        unique=True,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    ),
)

entitlement_payments = sa.Table(
    "entitlement_payments",
    metadata,
    sa.Column("entitlement_id", sa.Text, sa.ForeignKey("entitlements.id"), primary_key=True),
    sa.Column("month", sa.Date, primary_key=True),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Text, nullable=False, doc="due | paid"),
    sa.Column("written_at", Utc, nullable=False),
)
