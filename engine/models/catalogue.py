"""Offices and service items: what the city offers, in which version, and whether it is open."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata

offices = sa.Table(
    "offices",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("name_zh", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False, server_default="city", doc="state | province | city | county | town"),
    sa.Column("region", sa.Text, nullable=False, server_default="440300", doc="administrative division code"),
    sa.Column("parent", sa.Text, nullable=False, server_default="", doc="key of the office above"),
    sa.Column("credit_code", sa.Text, nullable=False, server_default="", doc="unified social credit code of the body"),
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
    sa.Column("kind", sa.Text, nullable=False, server_default="committed", doc="instant | committed"),
    sa.Column("level", sa.Text, nullable=False, server_default="city"),
    sa.Column("region", sa.Text, nullable=False, server_default="440300"),
    sa.Column("life_events", sa.Text, nullable=False, server_default="", doc="`|birth|school|`"),
    sa.Column("keywords", sa.Text, nullable=False, server_default="", doc="other words people use for it"),
    sa.Column("pinyin", sa.Text, nullable=False, server_default="", doc="syllables of the Chinese name"),
    sa.Column("position", sa.Integer, nullable=False, server_default="50", doc="among like services: the main one first"),
    sa.Column("entry", sa.Text, nullable=False, server_default="", doc="code in the basic catalogue; districts share it"),
    sa.Column("is_online", sa.Boolean, nullable=False, server_default=sa.text("true"), doc="False: a guide without a process"),
    sa.Column("search_stamp", sa.Text, nullable=False, server_default="", index=True, doc="new whenever it must be indexed anew"),
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
