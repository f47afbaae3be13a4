"""Traceparent."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what the models have since step 0013."""
    op.add_column("jobs", sa.Column("traceparent", sa.Text(), nullable=True))
