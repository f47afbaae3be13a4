"""The caseworker's desk: lists most urgent first, the task page, and what is done with a task."""

from collections.abc import Callable, Mapping

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

import forms
from api import current
from api.web import decisions, diagrams, shared
from engine.casework import accounts, cases, form_files, inbox, joined, verbs
from engine.casework.inbox import Filters, TaskView
from engine.casework.pages import Page
from engine.errors import Conflict, NotFound, TongbanError
from engine.transaction import Transaction

pages = Blueprint("desk", __name__, url_prefix="/desk")


def _filters() -> Filters:
    given = {key: request.args.get(key) or None for key in ("item_code", "light", "group")}
    return Filters(query=request.args.get("q", ""), **given)


def _list(tab: str, rows: Callable[[Transaction], Page[inbox.Row]]) -> str:
    with current.engine().read(current.required()) as tx:
        page, counts = rows(tx), inbox.counts(tx)
    return render_template("desk/list.html", page=page, counts=counts, tab=tab, filters=_filters())


@pages.get("", endpoint="mine")
def mine() -> str:
    """我的待办, most urgent first."""
    return _list("mine", lambda tx: inbox.my_tasks(tx, _filters(), after=shared.after()))


@pages.get("/pool", endpoint="pool")
def pool() -> str:
    """待签收: tasks of my groups that nobody holds."""
    return _list("pool", lambda tx: inbox.pool(tx, _filters(), after=shared.after()))


@pages.get("/done", endpoint="done")
def done() -> str:
    """已办, newest first."""
    return _list("done", lambda tx: inbox.done(tx, after=shared.after()))


@pages.post("/pool/claim")
def claim_many() -> Response:
    """批量签收: each in its own transaction; one that somebody else took does not stop the others."""
    inbox.claim_many(current.engine(), current.required(), request.form.getlist("task"))
    return shared.go("desk.mine", "claimed")


@pages.get("/tasks/<task_id>")
def task(task_id: str) -> str | tuple[str, int]:
    """办理: form, facts, clocks and history side by side."""
    return _task(task_id)


def _task(task_id: str, error: TongbanError | None = None, answers: Mapping[str, object] | None = None) -> str:
    engine, actor = current.engine(), current.required()
    with engine.begin(actor) as tx:
        view = inbox.view(tx, task_id)
        queue = inbox.my_tasks(tx, limit=12).rows
        colleagues = accounts.colleagues(tx, view.row.groups, view.row.office)
        made = decisions.of_case(tx, view.case.case_no) if view.case else ()
    fields = _fields(view, answers if answers is not None else view.values, error)
    findings = shared.as_findings(error) if error else ()
    shown = {"view": view, "queue": queue, "fields_of_task": fields, "colleagues": colleagues, "opinion": shared.text("opinion")}
    return render_template("desk/task.html", findings=findings, decisions=made, **shown)


def _fields(view: TaskView, answers: Mapping[str, object], error: TongbanError | None) -> tuple[forms.FieldView, ...]:
    if view.form is None:
        return ()
    errors = shared.errors_by_key(error) if error else {}
    return forms.view(view.form, answers, errors=errors, read_only=not view.can_complete)


def _form_of(task_id: str) -> forms.Form | None:
    with current.engine().begin(current.required()) as tx:
        return inbox.view(tx, task_id).form


def _version() -> int | None:
    return int(shared.text("version")) if shared.text("version").isdigit() else None


@pages.post("/tasks/<task_id>")
def act(task_id: str) -> str | Response | tuple[str, int]:
    """提交 or 暂存 the form of a task."""
    form = _form_of(task_id)
    answers = forms.rearranged(form, shared.posted(form), request.form) if form else {}
    if "_add" in request.form or "_remove" in request.form:
        return _task(task_id, None, answers)
    try:
        return _saved(task_id, answers) if shared.text("step") == "save" else _completed(task_id, answers)
    except NotFound:
        raise
    except TongbanError as error:
        return _task(task_id, error, answers), 409 if isinstance(error, Conflict) else 422


def _saved(task_id: str, answers: Mapping[str, object]) -> Response:
    with current.engine().begin(current.required()) as tx:
        inbox.save_draft(tx, task_id, answers, expected_version=_version())
    return shared.go("desk.task", "saved", task_id=task_id)


def _completed(task_id: str, answers: Mapping[str, object]) -> Response:
    engine, actor = current.engine(), current.required()
    inbox.complete(engine, actor, task_id, answers, expected_version=_version(), opinion=shared.text("opinion"))
    return shared.go("desk.mine", "completed")


@pages.post("/tasks/<task_id>/<verb>")
def do(task_id: str, verb: str) -> str | Response | tuple[str, int]:
    """签收, 退签, 补正, 转办, 委派, 交回, 退回."""
    if verb not in _VERBS:
        raise NotFound(thing=("操作", "the action"), key=verb)
    try:
        return _VERBS[verb](task_id)
    except NotFound:
        raise
    except TongbanError as error:
        return _task(task_id, error), 409 if isinstance(error, Conflict) else 422


def _claim(task_id: str) -> Response:
    with current.engine().begin(current.required()) as tx:
        inbox.claim(tx, task_id)
    return shared.go("desk.task", "claimed", task_id=task_id)


def _unclaim(task_id: str) -> Response:
    with current.engine().begin(current.required()) as tx:
        inbox.unclaim(tx, task_id)
    return shared.go("desk.pool", "unclaimed")


def _supplement(task_id: str) -> Response:
    pairs = zip(request.form.getlist("item_name"), request.form.getlist("item_reason"), strict=False)
    items = [{"name": name.strip(), "reason": reason.strip()} for name, reason in pairs if name.strip()]
    engine, actor = current.engine(), current.required()
    inbox.return_for_supplement(engine, actor, task_id, items, shared.text("reason"), expected_version=_version())
    return shared.go("desk.mine", "supplement")


def _transfer(task_id: str) -> Response:
    with current.engine().begin(current.required()) as tx:
        person = accounts.person(tx, shared.text("person"))
        verbs.transfer(tx, task_id, person.id, person.name, shared.text("reason"))
    return shared.go("desk.mine", "moved")


def _delegate(task_id: str) -> Response:
    with current.engine().begin(current.required()) as tx:
        person = accounts.person(tx, shared.text("person"))
        verbs.delegate(tx, task_id, person.id, person.name, shared.text("reason"))
    return shared.go("desk.mine", "moved")


def _hand_back(task_id: str) -> Response:
    with current.engine().begin(current.required()) as tx:
        verbs.hand_back(tx, task_id, shared.text("reason"))
    return shared.go("desk.mine", "moved")


def _send_back(task_id: str) -> Response:
    verbs.send_back(current.engine(), current.required(), task_id, shared.text("target"), shared.text("reason"))
    return shared.go("desk.mine", "moved")


_VERBS: Mapping[str, Callable[[str], Response]] = {
    "claim": _claim,
    "unclaim": _unclaim,
    "supplement": _supplement,
    "transfer": _transfer,
    "delegate": _delegate,
    "hand-back": _hand_back,
    "send-back": _send_back,
}


@pages.get("/cases", endpoint="cases")
def listing() -> str:
    """办件查询."""
    light, query = request.args.get("light") or None, request.args.get("q", "")
    with current.engine().read(current.required()) as tx:
        page = cases.listing(tx, light=light, query=query, after=shared.after())
    return render_template("desk/cases.html", page=page, query=query, light=light)


@pages.get("/cases/<case_no>")
def case(case_no: str) -> str:
    """办件档案: everything about a case on one page."""
    with current.engine().begin(current.required()) as tx:
        archive = cases.archive(tx, case_no)
        form = form_files.application_form(tx, archive.case.deployment_id)
        drawing = diagrams.of_instance(tx, archive.case.root_id)
        supervisions = verbs.supervisions_of(tx, case_no)
        made = decisions.of_case(tx, case_no)
        family = joined.family(tx, case_no)
    shown = {"archive": archive, "case": archive.case, "form": form, "drawing": drawing, "supervisions": supervisions}
    shown |= {"decisions": made, "family": family, "is_mine": False}
    return render_template("desk/case.html", findings=(), **shown)
