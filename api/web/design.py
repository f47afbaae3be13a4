"""The designer's pages: packages and versions, upload with located findings, diagram, publication, the automatic switch."""

from io import BytesIO

from flask import Blueprint, Response, render_template, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from api import current
from api.web import diagrams, proofs, shared, tables_drawn
from engine.casework import access, catalogue
from engine.errors import Finding, NotFound, TongbanError
from engine.runtime import deploy, listing, plans
from engine.transaction import Transaction
from processes import lint, package, publish

pages = Blueprint("design", __name__, url_prefix="/design")


@pages.get("")
def packages() -> str:
    """流程库: services with their versions, and what is published."""
    with current.engine().read(current.required()) as tx:
        items = catalogue.registered(tx)
        access.require(tx, "definition.view")
        versions = listing.versions(tx)
    return render_template("design/packages.html", items=items, versions=versions)


@pages.route("/upload", methods=["GET", "POST"])
def upload() -> str | AnyResponse | tuple[str, int]:
    """上传: diagrams, tables and forms, or a zip of them; every problem with its place, nothing stored when there is one."""
    actor = current.required()
    with current.engine().read(actor) as tx:
        access.require(tx, "definition.deploy")
    if request.method == "GET":
        return render_template("design/upload.html", findings=(), drawing=None)
    files = {file.filename or "": file.read() for file in request.files.getlist("files") if file.filename}
    try:
        uploaded = package.uploaded(files, key=shared.text("key"))
        made = publish.publish(current.engine(), actor, uploaded, is_draft=True)
    except TongbanError as error:
        return shared.refused("design/upload.html", error, drawing=_seen(files))
    return shared.go("design.version", "uploaded", deployment_id=made.id)


def _seen(files: dict[str, bytes]) -> diagrams.Drawing | None:
    """The refused diagram, drawn if it can be read at all, so that the places can be found."""
    for name, content in files.items():
        if name.endswith(".bpmn"):
            try:
                return diagrams.of_source(content)
            except (TongbanError, IndexError):
                return None
    return None


@pages.get("/versions/<deployment_id>")
def version(deployment_id: str) -> str:
    """One version: its diagrams with outline, its files, its findings."""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "definition.view")
        found = deploy.get(tx, deployment_id)
        files = plans.files_of(tx, deployment_id)
        trial = deploy.trial_of(tx, deployment_id)
        marked = {pid: proofs.marks(plans.plan_of(tx, own), trial) for pid, own in found.definitions.items()}
        drawings = [(pid, diagrams.of_deployment(tx, deployment_id, pid, marked[pid])) for pid in found.definitions]
        others = listing.versions(tx, found.key)
        item = _item(tx, deployment_id)
        may_publish = access.may(tx, "definition.publish")
        manifest = item.manifest if item else {}
    findings = _checked(package.Package(found.key, files, manifest, {}))
    decisions = plans.decisions_of(files)
    shown = {"found": found, "files": files, "drawings": drawings, "others": others, "item": item, "may_publish": may_publish}
    shown |= {
        "problems": findings,
        "tables": tables_drawn.of(decisions, findings),
        "has_decisions": bool(decisions),
        "trial": trial,
    }
    return render_template("design/version.html", findings=(), **shown)


def _checked(stored: package.Package) -> tuple[Finding, ...]:
    """What the checks say of a stored version; its scenarios were played on the way in and are not kept."""
    return tuple(finding for finding in lint.lint(stored) if finding.code != "package.scenarios")


def _item(tx: Transaction, deployment_id: str) -> catalogue.Item | None:
    try:
        return catalogue.of_deployment(tx, deployment_id)
    except NotFound:
        return None


@pages.get("/versions/<deployment_id>/files/<path:name>")
def file(deployment_id: str, name: str) -> Response:
    """A file, byte for byte as it was uploaded."""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "definition.view")
        files = plans.files_of(tx, deployment_id)
    if name not in files:
        raise NotFound(thing=("文件", "the file"), key=name)
    return send_file(
        BytesIO(files[name]), mimetype="application/octet-stream", as_attachment=True, download_name=name.split("/")[-1]
    )


@pages.post("/versions/<deployment_id>/publish")
def release(deployment_id: str) -> AnyResponse:
    """发布: new applications take this version; running ones stay where they are."""
    publish.release(current.engine(), current.required(), deployment_id)
    return shared.go("design.version", "published", deployment_id=deployment_id)


@pages.post("/services/<code>/automatic")
def automatic(code: str) -> AnyResponse:
    """The kill switch of automatic decisions."""
    with current.engine().begin(current.required()) as tx:
        catalogue.set_automatic(tx, code, shared.text("on") == "yes", shared.text("reason"))
    return shared.go("design.packages", "switched")
