"""Moving running instances to another version: the plan first, then one by one."""

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields, validate

from api import current
from api.rest.deployments import Noticed
from api.rest.room import Room
from engine.casework import access
from engine.runtime import migrations

rest = Room("rest_migrations", __name__, description="版本迁移 · Migrations")
_MOST = 1_000


class MigrationWanted(Schema):
    """from_version, to_version: of the process; without the latter the published one. mapping: old element ids to new ones, laid
    over what suggests itself. instance_ids: only these; without it all that run."""

    process_id = fields.String(required=True)
    from_version = fields.Integer(required=True)
    to_version = fields.Integer(load_default=None)
    mapping = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    instance_ids = fields.List(fields.String(), load_default=None, validate=validate.Length(max=_MOST))
    dry_run = fields.Boolean(load_default=False)
    reason = fields.String(load_default="", validate=validate.Length(max=500))


class MigrationGroup(Schema):
    """Instances that stand alike. reasons: why they cannot move; empty when they can."""

    elements = fields.List(fields.String(), required=True)
    count = fields.Integer(required=True)
    can_move = fields.Boolean(required=True)
    reasons = fields.List(fields.Nested(Noticed), required=True)
    shown = fields.List(fields.String(), required=True, metadata={"description": "ids of some of them"})


class MigrationPlanShown(Schema):
    """What the migration would do."""

    process_id = fields.String(required=True)
    from_version = fields.Integer(required=True)
    to_version = fields.Integer(required=True)
    mapping = fields.Dict(required=True)
    unmapped = fields.List(fields.String(), required=True)
    will_move = fields.Integer(required=True)
    cannot = fields.Integer(required=True)
    groups = fields.List(fields.Nested(MigrationGroup), required=True)


class MigratedInstance(Schema):
    """What became of one instance."""

    instance_id = fields.String(required=True)
    has_moved = fields.Boolean(required=True)
    reasons = fields.List(fields.Nested(Noticed), required=True)


class MigrationDone(Schema):
    """The plan, and what became of each instance; nothing did when it was a dry run."""

    plan = fields.Nested(MigrationPlanShown, required=True)
    results = fields.List(fields.Nested(MigratedInstance), required=True)


@rest.post("/migrations")
@rest.arguments(MigrationWanted)
@rest.response(200, MigrationDone)
def migrate(given: dict[str, Any]) -> dict[str, Any]:
    """版本迁移 · Plans (`dry_run`) or does it, item by item; due dates, drafts, job ids and subscriptions stay"""
    actor, engine = current.required(), current.engine()
    with engine.read(actor) as tx:
        access.require(tx, "definition.view" if given["dry_run"] else "instance.migrate")
        ids = [migrations.version(tx, given["process_id"], given[name]) for name in ("from_version", "to_version")]
        plan = migrations.dry_run(tx, *ids, given["mapping"], instance_ids=given["instance_ids"])
    options = {"actor": actor, "instance_ids": given["instance_ids"], "reason": given["reason"]}
    done = [] if given["dry_run"] else list(migrations.batch(engine, *ids, given["mapping"], **options))
    return {"plan": plan, "results": [{**asdict(each), "reasons": each.reasons} for each in done]}
