"""迁移: which running instances would move to another version, and why others cannot; then, by whoever may, the move itself."""

from flask import Blueprint, render_template, request

from api import current
from api.web import shared
from engine.casework import access
from engine.errors import Finding, Invalid, Severity
from engine.runtime import listing, migrations

pages = Blueprint("migrations", __name__, url_prefix="/design/processes")


@pages.get("/<process_id>/migration")
def plan(process_id: str) -> str:
    """The plan from one version to another, in groups of instances that stand alike; nothing is changed."""
    mapping = request.args.get("mapping", "")
    with current.engine().read(current.required()) as tx:
        access.require(tx, "definition.view")
        versions = listing.definitions_of(tx, process_id)
        old, new = _chosen(versions)
        made = migrations.dry_run(tx, old, new, _pairs(mapping)) if old and new and old != new else None
        may = access.may(tx, "instance.migrate")
    shown = {"process_id": process_id, "versions": versions, "old": old, "new": new, "mapping": mapping}
    return render_template("design/migration.html", plan=made, may_migrate=may, results=(), **shown)


@pages.post("/<process_id>/migration")
def run(process_id: str) -> str:
    """Moves them one by one; the page says of each what became of it."""
    actor, engine = current.required(), current.engine()
    old, new, mapping = shared.text("from"), shared.text("to"), shared.text("mapping")
    with engine.read(actor) as tx:
        access.require(tx, "instance.migrate")
        versions = listing.definitions_of(tx, process_id)
    options = {"actor": actor, "reason": shared.text("reason")}
    results = tuple(migrations.batch(engine, old, new, _pairs(mapping), **options))  # type: ignore[arg-type]  # by name
    with engine.read(actor) as tx:
        made = migrations.dry_run(tx, old, new, _pairs(mapping))
    shown = {"process_id": process_id, "versions": versions, "old": old, "new": new, "mapping": mapping}
    return render_template("design/migration.html", plan=made, may_migrate=True, results=results, **shown)


def _chosen(versions: list[dict[str, object]]) -> tuple[str, str]:
    """What was asked for, else from the version before the newest to the published or newest one."""
    ids = [str(row["id"]) for row in versions]
    published = next((str(row["id"]) for row in versions if row["is_published"]), ids[0] if ids else "")
    others = [each for each in ids if each != published]
    return request.args.get("from") or (others[0] if others else ""), request.args.get("to") or published


def _pairs(text: str) -> dict[str, str]:
    """Lines `old = new`."""
    found: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        old, sign, new = (part.strip() for part in line.partition("="))
        if not sign or not old or not new:
            said = (f"Expected a line `old = new`, found `{line}`.", f"每行应为“原环节 = 新环节”，而不是“{line}”。")
            raise Invalid(findings=(Finding(Severity.ERROR, "migration.mapping", "/mapping", *said),))
        found[old] = new
    return found
