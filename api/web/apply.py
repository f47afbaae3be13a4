"""Applying 秒报: choose, don't fill. A draft on the server, prefilled, saved at any time, checked once, submitted once."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

import forms
from api import current
from api.web import shared
from engine.actors import Actor
from engine.casework import applications, authorisations, catalogue, drafts, esign, form_files, licence_library, situations
from engine.casework.applications import Draft
from engine.casework.catalogue import Item
from engine.errors import Finding, Invalid, Severity, TongbanError
from engine.transaction import Transaction

pages = Blueprint("apply", __name__, url_prefix="/apply")


@dataclass(frozen=True, slots=True)
class _Opened:
    """A draft with what its pages show. party: for whom it is, when that is somebody else. situation: as answered so far."""

    draft: Draft
    item: Item
    form: forms.Form
    party: Actor | None
    situation: situations.Personal


@pages.post("/<code>")
def start(code: str) -> Response:
    """Opens (or finds) the applicant's draft of a service; what was answered before it goes along."""
    mandate = shared.text("for") or None
    with current.engine().read(current.required()) as tx:
        if situations.of(tx, catalogue.item(tx, code), request.form).stops:
            return shared.go("start.before", code=code, **request.form.to_dict())
    asked = {"situation": request.form, "authorisation_id": mandate}
    draft = applications.open_draft(current.engine(), current.required(), code, **asked)
    if drafts.PREFILL not in draft.consents and not draft.case_no:
        with current.engine().begin(current.required()) as tx:
            applications.consent(tx, draft.id, drafts.PREFILL)
    return shared.go("apply.fill", draft_id=draft.id)


def _open(draft_id: str) -> _Opened:
    with current.engine().read(current.required()) as tx:
        draft = applications.read_draft(tx, draft_id)
        item = catalogue.of_deployment(tx, draft.deployment_id)
        party = authorisations.party(tx, draft.authorisation_id, item.code) if draft.authorisation_id else None
        situation = situations.of(tx, item, {**(draft.situation or {}), **draft.answers})
        return _Opened(draft, item, form_files.form(tx, draft.deployment_id, draft.form_id), party, situation)


@pages.get("/drafts/<draft_id>")
def fill(draft_id: str) -> str | Response:
    """填表: one page, prefilled; what the city knows for certain cannot be typed over."""
    opened = _open(draft_id)
    if opened.draft.case_no:
        return shared.go("my.case", case_no=opened.draft.case_no)
    return _form(opened, opened.draft.answers)


def _form(opened: _Opened, answers: Mapping[str, object], error: TongbanError | None = None) -> str:
    errors = shared.errors_by_key(error) if error else {}
    views = forms.view(opened.form, answers, facts=opened.draft.facts, errors=errors)
    findings = shared.as_findings(error) if error else ()
    return render_template("apply/fill.html", opened=opened, draft=opened.draft, item=opened.item, views=views, findings=findings)


@pages.post("/drafts/<draft_id>")
def save(draft_id: str) -> str | Response | tuple[str, int]:
    """Saves what was typed; going on to the check needs a form without errors."""
    opened = _open(draft_id)
    answers = forms.rearranged(opened.form, shared.posted(opened.form), request.form)
    seen = shared.text("version")
    try:
        answers = shared.uploaded(opened.form, answers)
        with current.engine().begin(current.required()) as tx:
            applications.save(tx, draft_id, answers, expected_version=int(seen) if seen.isdecimal() else None)
    except drafts.DraftChanged as error:
        return _form(opened, answers, error), 409
    except Invalid as error:
        return _form(opened, answers, error), 422
    opened = _open(draft_id)
    if "_add" in request.form or "_remove" in request.form:
        return _form(opened, opened.draft.answers)
    if request.form.get("step") == "save":
        return shared.go("apply.fill", "saved", draft_id=draft_id)
    try:
        _checked(opened)
    except Invalid as error:
        return _form(opened, opened.draft.answers, error), 422
    return shared.go("apply.check", draft_id=draft_id)


def _checked(opened: _Opened) -> None:
    facts = opened.draft.facts
    trusted = {name: fact.value for name, fact in facts.items() if fact.trust == "A"}
    answers = forms.completed(opened.form, opened.draft.answers, facts)
    forms.validate(opened.form, answers, facts=trusted, data=forms.known(opened.form, facts))


@pages.get("/drafts/<draft_id>/check")
def check(draft_id: str) -> str | Response:
    """核对: everything on one page, consent, one button."""
    opened = _open(draft_id)
    if opened.draft.case_no:
        return shared.go("my.case", case_no=opened.draft.case_no)
    try:
        _checked(opened)
    except Invalid:
        return shared.go("apply.fill", draft_id=draft_id)
    return _summary(opened)


def _summary(opened: _Opened, findings: tuple[Finding, ...] = ()) -> str:
    views = forms.view(opened.form, opened.draft.answers, facts=opened.draft.facts, read_only=True)
    with current.engine().read(current.required()) as tx:
        materials = _materials(tx, opened)
    sources = sorted({name.partition(".")[0] for name in forms.bindings(opened.form)})
    shown = {"opened": opened, "draft": opened.draft, "item": opened.item, "views": views, "findings": findings}
    return render_template("apply/check.html", materials=materials, sources=sources, **shown)


def _materials(tx: Transaction, opened: _Opened) -> tuple[tuple[Mapping[str, object], licence_library.Licence | None], ...]:
    """The materials of the service in this situation, each with the licence that stands for it."""
    return licence_library.materials_of(tx, opened.draft.subject or "", opened.item.manifest, opened.situation.answers)


@pages.post("/drafts/<draft_id>/submit")
def submit(draft_id: str) -> Response | tuple[str, int]:
    """提交: once, however often the button is pressed."""
    opened = _open(draft_id)
    if opened.draft.case_no:
        return shared.go("my.case", case_no=opened.draft.case_no)
    if request.form.get("consent") != "yes":
        missing = Finding(
            Severity.ERROR, "consent.missing", "/consent", "Tick that your data may be checked.", "请勾选同意核验数据。"
        )
        return _summary(opened, (missing,)), 422
    with current.engine().begin(current.required()) as tx:
        applications.consent(tx, draft_id, drafts.SHARING)
        if any(licence for _, licence in _materials(tx, opened)):
            applications.consent(tx, draft_id, drafts.LICENCES, is_given=request.form.get("licences") == "yes")
    try:
        esign.sign(current.engine(), current.required(), draft_id)
        done = applications.submit(current.engine(), current.required(), draft_id, {}, idempotency_key=f"draft:{draft_id}")
    except esign.SignatureUnavailable as error:
        return _summary(opened, shared.as_findings(error)), 503
    except Invalid as error:
        return _form(opened, opened.draft.answers, error), 422
    return shared.go("my.case", case_no=done.case_no)


@pages.post("/drafts/<draft_id>/discard")
def discard(draft_id: str) -> Response:
    """Throws an open draft away."""
    with current.engine().begin(current.required()) as tx:
        applications.discard(tx, draft_id)
    return shared.go("my.cases")
