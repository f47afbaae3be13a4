"""From a package to a version that citizens can use: checked, tried, deployed, published, with four eyes."""

from dataclasses import replace

from engine.actors import SYSTEM, Actor
from engine.casework import access, catalogue, form_drafts
from engine.errors import Conflict, Finding, Invalid, NotFound, Severity
from engine.runtime import deploy
from engine.runtime.deploy import Deployment
from engine.transaction import Engine, Transaction
from processes import needs, second_opinion
from processes.lint import lint
from processes.package import Package
from processes.scenarios import Report, run_all
from processes.second_opinion import EnginesDiffer


class OwnUpload(Conflict):
    """Expected somebody other than {who} to publish this version, because {who} uploaded it; ask a colleague who may publish."""

    zh = "该版本由 {who} 上传，须由另一位有发布权限的人员发布（四眼）。"


class ScenariosFailed(Invalid):
    """Expected every scenario of {key} to pass, but {count} did not; each difference is listed."""

    zh = "{key} 有 {count} 处情景结果与预期不符，请逐条核对。"


def publish(engine: Engine, actor: Actor, package: Package, *, is_draft: bool = False) -> Deployment:
    """Stores a version and, unless a draft, publishes it; its findings are all that the checks noticed. Nothing is stored when a
    finding is an error or a scenario fails.

    Raises Invalid, ScenariosFailed, EnginesDiffer, NotYours."""
    with engine.read(actor) as tx:
        access.require(tx, "definition.deploy" if is_draft else "definition.publish")
    findings = lint(package)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        raise Invalid(findings=errors)
    report = _try(package)
    with engine.begin(actor) as tx:
        _bring_in(tx, package)
        made = _store(tx, package)
        if report.results:
            deploy.keep_trial(tx, made.id, _trial(report))
        made = made if is_draft else _release(tx, made.id)
        return replace(made, findings=tuple(findings))


def store(engine: Engine, package: Package) -> Deployment:
    """Stores and publishes a package that this build was tested with; for seeding a city."""
    with engine.begin(SYSTEM) as tx:
        _bring_in(tx, package)
        return _release(tx, _store(tx, package).id)


def _bring_in(tx: Transaction, package: Package) -> None:
    """What the package calls is there before it; a version that the city has already published stays."""
    for needed in needs.of(package):
        if not deploy.is_published(tx, needed.key):
            _release(tx, _store(tx, needed).id)


def _try(package: Package) -> Report:
    """Every scenario passes, and the second engine takes the same ways; a package without scenarios is rehearsed by both."""
    report = run_all(package) if package.manifest else Report((), (), 1.0)
    wrong = [
        Finding(Severity.ERROR, "scenario.differs", result.name, f"{result.name}: {text}", f"情景“{result.name}”：{text}")
        for result in report.results
        for text in result.differences
    ]
    if wrong:
        raise ScenariosFailed(findings=wrong, key=package.key)
    opinions = second_opinion.judge(package, {result.name: result.played for result in report.results})
    differing = second_opinion.differences(opinions)
    if differing:
        raise EnginesDiffer(findings=differing, key=package.key)
    return report


def _trial(report: Report) -> dict[str, object]:
    """What of a report is kept with the version."""
    shares = {"elements": report.element_coverage, "flows": report.flow_coverage}
    return {"scenarios": len(report.results), **shares, "met": sorted(report.met)}


def _store(tx: Transaction, package: Package) -> Deployment:
    made = deploy.deploy(tx, package.key, package.files, manifest=package.manifest)
    if "item" in package.manifest and not _is_registered(tx, made.id):
        catalogue.register(tx, made.id, package.manifest)
    return made


def _is_registered(tx: Transaction, deployment_id: str) -> bool:
    try:
        catalogue.of_deployment(tx, deployment_id)
    except NotFound:
        return False
    return True


def _release(tx: Transaction, deployment_id: str) -> Deployment:
    made = deploy.publish(tx, deployment_id)
    if _is_registered(tx, deployment_id):
        catalogue.publish(tx, deployment_id)
    return made


def release(engine: Engine, actor: Actor, deployment_id: str) -> Deployment:
    """Publishes a stored draft; whoever uploaded it may not (DOMAIN: two persons). Raises NotFound, OwnUpload, NotYours."""
    with engine.begin(actor) as tx:
        access.require(tx, "definition.publish")
        if deploy.uploader(tx, deployment_id) == actor.id:
            raise OwnUpload(who=actor.name)
        return _release(tx, deployment_id)


def store_form(engine: Engine, actor: Actor, draft_id: str) -> Deployment:
    """The draft of a form becomes a new version of its package, checked like an upload; somebody else publishes it.

    Raises Invalid, EnginesDiffer, FormOvertaken, FormDraftEnded, NotYours."""
    with engine.read(actor) as tx:
        draft, files = form_drafts.files(tx, draft_id)
        manifest = deploy.manifest_of(tx, draft.deployment_id)
    made = publish(engine, actor, Package(draft.key, files, manifest, {}), is_draft=True)
    with engine.begin(actor) as tx:
        form_drafts.stored(tx, draft_id, made.id)
    return made
