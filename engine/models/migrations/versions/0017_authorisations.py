"""Authorisations."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what the models have since step 0016."""
    op.create_table(
        "authorisations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("principal_id", sa.Text(), nullable=False),
        sa.Column("principal_name", sa.Text(), nullable=False),
        sa.Column("agent_subject", sa.Text(), nullable=False),
        sa.Column("agent_name", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("services", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("tells", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisations")),
    )
    op.create_index(op.f("ix_authorisations_agent_subject"), "authorisations", ["agent_subject"], unique=False)
    op.create_index(op.f("ix_authorisations_principal_id"), "authorisations", ["principal_id"], unique=False)
    op.add_column("cases", sa.Column("agent_name", sa.Text(), server_default="", nullable=False))
    op.add_column("cases", sa.Column("authorisation_id", sa.Text(), nullable=True))
    op.create_index(
        "ix_cases_agent_id",
        "cases",
        ["agent_id", "submitted_at", "case_no"],
        unique=False,
        sqlite_where=sa.text("agent_id is not null"),
        postgresql_where=sa.text("agent_id is not null"),
    )
    op.add_column("drafts", sa.Column("situation", sa.Text(), nullable=True))
    op.add_column("drafts", sa.Column("authorisation_id", sa.Text(), nullable=True))
