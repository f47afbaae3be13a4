"""Portal and library."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what the models have since step 0001."""
    op.create_table(
        "catalogue_entries",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("task_type", sa.Text(), nullable=False),
        sa.Column("levels", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_catalogue_entries")),
    )
    op.create_table(
        "data_elements",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("trust", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_data_elements")),
    )
    op.create_table(
        "disputes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("draft_id", sa.Text(), nullable=True),
        sa.Column("case_no", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("claimed", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
    )
    op.create_index(op.f("ix_disputes_account_id"), "disputes", ["account_id"], unique=False)
    op.create_index(op.f("ix_disputes_case_no"), "disputes", ["case_no"], unique=False)
    op.create_index(op.f("ix_disputes_draft_id"), "disputes", ["draft_id"], unique=False)
    op.create_index("ix_disputes_office_state", "disputes", ["office", "state"], unique=False)
    op.create_table(
        "entitlement_events",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("entitlement_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlement_events")),
    )
    op.create_index(op.f("ix_entitlement_events_entitlement_id"), "entitlement_events", ["entitlement_id"], unique=False)
    op.create_table(
        "favourites",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "item_code", name=op.f("pk_favourites")),
    )
    op.create_table(
        "item_drafts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("edited_by", sa.Text(), nullable=False),
        sa.Column("edited_name", sa.Text(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_drafts")),
    )
    op.create_index(op.f("ix_item_drafts_code"), "item_drafts", ["code"], unique=False)
    op.create_index("ix_item_drafts_state_edited_at", "item_drafts", ["state", "edited_at"], unique=False)
    op.create_index(
        "uq_item_drafts_code_open",
        "item_drafts",
        ["code"],
        unique=True,
        sqlite_where=sa.text("state in ('draft', 'review', 'returned')"),
        postgresql_where=sa.text("state in ('draft', 'review', 'returned')"),
    )
    op.create_table(
        "licence_shares",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("licence_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_licence_shares")),
    )
    op.create_index(op.f("ix_licence_shares_licence_id"), "licence_shares", ["licence_id"], unique=False)
    op.create_table(
        "licence_uses",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("licence_id", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("case_no", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence_uses")),
    )
    op.create_index(op.f("ix_licence_uses_licence_id"), "licence_uses", ["licence_id"], unique=False)
    op.create_table(
        "offers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("reply_code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("case_no", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint("item_code", "subject", "batch", name=op.f("uq_offers_item_code_subject_batch")),
        sa.UniqueConstraint("reply_code", name=op.f("uq_offers_reply_code")),
    )
    op.create_index("ix_offers_state_expires_at", "offers", ["state", "expires_at"], unique=False)
    op.create_index(op.f("ix_offers_subject"), "offers", ["subject"], unique=False)
    op.create_table(
        "ratings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("item_zh", sa.Text(), nullable=False),
        sa.Column("item_en", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_anonymous", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("handled_by", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("review_no", sa.Text(), nullable=True),
        sa.Column("review_kind", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("called_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rerating", sa.Integer(), nullable=True),
        sa.Column("rerated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeal", sa.Text(), nullable=False),
        sa.Column("appeal_ruling", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("case_no", name=op.f("uq_ratings_case_no")),
        sa.UniqueConstraint("review_no", name=op.f("uq_ratings_review_no")),
    )
    op.create_index("ix_ratings_item_code_at", "ratings", ["item_code", "at"], unique=False)
    op.create_index("ix_ratings_office_at", "ratings", ["office", "at"], unique=False)
    op.create_index("ix_ratings_state_at", "ratings", ["state", "at"], unique=False)
    op.create_table(
        "signatures",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("draft_id", sa.Text(), nullable=True),
        sa.Column("case_no", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
    )
    op.create_index(op.f("ix_signatures_case_no"), "signatures", ["case_no"], unique=False)
    op.create_index(op.f("ix_signatures_draft_id"), "signatures", ["draft_id"], unique=False)
    op.create_table(
        "case_messages",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_case_messages_case_no")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_messages")),
    )
    op.create_index(op.f("ix_case_messages_case_no"), "case_messages", ["case_no"], unique=False)
    op.create_table(
        "parcels",
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tracking_no", sa.Text(), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_parcels_case_no")),
        sa.PrimaryKeyConstraint("case_no", name=op.f("pk_parcels")),
    )
    op.create_index("ix_parcels_state_changed_at", "parcels", ["state", "changed_at"], unique=False)
    op.create_table(
        "samples",
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_samples_case_no")),
        sa.PrimaryKeyConstraint("case_no", name=op.f("pk_samples")),
    )
    op.create_index("ix_samples_office_finding", "samples", ["office", "finding"], unique=False)
    op.add_column("entitlements", sa.Column("checked_on", sa.Date(), nullable=True))
    op.add_column("licences", sa.Column("replaces", sa.Text(), server_default="", nullable=False))
    op.add_column("licences", sa.Column("replaced_by", sa.Text(), server_default="", nullable=False))
    op.add_column("licences", sa.Column("why_replaced", sa.Text(), server_default="", nullable=False))
    op.add_column("licences", sa.Column("associated", sa.Text(), server_default="[]", nullable=False))
    op.add_column("offices", sa.Column("level", sa.Text(), server_default="city", nullable=False))
    op.add_column("offices", sa.Column("region", sa.Text(), server_default="440300", nullable=False))
    op.add_column("offices", sa.Column("parent", sa.Text(), server_default="", nullable=False))
    op.add_column("offices", sa.Column("credit_code", sa.Text(), server_default="", nullable=False))
    op.add_column("service_items", sa.Column("kind", sa.Text(), server_default="committed", nullable=False))
    op.add_column("service_items", sa.Column("level", sa.Text(), server_default="city", nullable=False))
    op.add_column("service_items", sa.Column("region", sa.Text(), server_default="440300", nullable=False))
    op.add_column("service_items", sa.Column("life_events", sa.Text(), server_default="", nullable=False))
    op.add_column("service_items", sa.Column("keywords", sa.Text(), server_default="", nullable=False))
    op.add_column("service_items", sa.Column("pinyin", sa.Text(), server_default="", nullable=False))
    op.add_column("service_items", sa.Column("is_online", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("service_items", sa.Column("search_stamp", sa.Text(), server_default="", nullable=False))
    op.create_index(op.f("ix_service_items_search_stamp"), "service_items", ["search_stamp"], unique=False)
