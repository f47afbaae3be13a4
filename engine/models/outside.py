"""Work that is done outside: the topics that workers of other systems fetch."""

import sqlalchemy as sa

from engine.models.base import Utc, metadata

topics = sa.Table(
    "topics",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("worker", sa.Text, nullable=False, doc="who asked last"),
    sa.Column("asked_at", Utc, nullable=False, doc="when, give or take half a minute"),
)
