"""Filtered lists."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what the models have since step 0012."""
    op.add_column("human_tasks", sa.Column("item_code", sa.Text(), nullable=True))
    op.add_column("human_tasks", sa.Column("office", sa.Text(), nullable=True))
    op.add_column("human_tasks", sa.Column("light", sa.Text(), nullable=True))
    op.create_index("ix_human_tasks_held", "human_tasks", ["assignee", "state", "light"], unique=False)
    op.create_index(
        "ix_human_tasks_unfilled",
        "human_tasks",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'open' and light is null"),
        postgresql_where=sa.text("state = 'open' and light is null"),
    )
    op.add_column("task_candidates", sa.Column("element_id", sa.Text(), nullable=True))
    op.add_column("task_candidates", sa.Column("business_key", sa.Text(), nullable=True))
    op.add_column("task_candidates", sa.Column("item_code", sa.Text(), nullable=True))
    op.add_column("task_candidates", sa.Column("office", sa.Text(), nullable=True))
    op.add_column("task_candidates", sa.Column("light", sa.Text(), nullable=True))
    op.create_index(
        "ix_task_candidates_filtered",
        "task_candidates",
        ["kind", "key", "is_waiting", "sort_due_at", "task_id", "light", "item_code", "element_id", "office", "business_key"],
        unique=False,
    )
