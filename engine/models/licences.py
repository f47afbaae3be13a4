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
    sa.Column("status", sa.Text, nullable=False, doc="active | stopped"),
    sa.Column("stop_reason", sa.Text, nullable=False, default=""),
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
