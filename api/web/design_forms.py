"""The form editor: a form taken apart and put together with plain pages, its preview drawn by the pages' own code."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

import forms
from api import current
from api.web import shared
from engine.casework import access, form_drafts
from engine.casework.form_drafts import FormDraft
from engine.errors import Conflict, Invalid, TongbanError
from engine.runtime import deploy, listing, plans
from forms import editing, reader
from processes import publish

pages = Blueprint("design_forms", __name__, url_prefix="/design/forms")


@pages.get("")
def every() -> str:
    """表单: of every package its newest version's forms, and the drafts under way."""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "definition.view")
        newest = {str(row["key"]): row for row in sorted(listing.versions(tx), key=lambda row: row["version"])}
        found = [(v, tuple(form_drafts.forms_of(plans.files_of(tx, str(v["id"]))))) for _, v in sorted(newest.items())]
        drafts = form_drafts.opened(tx)
    return render_template("design/forms.html", packages=[(v, ids) for v, ids in found if ids], drafts=drafts)


@pages.get("/versions/<deployment_id>/<form_id>")
def deployed(deployment_id: str, form_id: str) -> str:
    """A form as it was deployed, drawn as its page draws it."""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "definition.view")
        found = deploy.get(tx, deployment_id)
        _, content = form_drafts.source_of(tx, deployment_id, form_id)
        may_edit = access.may(tx, "definition.deploy")
    views = forms.view(forms.read(content), {}, node=request.args.get("node", ""))
    return render_template("design/form.html", found=found, form_id=form_id, views=views, may_edit=may_edit)


@pages.post("/versions/<deployment_id>/<form_id>")
def start(deployment_id: str, form_id: str) -> AnyResponse:
    """Opens the draft of a form, or a new one from this version."""
    with current.engine().begin(current.required()) as tx:
        draft = form_drafts.start(tx, deployment_id, form_id)
    return shared.go("design_forms.edit", draft_id=draft.id)


@pages.get("/<draft_id>")
def edit(draft_id: str) -> str:
    """The outline, the component being written, and the preview beside it."""
    return _editor(_read(draft_id), request.args.get("at", ""))


def _read(draft_id: str) -> FormDraft:
    with current.engine().read(current.required()) as tx:
        return form_drafts.read(tx, draft_id)


def _editor(
    draft: FormDraft,
    place: str,
    error: TongbanError | None = None,
    *,
    given: Mapping[str, str] | None = None,
    answers: Mapping[str, object] | None = None,
    tried: TongbanError | None = None,
) -> str:
    """given: what was typed about the component and refused. answers, tried: a trial of the preview and what came of it."""
    data: dict[str, Any] = json.loads(draft.source)
    component = editing.at(data, place) if place else None
    errors = shared.errors_by_key(tried) if tried else {}
    node = request.values.get("node", "")
    shown = {
        "rows": editing.outline(data),
        "columns": editing.columns_of(component) if component else (),
        "said": {**(editing.values_of(component) if component else {}), **(given or {})},
        "views": forms.view(forms.read(draft.source.encode()), answers or {}, errors=errors, node=node),
        "findings": shared.as_findings(error) if error else (),
        "tried": shared.as_findings(tried) if tried else (),
        "passed": answers is not None and tried is None,
    }
    width = "phone" if request.values.get("width") == "phone" else "wide"
    with current.engine().read(current.required()) as tx:
        may_edit = access.may(tx, "definition.deploy") and draft.state == "open"
    shown |= {"draft": draft, "place": place, "component": component, "types": editing.TYPES, "node": node, "width": width}
    return render_template("design/form_edit.html", may_edit=may_edit, **shown)


@pages.get("/<draft_id>/form.json")
def download(draft_id: str) -> Response:
    """The form as form-js JSON."""
    draft = _read(draft_id)
    answer = Response(draft.source, mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{draft.form_id}.form.json")
    return answer


@pages.post("/<draft_id>")
def change(draft_id: str) -> str | AnyResponse | tuple[str, int]:
    """Add, write, move, remove, upload, try, store as a version, discard: by the button pressed."""
    draft, what, place = _read(draft_id), shared.text("what"), shared.text("at")
    if what == "try" or "_add" in request.form or "_remove" in request.form:
        return _tried(draft, place)
    try:
        if what == "store":
            made = publish.store_form(current.engine(), current.required(), draft_id)
            return shared.go("design.version", "uploaded", deployment_id=made.id)
        if what == "discard":
            with current.engine().begin(current.required()) as tx:
                form_drafts.discard(tx, draft_id)
            return shared.go("design_forms.every", "removed")
        source, place = _changed(draft, what, place)
        with current.engine().begin(current.required()) as tx:
            seen = shared.text("version")
            form_drafts.save(tx, draft_id, source, expected_version=int(seen) if seen.isdecimal() else None)
    except (Invalid, Conflict) as error:
        given = {name: text for name, text in request.form.items() if what == "save"}
        return _editor(_read(draft_id), place, error, given=given), 409 if isinstance(error, Conflict) else 422
    return shared.go("design_forms.edit", "saved", draft_id=draft_id, at=place or None, node=shared.text("node") or None)


def _changed(draft: FormDraft, what: str, place: str) -> tuple[bytes, str]:
    """(the form as it shall be, the component to show next). Raises Invalid for an upload that is no form of this id."""
    data: dict[str, Any] = json.loads(draft.source)
    if what == "add" and shared.text("kind") in editing.TYPES:
        data, place = editing.added(data, shared.text("kind"), shared.text("inside"))
    elif what == "remove":
        data, place = editing.removed(data, place), ""
    elif what in ("up", "down"):
        data, place = editing.moved(data, place, -1 if what == "up" else 1)
    elif what == "save":
        data = editing.changed(data, place, request.form)
    elif what == "upload":
        given = request.files.get("file")
        return editing.written({**reader.parsed(given.read() if given else b""), "id": draft.form_id}), ""
    return editing.written(data), place


def _tried(draft: FormDraft, place: str) -> str:
    """The preview filled in: rows added, answers checked as the real page checks them."""
    form = forms.read(draft.source.encode())
    answers = forms.rearranged(form, shared.posted(form), request.form)
    if "_add" in request.form or "_remove" in request.form:
        return _editor(draft, place, answers=answers, tried=Invalid())
    try:
        forms.validate(form, answers, node=shared.text("node"))
    except Invalid as error:
        return _editor(draft, place, answers=answers, tried=error)
    return _editor(draft, place, answers=answers)
