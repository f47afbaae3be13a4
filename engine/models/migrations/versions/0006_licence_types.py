"""Licence types."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what the models have since step 0005."""
    op.create_table(
        "licence_types",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("valid_months", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_licence_types")),
    )
    op.add_column("service_items", sa.Column("position", sa.Integer(), server_default="50", nullable=False))
    op.add_column("service_items", sa.Column("entry", sa.Text(), server_default="", nullable=False))
