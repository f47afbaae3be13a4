"""Applying 秒报: choose, don't fill. A draft on the server, prefilled, saved at any time, checked once, submitted once."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

import forms
from api import current
from api.web import shared
from engine.casework import applications, catalogue, form_files
from engine.casework.applications import Draft
from engine.casework.catalogue import Item
from engine.errors import Finding, Invalid, Severity, TongbanError

pages = Blueprint("apply", __name__, url_prefix="/apply")
CONSENT = "data-sharing"


@dataclass(frozen=True, slots=True)
class _Opened:
    """A draft with what its pages show."""

    draft: Draft
    item: Item
    form: forms.Form


@pages.post("/<code>")
def start(code: str) -> Response:
    """Opens (or finds) the applicant's draft of a service."""
    draft = applications.open_draft(current.engine(), current.required(), code)
    return shared.go("apply.fill", draft_id=draft.id)


def _open(draft_id: str) -> _Opened:
    with current.engine().read(current.required()) as tx:
        draft = applications.read_draft(tx, draft_id)
        item = catalogue.of_deployment(tx, draft.deployment_id)
        return _Opened(draft, item, form_files.form(tx, draft.deployment_id, draft.form_id))


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
    return render_template("apply/fill.html", draft=opened.draft, item=opened.item, views=views, findings=findings)


@pages.post("/drafts/<draft_id>")
def save(draft_id: str) -> str | Response | tuple[str, int]:
    """Saves what was typed; going on to the check needs a form without errors."""
    opened = _open(draft_id)
    answers = forms.rearranged(opened.form, shared.posted(opened.form), request.form)
    with current.engine().begin(current.required()) as tx:
        applications.save(tx, draft_id, answers)
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
    trusted = {name: fact.value for name, fact in opened.draft.facts.items() if fact.trust == "A"}
    forms.validate(opened.form, opened.draft.answers, facts=trusted)


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
    return render_template("apply/check.html", draft=opened.draft, item=opened.item, views=views, findings=findings)


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
        applications.consent(tx, draft_id, CONSENT)
    try:
        done = applications.submit(current.engine(), current.required(), draft_id, {}, idempotency_key=f"draft:{draft_id}")
    except Invalid as error:
        return _form(opened, opened.draft.answers, error), 422
    return shared.go("my.case", case_no=done.case_no)


@pages.post("/drafts/<draft_id>/discard")
def discard(draft_id: str) -> Response:
    """Throws an open draft away."""
    with current.engine().begin(current.required()) as tx:
        applications.discard(tx, draft_id)
    return shared.go("my.cases")
