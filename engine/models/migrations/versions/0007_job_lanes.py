"""Job lanes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what the models have since step 0006."""
    op.add_column("jobs", sa.Column("lane", sa.Text(), server_default="", nullable=False))
    op.add_column("jobs", sa.Column("priority", sa.Integer(), server_default="50", nullable=False))
    op.create_index("ix_jobs_state_lane_due_at", "jobs", ["state", "lane", "priority", "due_at"], unique=False)
