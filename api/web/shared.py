"""Small things every page needs: its transaction, what was posted, where to go next."""

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

import forms
from api import current
from engine.casework import uploads
from engine.errors import Finding, Invalid, Severity, TongbanError


def go(endpoint: str, done: str = "", **values: object) -> Response:
    """Redirects after a post; done: a code of navigation.DONE that the next page says in words."""
    return redirect(url_for(endpoint, **({"done": done} if done else {}), **values), code=303)  # type: ignore[arg-type]


def refused(template: str, error: TongbanError, status: int = 422, **values: object) -> tuple[str, int]:
    """The page again with what was wrong; nothing the person typed is lost."""
    findings = as_findings(error)
    return render_template(template, findings=findings, **values), status


def as_findings(error: TongbanError) -> tuple[Finding, ...]:
    """What was wrong as a list: the located findings, else the refusal's own sentence."""
    whole = Finding(Severity.ERROR, error.code, None, error.sentence("en"), error.sentence("zh"))
    return error.findings or (whole,)


def errors_by_key(error: TongbanError) -> dict[str, list[Finding]]:
    """Findings by the field they point at."""
    found: dict[str, list[Finding]] = {}
    for finding in error.findings:
        if finding.pointer:
            found.setdefault(finding.pointer.strip("/"), []).append(finding)
    return found


def posted(form: forms.Form) -> dict[str, object]:
    """The answers in the request's form fields."""
    return forms.read_posted(form, request.form.items(multi=True))


def uploaded(form: forms.Form, answers: Mapping[str, object]) -> dict[str, object]:
    """The answers with the files that came along, stored. Raises Invalid at each field whose file is refused."""
    whole, refused = dict(answers), []
    for leaf in form.leaves():
        if leaf.kind == "filepicker":
            kept, findings = _stored(leaf)
            before = forms.found(answers, leaf.key)
            whole = forms.placed(whole, leaf.key, [*(before if isinstance(before, list) else []), *kept])
            refused += findings
    if refused:
        raise Invalid(findings=refused)
    return whole


def _stored(leaf: forms.Field) -> tuple[list[str], list[Finding]]:
    """Ids of the files posted for a field, and what is wrong with those that were refused."""
    kept, findings = [], []
    for file in request.files.getlist(leaf.key):
        if not file.filename:
            continue
        try:
            kept.append(uploads.add(current.engine(), current.required(), file.filename, file.read()).id)
        except TongbanError as error:
            pointer = f"/{leaf.key.replace('.', '/')}"
            findings.append(Finding(Severity.ERROR, error.code, pointer, error.sentence("en"), error.sentence("zh")))
    return kept, findings


def text(name: str) -> str:
    """A posted text without spaces around it."""
    return request.form.get(name, "").strip()


def after() -> str | None:
    """The cursor of the page asked for."""
    return request.args.get("after") or None


def to(path: str) -> Response:
    """Redirects to a path of this site after a post."""
    return redirect(path, code=303)
