"""What the city itself says of working days and hours, over the published calendar; each change is an edition."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata

calendar_days = sa.Table(
    "calendar_days",
    metadata,
    sa.Column("office", sa.Text, primary_key=True, doc="empty: the whole city"),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("is_workday", sa.Boolean, nullable=False),
    sa.Column("zh", sa.Text, nullable=False, doc="why: 春节, 调休"),
    sa.Column("en", sa.Text, nullable=False),
)

calendar_years = sa.Table(
    "calendar_years",
    metadata,
    # years whose schedule the city has entered by hand, before the published calendar knows them
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
)

office_hours = sa.Table(
    "office_hours",
    metadata,
    sa.Column("office", sa.Text, primary_key=True, doc="empty: every office without hours of its own"),
    sa.Column("hours", Json, nullable=False, doc="[[from, to], …], HH:MM"),
)

calendar_editions = sa.Table(
    "calendar_editions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False, unique=True),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("by_id", sa.Text, nullable=False),
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("state", sa.Text, nullable=False, doc="recomputing | done"),
    sa.Column("after", sa.Text, nullable=False, doc="id of the last clock looked at"),
    sa.Column("looked_at", sa.Integer, nullable=False),
    sa.Column("changed", sa.Integer, nullable=False),
)
