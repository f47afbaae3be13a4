"""The caseworker's desk: lists most urgent first, the task page, and what is done with a task."""

from collections.abc import Callable, Mapping

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

import forms
from api import current, security
from api.web import decisions, desk_verbs, diagrams, exports, live, shared, tables
from engine.casework import (
    access,
    accounts,
    case_files,
    case_rows,
    cases,
    catalogue,
    form_files,
    inbox,
    inbox_columns,
    inbox_marks,
    joined,
    material_checks,
    people,
    remarks,
    verbs,
)
from engine.casework.inbox import TaskView
from engine.casework.pages import Page
from engine.casework.view import Case
from engine.errors import Conflict, NotFound, TongbanError
from engine.transaction import Transaction

pages = Blueprint("desk", __name__, url_prefix="/desk")


_ROWS: Mapping[str, Callable[[Transaction, str | None, int], Page[inbox.Row]]] = {
    "mine": lambda tx, after, limit: inbox.my_tasks(tx, live.filters(), after=after, limit=limit),
    "pool": lambda tx, after, limit: inbox.pool(tx, live.filters(), after=after, limit=limit),
    "done": lambda tx, after, limit: inbox.done(tx, after=after, limit=limit),
}


def _list(tab: str) -> str:
    with current.engine().read(current.required()) as tx:
        page, counts = _ROWS[tab](tx, shared.after(), 50), inbox.counts(tx)
        shown = {
            "read": inbox_marks.read_ones(tx, [row.task_id for row in page.rows]),
            "saved": inbox_marks.filters(tx),
            "colleagues": accounts.colleagues(tx, (), current.required().office),
            "may_take_back": verbs.take_back_candidates(tx, page.rows[:20]) if tab == "done" else frozenset(),
            "columns": inbox_columns.columns(tx, live.filters().item_code),
            "values": inbox_columns.values(tx, live.filters().item_code, [row.case_no for row in page.rows]),
            "services": catalogue.of_office(tx, current.required().office or ""),
            "mark": live.mark(tx, tab, live.filters()) if tab != "done" else "",
        }
    return render_template("desk/list.html", page=page, counts=counts, tab=tab, filters=live.filters(), **shown)


@pages.get("", endpoint="mine")
def mine() -> str:
    """我的待办, most urgent first."""
    return _list("mine")


@pages.get("/pool", endpoint="pool")
def pool() -> str:
    """待签收: tasks of my groups that nobody holds."""
    return _list("pool")


@pages.get("/done", endpoint="done")
def done() -> str:
    """已办, newest first."""
    return _list("done")


@pages.get("/<tab>.csv")
def exported(tab: str) -> Response:
    """The list as CSV: every row of its filter, in the words of the screen."""
    with current.engine().read(current.required()) as tx:
        if tab == "cases":
            fetch = lambda after: _cases(tx, after, 100)  # noqa: E731  # both lists are walked in one way
            return exports.csv_file("cases", *tables.cases(list(exports.every(fetch))))
        if tab not in _ROWS:
            raise NotFound(thing=("列表", "the list"), key=tab)
        rows = list(exports.every(lambda after: _ROWS[tab](tx, after, 100)))
        columns = inbox_columns.columns(tx, live.filters().item_code)
        values = inbox_columns.values(tx, live.filters().item_code, [row.case_no for row in rows])
    return exports.csv_file(tab, *tables.tasks(rows, columns, values))


@pages.post("/bulk/<what>")
def bulk(what: str) -> str:
    """批量签收, 派单, 办结, 延期: what came of each row."""
    if what not in ("claim", "assign", "dispatch", "complete", "extend"):
        raise NotFound(thing=("操作", "the action"), key=what)
    keys = request.form.getlist("task") or request.form.getlist("case")
    results = desk_verbs.bulk_results(what, keys)
    with current.engine().read(current.required()) as tx:
        names = {row.task_id: row for row in inbox.named(tx, keys)}
    return render_template("desk/results.html", results=results, names=names, back=request.form.get("back", "/desk"))


@pages.post("/filters")
def save_filter() -> Response:
    """保存筛选."""
    desk_verbs.save_filter()
    return desk_verbs.back("saved")


@pages.post("/filters/<filter_id>/forget")
def forget_filter(filter_id: str) -> Response:
    """删除筛选."""
    with current.engine().begin(current.required()) as tx:
        inbox_marks.forget(tx, filter_id)
    return desk_verbs.back("removed")


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
        inbox_marks.mark_read(tx, task_id)
        queue = inbox.my_tasks(tx, limit=12).rows
        colleagues = accounts.colleagues(tx, view.row.groups, view.row.office)
        beside = _beside(tx, view)
        made = decisions.of_case(tx, view.row.case_no or "")
    fields = _fields(view, answers if answers is not None else view.values, error)
    findings = shared.as_findings(error) if error else ()
    shown = {
        "view": view,
        "queue": queue,
        "fields_of_task": fields,
        "colleagues": colleagues,
        "opinion": request.form.get("opinion", view.draft_opinion),
    }
    shown |= {**beside, "back": request.values.get("back", "")}
    security.may_frame_own()
    return render_template("desk/task.html", findings=findings, decisions=made, **shown)


def _beside(tx: Transaction, view: TaskView) -> dict[str, object]:
    """What stands beside the form: materials with their checks, files, remarks."""
    case_no = view.case.case_no if view.case else ""
    row = case_rows.find(tx, case_no) if case_no else None
    checks = material_checks.of_case(tx, row) if row else ()
    return {
        "checks": checks,
        "pauses": verbs.pauses_of(tx, case_no),
        "wanting": desk_verbs.items() or material_checks.wanting(checks),
        "files": case_files.of_case(tx, case_no) if row else (),
        "remarks": remarks.of_case(tx, case_no) if row and access.may(tx, "case.remark", case_rows.about(row)) else (),
    }


def _fields(view: TaskView, answers: Mapping[str, object], error: TongbanError | None) -> tuple[forms.FieldView, ...]:
    if view.form is None:
        return ()
    errors = shared.errors_by_key(error) if error else {}
    given = {"data": view.data, "node": view.row.element_id}
    return forms.view(view.form, answers, errors=errors, read_only=not view.can_complete, **given)


def _form_of(task_id: str) -> forms.Form | None:
    with current.engine().begin(current.required()) as tx:
        return inbox.view(tx, task_id).form


@pages.post("/tasks/<task_id>")
def act(task_id: str) -> str | Response | tuple[str, int]:
    """提交 or 暂存 the form of a task."""
    form = _form_of(task_id)
    answers = forms.rearranged(form, shared.posted(form), request.form) if form else {}
    try:
        answers = shared.uploaded(form, answers) if form else answers
        if "_add" in request.form or "_remove" in request.form:
            return _task(task_id, None, answers)
        return _saved(task_id, answers) if shared.text("step") == "save" else _completed(task_id, answers)
    except NotFound:
        raise
    except TongbanError as error:
        return _task(task_id, error, answers), 409 if isinstance(error, Conflict) else 422


def _saved(task_id: str, answers: Mapping[str, object]) -> Response:
    with current.engine().begin(current.required()) as tx:
        inbox.save_draft(tx, task_id, answers, opinion=shared.text("opinion"), expected_version=desk_verbs.version())
    return shared.go("desk.task", "saved", task_id=task_id, back=shared.text("back") or None)


def _completed(task_id: str, answers: Mapping[str, object]) -> Response:
    engine, actor = current.engine(), current.required()
    inbox.complete(engine, actor, task_id, answers, expected_version=desk_verbs.version(), opinion=shared.text("opinion"))
    return desk_verbs.back("completed")


@pages.post("/tasks/<task_id>/<verb>")
def do(task_id: str, verb: str) -> str | Response | tuple[str, int]:
    """签收, 退签, 派单, 补正, 转办, 委派, 交回, 退回, 加签, 减签, 签署, 撤回, 逐项审核, 停表申请; rewrite: back from
    the notice's preview to what was typed about it."""
    if verb == "rewrite":
        return _task(task_id)
    if verb not in desk_verbs.VERBS:
        raise NotFound(thing=("操作", "the action"), key=verb)
    try:
        return desk_verbs.VERBS[verb](task_id)
    except NotFound:
        raise
    except TongbanError as error:
        return _task(task_id, error), 409 if isinstance(error, Conflict) else 422


def _cases(tx: Transaction, after: str | None, limit: int) -> Page[Case]:
    light, query = request.args.get("light") or None, request.args.get("q", "")
    return cases.listing(tx, light=light, query=query, item_code=request.args.get("item_code"), after=after, limit=limit)


@pages.get("/cases", endpoint="cases")
def listing() -> str:
    """办件查询."""
    with current.engine().read(current.required()) as tx:
        page = _cases(tx, shared.after(), 50)
    return render_template("desk/cases.html", page=page, query=request.args.get("q", ""), light=request.args.get("light") or None)


@pages.get("/tasks/<task_id>/pause")
def pause(task_id: str) -> Response:
    """特别程序/停表申请, where it stands on the task page."""
    return shared.to(url_for("desk.task", task_id=task_id, _anchor="special"))


@pages.get("/cases/<case_no>")
def case(case_no: str) -> str:
    """办件档案: everything about a case on one page."""
    return case_page(case_no)


def case_page(case_no: str, error: TongbanError | None = None) -> str:
    """The page of a case, with what was refused."""
    with current.engine().begin(current.required()) as tx:
        archive = cases.archive(tx, case_no)
        form = form_files.application_form(tx, archive.case.deployment_id)
        drawing = diagrams.of_instance(tx, archive.case.root_id)
        supervisions = verbs.supervisions_of(tx, case_no)
        files, said = case_files.of_case(tx, case_no), remarks.of_case(tx, case_no)
        copies = verbs.copies_for(tx, case_no=case_no)
        names = {copy.account_id: people.name(tx, copy.account_id) for copy in copies}
        colleagues = accounts.colleagues(tx, (), archive.case.office)
        made = decisions.of_case(tx, case_no)
        family = joined.family(tx, case_no)
        pauses = verbs.pauses_of(tx, case_no)
    shown = {"archive": archive, "case": archive.case, "form": form, "drawing": drawing, "supervisions": supervisions}
    shown |= {"decisions": made, "family": family, "pauses": pauses, "is_mine": False}
    shown |= {"files": files, "remarks": said, "copies": copies, "names": names, "colleagues": colleagues}
    return render_template("desk/case.html", findings=shared.as_findings(error) if error else (), **shown)
