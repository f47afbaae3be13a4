"""The supply side: basic catalogue, drafts of implementation lists, standards for data elements, and what people marked."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata

catalogue_entries = sa.Table(
    "catalogue_entries",
    metadata,
    sa.Column("code", sa.Text, primary_key=True, doc="基本编码, opaque text"),
    sa.Column("name_zh", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("task_type", sa.Text, nullable=False, doc="01 licence … 20 public service"),
    sa.Column("levels", sa.Text, nullable=False, doc="`|city|county|`: who may implement it"),
    sa.Column("basis", Json, nullable=False),
    sa.Column("status", sa.Text, nullable=False, doc="in_force | abolished"),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("changed_at", Utc, nullable=False),
)

item_drafts = sa.Table(
    "item_drafts",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, nullable=False, index=True),
    sa.Column("record", Json, nullable=False, doc="the implementation list as it shall be"),
    sa.Column("base_version", sa.Integer, nullable=False, doc="published version it started from, 0 for a new item"),
    sa.Column("state", sa.Text, nullable=False, doc="draft | review | returned | published | discarded"),
    sa.Column("note", sa.Text, nullable=False, default=""),
    sa.Column("edited_by", sa.Text, nullable=False),
    sa.Column("edited_name", sa.Text, nullable=False),
    sa.Column("edited_at", Utc, nullable=False),
    sa.Column("reviewed_by", sa.Text),
    sa.Column("reviewed_at", Utc),
    sa.Column("published_version", sa.Integer),
    sa.Index(
        "uq_item_drafts_code_open",
        "code",
        unique=True,
        sqlite_where=sa.text("state in ('draft', 'review', 'returned')"),
        postgresql_where=sa.text("state in ('draft', 'review', 'returned')"),
    ),
    sa.Index("ix_item_drafts_state_edited_at", "state", "edited_at"),
)

data_elements = sa.Table(
    "data_elements",
    metadata,
    sa.Column("code", sa.Text, primary_key=True, doc="`population.birth_date`: source and attribute"),
    sa.Column("name_zh", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False, doc="text | date | number | boolean | code"),
    sa.Column("format", sa.Text, nullable=False, default=""),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False, doc="key of the office that answers for it"),
    sa.Column("trust", sa.Text, nullable=False, doc="A..D"),
    sa.Column("changed_at", Utc, nullable=False),
)

licence_types = sa.Table(
    "licence_types",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("name_zh", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("office", sa.Text, nullable=False, doc="that defines and issues it"),
    sa.Column("valid_months", sa.Integer, nullable=False, doc="0: open end"),
    sa.Column("holder", sa.Text, nullable=False, doc="personal | legal"),
)

favourites = sa.Table(
    "favourites",
    metadata,
    sa.Column("account_id", sa.Text, primary_key=True),
    sa.Column("item_code", sa.Text, primary_key=True),
    sa.Column("at", Utc, nullable=False),
)
