"""Cases past their retention period: proposed, appraised, destroyed; and the register of what was destroyed."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata

disposals = sa.Table(
    "disposals",
    metadata,
    # a row leaves when its case is gone to the last file
    sa.Column("case_no", sa.Text, primary_key=True),
    sa.Column("item_code", sa.Text, nullable=False),
    sa.Column("item_zh", sa.Text, nullable=False),
    sa.Column("item_en", sa.Text, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("closed_at", Utc, nullable=False),
    sa.Column("years", sa.Integer, nullable=False, doc="retention period of the version it was opened with"),
    sa.Column("state", sa.Text, nullable=False, doc="proposed | approved | kept | emptying (rows gone, files not yet)"),
    sa.Column("proposed_at", Utc, nullable=False),
    sa.Column("again_at", Utc, doc="of a kept one: when it is proposed again"),
    sa.Column("judged_by", sa.Text, doc="account that approved or kept it"),
    sa.Column("judged_name", sa.Text),
    sa.Column("judged_at", Utc),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("files", Json, nullable=False, doc="keys in the document store that are still to be removed"),
    sa.Index("ix_disposals_state_proposed_at", "state", "proposed_at", "case_no"),
)

destructions = sa.Table(
    "destructions",
    metadata,
    # appended, never changed: each row is chained to the one before
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("case_no", sa.Text, nullable=False, unique=True),
    sa.Column("item_code", sa.Text, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("closed_at", Utc, nullable=False),
    sa.Column("years", sa.Integer, nullable=False),
    sa.Column("approved_by", sa.Text, nullable=False),
    sa.Column("approved_name", sa.Text, nullable=False),
    sa.Column("approved_at", Utc, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("destroyed_by", sa.Text, nullable=False),
    sa.Column("destroyed_name", sa.Text, nullable=False),
    sa.Column("destroyed_at", Utc, nullable=False),
    sa.Column("rows", Json, nullable=False, doc="destroyed rows by table"),
    sa.Column("files", sa.Integer, nullable=False),
    sa.Column("digest", sa.Text, nullable=False, doc="SHA-256 over all that was destroyed"),
    sa.Column("chains", Json, nullable=False, doc="{root id: [rows, head]} of the destroyed history chains"),
    sa.Column("hash", sa.Text, nullable=False, doc="SHA-256 over the previous hash and all columns"),
)
