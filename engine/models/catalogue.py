"""Offices and service items: what the city offers, in which version, and whether it is open."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata

offices = sa.Table(
    "offices",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("name_zh", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
)

service_items = sa.Table(
    "service_items",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("office", sa.Text, nullable=False, index=True),
    sa.Column("theme", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False, index=True, doc="registered | published | suspended"),
    sa.Column("status_reason", sa.Text, nullable=False, default=""),
    sa.Column("is_automatic", sa.Boolean, nullable=False, default=True, doc="False after the kill switch"),
    sa.Column("automatic_reason", sa.Text, nullable=False, default="", doc="why the kill switch was used"),
    sa.Column("published_version", sa.Integer, doc="None until the first publication"),
    sa.Column("newest_version", sa.Integer, nullable=False),
    sa.Column("name_zh", sa.Text, nullable=False, index=True),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("audience", sa.Text, nullable=False, doc="`|personal|enterprise|`"),
    sa.Column("search_text", sa.Text, nullable=False, doc="lower-cased words that searching looks into"),
    sa.Column("changed_at", Utc, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
)

service_item_versions = sa.Table(
    "service_item_versions",
    metadata,
    sa.Column("deployment_id", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("manifest", Json, nullable=False),
    sa.Column("registered_at", Utc, nullable=False),
    sa.Column("published_at", Utc),
    sa.UniqueConstraint("code", "version"),
)
