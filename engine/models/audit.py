"""Who read whose personal data."""

import sqlalchemy as sa

from engine.models.base import Utc, metadata

access_log = sa.Table(
    "access_log",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("at", Utc, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("office", sa.Text),
    sa.Column("on_behalf_of", sa.Text),
    sa.Column("what", sa.Text, nullable=False, doc="`case.archive`, `task.view`, `licence.read` …"),
    sa.Column("case_no", sa.Text, index=True),
    sa.Column("subject", sa.Text, index=True, doc="whose data"),
    sa.Column("purpose", sa.Text, nullable=False),
)
