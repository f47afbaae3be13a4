"""What was deployed: packages, their files, their processes and the events that start them."""

import sqlalchemy as sa

from engine.models.base import Json, Utc, metadata

deployments = sa.Table(
    "deployments",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False, doc="draft | published | retired"),
    sa.Column("manifest", Json, nullable=False),
    sa.Column("digest", sa.Text, nullable=False, doc="sha256 over all files; the same upload twice is one deployment"),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("published_by", sa.Text),
    sa.Column("published_at", Utc),
    sa.Column(
        "trial", Json, doc="what its scenarios met on the way in: {scenarios, elements, flows, met}; None when it had none"
    ),
    sa.UniqueConstraint("key", "version"),
)

resources = sa.Table(
    "resources",
    metadata,
    sa.Column("deployment_id", sa.ForeignKey("deployments.id"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False, doc="as uploaded, byte for byte"),
)

form_drafts = sa.Table(
    "form_drafts",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, doc="of the package"),
    sa.Column("form_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False, doc="of the file in the package"),
    sa.Column("deployment_id", sa.ForeignKey("deployments.id"), nullable=False, doc="the version it started from"),
    sa.Column("source", sa.Text, nullable=False, doc="form-js JSON as it shall be"),
    sa.Column("version", sa.Integer, nullable=False, doc="of the draft: two designers never overwrite each other unseen"),
    sa.Column("state", sa.Text, nullable=False, doc="open | stored | discarded"),
    sa.Column("made_id", sa.Text, doc="the version it became"),
    sa.Column("edited_by", sa.Text, nullable=False),
    sa.Column("edited_name", sa.Text, nullable=False),
    sa.Column("edited_at", Utc, nullable=False),
    sa.Index(
        "uq_form_drafts_key_open",
        "key",
        "form_id",
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    ),
)

definitions = sa.Table(
    "definitions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("deployment_id", sa.ForeignKey("deployments.id"), nullable=False, index=True),
    sa.Column("process_id", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("version_tag", sa.Text),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("resource", sa.Text, nullable=False),
    sa.Column("is_published", sa.Boolean, nullable=False),
    sa.Index("ix_definitions_process_id_version", "process_id", "version", unique=True),
)

element_names = sa.Table(
    "element_names",
    metadata,
    sa.Column("definition_id", sa.ForeignKey("definitions.id"), primary_key=True),
    sa.Column("element_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, doc="as the diagram draws it"),
    sa.Column("name_en", sa.Text, nullable=False, doc="property `name.en` of the element"),
)

start_subscriptions = sa.Table(
    "start_subscriptions",
    metadata,
    sa.Column("definition_id", sa.ForeignKey("definitions.id"), primary_key=True),
    sa.Column("element_id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, doc="of the event definition, for multiple start events"),
    sa.Column("process_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False, doc="message | signal | timer | conditional"),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("due_at", Utc),
    sa.Column("anchor_at", Utc, doc="of a timer: what its repetitions count from"),
    sa.Column("count", sa.Integer, doc="of a timer: which repetition comes next"),
    sa.Column("repeats_left", sa.Integer, doc="of a timer; None = for ever"),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("singleton", sa.Text, doc="process | key: no second instance while one runs"),
    sa.Index("ix_start_subscriptions_kind_name", "kind", "name", "is_active"),
    sa.Index("ix_start_subscriptions_due_at", "due_at"),
)
