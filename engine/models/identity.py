"""Local accounts, their sessions and API tokens. Secrets are never stored: passwords as Argon2id, tokens as SHA-256."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False, doc="citizen | enterprise | officer"),
    sa.Column("subject", sa.Text, index=True, doc="identity number or credit code of the party acted for"),
    sa.Column("office", sa.Text, index=True),
    sa.Column("roles", Json, nullable=False),
    sa.Column("groups", Json, nullable=False),
    sa.Column("title_zh", sa.Text, nullable=False, default=""),
    sa.Column("title_en", sa.Text, nullable=False, default=""),
    sa.Column("password", sa.Text, doc="Argon2id; NULL: cannot sign in by password"),
    sa.Column("is_active", sa.Boolean, nullable=False, default=True),
    sa.Column("position", sa.Integer, nullable=False, default=0, doc="order among the one-click people of a demo"),
    sa.Column("failures", sa.Integer, nullable=False, default=0, doc="wrong passwords in a row"),
    sa.Column("locked_until", Utc),
    sa.Column("created_at", Utc, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True, doc="sha256 of the cookie's token"),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False, doc="browser | token"),
    sa.Column("label", sa.Text, nullable=False, default="", doc="what an API token is for"),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
    sa.Column("expires_at", Utc, nullable=False, index=True),
)
