"""Human tasks: the rows that people see, claim and complete."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata


def _shared_with_case() -> tuple[sa.Column[str], ...]:
    """What lists are filtered by, as on the case: a filter reads one index and no other table. None: not written yet."""
    return (sa.Column("item_code", sa.Text), sa.Column("office", sa.Text), sa.Column("light", sa.Text))


_LIST = ("kind", "key", "is_waiting", "sort_due_at", "task_id")
_UNFILLED = sa.text("state = 'open' and light is null")
_FILTERED = ("light", "item_code", "element_id", "office", "business_key")

human_tasks = sa.Table(
    "human_tasks",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("root_id", sa.Text, nullable=False),
    sa.Column("instance_id", sa.Text, nullable=False),
    sa.Column("wait_id", sa.Text, nullable=False),
    sa.Column("definition_id", sa.Text, nullable=False),
    sa.Column("process_id", sa.Text, nullable=False),
    sa.Column("element_id", sa.Text, nullable=False),
    sa.Column("business_key", sa.Text),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("form_key", sa.Text),
    sa.Column("properties", Json, nullable=False),
    sa.Column("candidate_groups", Json, nullable=False),
    sa.Column("candidate_users", Json, nullable=False),
    sa.Column("assignee", sa.Text),
    sa.Column("claimed_at", Utc),
    sa.Column("priority", sa.Integer, nullable=False, default=50),
    sa.Column("due_at", Utc, doc="as the diagram says; the legal clock is elsewhere"),
    sa.Column("follow_up_at", Utc),
    sa.Column("sort_due_at", Utc, doc="of the clock that matters now; most urgent first"),
    sa.Column("draft", Json),
    sa.Column("draft_opinion", sa.Text, nullable=False, default="", server_default="", doc="words written beside the form"),
    sa.Column("draft_saved_by", sa.Text),
    sa.Column("draft_saved_at", Utc),
    sa.Column("state", sa.Text, nullable=False, doc="open | completed | cancelled"),
    sa.Column("version", sa.Integer, nullable=False, default=1),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("completed_at", Utc, doc="when it was completed or cancelled"),
    sa.Column("completed_by", sa.Text),
    *_shared_with_case(),
    sa.UniqueConstraint("instance_id", "wait_id"),
    sa.Index("ix_human_tasks_root_id", "root_id"),
    sa.Index("ix_human_tasks_business_key", "business_key"),
    sa.Index("ix_human_tasks_assignee", "assignee", "state", "sort_due_at"),
    sa.Index("ix_human_tasks_completed_by", "completed_by", "completed_at"),
    sa.Index("ix_human_tasks_held", "assignee", "state", "light"),
    sa.Index("ix_human_tasks_unfilled", "id", sqlite_where=_UNFILLED, postgresql_where=_UNFILLED),
)

task_candidates = sa.Table(
    "task_candidates",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True, doc="group | user"),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("task_id", sa.ForeignKey("human_tasks.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("sort_due_at", Utc, doc="as on the task, so that one group's list is one range of one index"),
    sa.Column("is_waiting", sa.Boolean, nullable=False, default=True, doc="open, and nobody holds it"),
    sa.Column("element_id", sa.Text),
    sa.Column("business_key", sa.Text),
    *_shared_with_case(),
    sa.Index("ix_task_candidates_task_id", "task_id"),
    sa.Index("ix_task_candidates_waiting", "kind", "key", "is_waiting", "sort_due_at", "task_id"),
    sa.Index("ix_task_candidates_filtered", *_LIST, *_FILTERED),
)
