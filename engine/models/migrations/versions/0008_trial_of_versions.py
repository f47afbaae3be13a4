"""Trial of versions."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what the models have since step 0007."""
    op.add_column("deployments", sa.Column("trial", sa.Text(), nullable=True))
