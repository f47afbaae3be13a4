"""Drafts, consents and the keys under which applications were submitted."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata

drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, doc="identity number or credit code applied for"),
    sa.Column("item_code", sa.Text, nullable=False),
    sa.Column("deployment_id", sa.Text, nullable=False),
    sa.Column("form_id", sa.Text, nullable=False),
    sa.Column("answers", Json, nullable=False),
    sa.Column("sections", Json, nullable=False),
    sa.Column("facts", Json, nullable=False),
    sa.Column("unavailable", Json, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False, doc="open | submitted | expired"),
    sa.Column("case_no", sa.Text),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("saved_at", Utc, nullable=False),
    sa.Column("saved_by", sa.Text, nullable=False),
    sa.Column("expires_at", Utc, nullable=False),
    sa.Column("situation", Json, doc="answers to the questions before the form"),
    sa.Column("authorisation_id", sa.Text, doc="under which an agent writes it for somebody else"),
    sa.Index("ix_drafts_account_id_state", "account_id", "state"),
    sa.Index("ix_drafts_state_expires_at", "state", "expires_at"),
)

consents = sa.Table(
    "consents",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("draft_id", sa.Text, index=True),
    sa.Column("case_no", sa.Text, index=True),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("is_given", sa.Boolean, nullable=False),
    sa.Column("at", Utc, nullable=False),
)

uploads = sa.Table(
    "uploads",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, doc="what the answer to a form holds; the file keeps it in its case"),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False, index=True),
    sa.Column("at", Utc, nullable=False),
)

submissions = sa.Table(
    "submissions",
    metadata,
    sa.Column("account_id", sa.Text, primary_key=True),
    sa.Column("idempotency_key", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False, doc="hash of what was asked, so that a reused key is noticed"),
    sa.Column("case_no", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
)

signatures = sa.Table(
    "signatures",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("draft_id", sa.Text, index=True),
    sa.Column("case_no", sa.Text, index=True),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False, doc="SHA-256 of what was signed"),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
)

disputes = sa.Table(
    "disputes",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("draft_id", sa.Text, index=True),
    sa.Column("case_no", sa.Text, index=True),
    sa.Column("account_id", sa.Text, nullable=False, index=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("element", sa.Text, nullable=False, doc="binding, `population.hukou`"),
    sa.Column("office", sa.Text, nullable=False, doc="data owner"),
    sa.Column("shown", sa.Text, nullable=False),
    sa.Column("claimed", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, doc="open | corrected | upheld"),
    sa.Column("answer", sa.Text, nullable=False, default=""),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("answered_by", sa.Text),
    sa.Column("answered_at", Utc),
    sa.Index("ix_disputes_office_state", "office", "state"),
)
