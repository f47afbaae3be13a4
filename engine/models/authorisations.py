"""授权代办: who may act for whom, in what and until when."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata

authorisations = sa.Table(
    "authorisations",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("principal_id", sa.Text, nullable=False, index=True, doc="account acted for"),
    sa.Column("principal_name", sa.Text, nullable=False),
    sa.Column("agent_subject", sa.Text, nullable=False, index=True, doc="identity number of who acts"),
    sa.Column("agent_name", sa.Text, nullable=False),
    sa.Column("agent_id", sa.Text, doc="account of the agent, once accepted"),
    sa.Column("services", Json, nullable=False, doc="codes of items; empty for all"),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date, nullable=False),
    sa.Column("tells", sa.Text, nullable=False, doc="both | agent | principal: whom notices of their cases reach"),
    sa.Column("state", sa.Text, nullable=False, doc="offered | accepted | declined | revoked"),
    sa.Column("source", sa.Text, nullable=False, doc="online | counter"),
    sa.Column("paper", sa.Text, nullable=False, default="", doc="what the window saw"),
    sa.Column("recorded_by", sa.Text, nullable=False, doc="account that wrote it down"),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("answered_at", Utc),
    sa.Column("ended_at", Utc),
    sa.Column("ended_by", sa.Text, nullable=False, default="", doc="name of who ended it"),
)
