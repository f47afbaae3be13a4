"""好差评: one rating for each service, and what was done about a bad one."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata

ratings = sa.Table(
    "ratings",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_no", sa.Text, nullable=False, unique=True, doc="one rating for each service; a duplicate is refused here"),
    sa.Column("item_code", sa.Text, nullable=False),
    sa.Column("item_zh", sa.Text, nullable=False),
    sa.Column("item_en", sa.Text, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("level", sa.Integer, nullable=False, doc="1 very satisfied … 5 very dissatisfied; 4 and 5 are bad"),
    sa.Column("channel", sa.Text, nullable=False, doc="pc | mobile | qr | tablet | terminal | phone | sms"),
    sa.Column("reasons", Json, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("is_anonymous", sa.Boolean, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("handled_by", sa.Text, doc="officer who handled the case, None when it was automatic"),
    sa.Column("at", Utc, nullable=False),
    sa.Column(
        "state",
        sa.Text,
        nullable=False,
        doc="counted | verifying | rectifying | answered | settled | escalated | appealed | invalid",
    ),
    sa.Column("review_no", sa.Text, unique=True, doc="case number of the rectification"),
    sa.Column("review_kind", sa.Text, nullable=False, default="", doc="clear | complex | groundless | false"),
    sa.Column("answer", sa.Text, nullable=False, default=""),
    sa.Column("called_back_at", Utc),
    sa.Column("answered_at", Utc),
    sa.Column("rerating", sa.Integer, doc="1 satisfied | 2 basically | 3 dissatisfied with the rectification"),
    sa.Column("rerated_at", Utc),
    sa.Column("appeal", sa.Text, nullable=False, default=""),
    sa.Column("appeal_ruling", sa.Text, nullable=False, default="", doc="valid | invalid"),
    sa.Index("ix_ratings_office_at", "office", "at"),
    sa.Index("ix_ratings_item_code_at", "item_code", "at"),
    sa.Index("ix_ratings_state_at", "state", "at"),
)
