"""Message options."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what the models have since step 0003."""
    op.add_column("messages", sa.Column("is_singleton", sa.Boolean(), nullable=True))
    op.add_column("start_subscriptions", sa.Column("singleton", sa.Text(), nullable=True))
