"""Keeps opinions."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what the models have since step 0010."""
    op.add_column("human_tasks", sa.Column("draft_opinion", sa.Text(), server_default="", nullable=False))
