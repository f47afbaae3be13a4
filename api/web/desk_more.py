"""What hangs on a case beside its tasks: files, remarks, read copies, answers to supervision; phrases, deputies, notices."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Response as FileResponse
from flask import render_template, request
from werkzeug.wrappers import Response

from api import current
from api.web import desk_verbs, shared
from api.web.desk import case_page, pages
from engine.casework import accounts, case_files, catalogue, remarks, substitution, verbs
from engine.casework.substitution import Substitution
from engine.errors import Conflict, Finding, Invalid, NotFound, Severity, TongbanError

_ALONE = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
_SHOWN = {"application/pdf": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"}
"""A browser's own PDF viewer does not load in a sandbox; it runs no script of the file in our origin, and `nosniff` keeps
bytes that were sniffed as PDF from ever being read as a page."""


def _home(case_no: str, done: str) -> Response:
    place = request.form.get("back", "")
    if place.startswith(("/desk/tasks/", "/supervise/cases/")) and "//" not in place:
        return shared.to(f"{place}?done={done}")
    return shared.go("desk.case", done, case_no=case_no)


@pages.post("/cases/<case_no>/files")
def add_files(case_no: str) -> Response:
    """上传文件: kinds by content, at most 20 MB each."""
    sent = [file for file in request.files.getlist("files") if file.filename]
    if not sent:
        missing = Finding(Severity.ERROR, "file.missing", "/files", "Choose a file.", "请选择文件。")
        raise Invalid(findings=(missing,))
    for file in sent:
        content = file.read()
        case_files.add(current.engine(), current.required(), case_no, file.filename or "", content, task_id=shared.text("task"))
    return _home(case_no, "file_added")


@pages.get("/files/<file_id>")
def file(file_id: str) -> FileResponse:
    """A file beside the form, or downloaded; never run in the page."""
    found, content = case_files.read(current.engine(), current.required(), file_id)
    answer = FileResponse(content, mimetype=found.media_type)
    how = "inline" if found.is_shown_inline and "download" not in request.args else "attachment"
    answer.headers.set("Content-Disposition", how, filename=found.name)
    answer.headers["Content-Security-Policy"] = _ALONE if how == "attachment" else _SHOWN.get(found.media_type, _ALONE)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@pages.post("/files/<file_id>/remove")
def remove_file(file_id: str) -> Response:
    """移除自己上传的文件."""
    with current.engine().begin(current.required()) as tx:
        case_files.remove(tx, file_id)
    return _home(shared.text("case"), "removed")


@pages.post("/cases/<case_no>/<verb>")
def on_case(case_no: str, verb: str) -> str | Response | tuple[str, int]:
    """沟通, 抄送, 阅知, 督办反馈, 停表申请, 结束特别程序."""
    try:
        return _home(case_no, desk_verbs.ask_pause(case_no) if verb == "pause" else _on_case(case_no, verb))
    except NotFound:
        raise
    except TongbanError as error:
        return case_page(case_no, error), 409 if isinstance(error, Conflict) else 422


def _on_case(case_no: str, verb: str) -> str:
    with current.engine().begin(current.required()) as tx:
        if verb == "remark":
            remarks.add(tx, case_no, shared.text("text"), task_id=shared.text("task") or None)
        elif verb == "copy":
            verbs.copy(tx, case_no, request.form.getlist("person"), shared.text("text"))
        elif verb == "read":
            verbs.mark_copy_read(tx, case_no)
        elif verb == "answer":
            verbs.answer(tx, shared.text("supervision"), shared.text("feedback"))
        elif verb == "close-pause":
            verbs.close_pause(tx, shared.text("procedure"), shared.text("result"))
            return "unpaused"
        else:
            raise NotFound(thing=("操作", "the action"), key=verb)
    return "saved"


@pages.get("/copies")
def copies() -> str:
    """抄送我的: read copies, unread ones first."""
    with current.engine().read(current.required()) as tx:
        found = verbs.copies_for(tx)
    return render_template("desk/copies.html", copies=sorted(found, key=lambda copy: copy.read_at is not None))


@pages.get("/settings")
def settings() -> str:
    """常用意见与委托代理."""
    return _settings()


def _settings(error: TongbanError | None = None) -> str:
    actor = current.required()
    with current.engine().read(actor) as tx:
        shown: dict[str, object] = {
            "phrases": verbs.phrases(tx),
            "given": substitution.mine(tx),
            "colleagues": accounts.colleagues(tx, (), actor.office),
            "services": catalogue.of_office(tx, actor.office or ""),
            "now": tx.now,
            "of_office": _of_office(tx),
        }
    findings = shared.as_findings(error) if error else ()
    return render_template("desk/settings.html", findings=findings, posted=request.form, **shown)


def _of_office(tx: object) -> tuple[Substitution, ...]:
    actor = current.required()
    return substitution.of_office(tx, actor.office or "") if "supervisor" in actor.roles else ()  # type: ignore[arg-type]  # the open transaction


@pages.post("/settings/phrases")
def save_phrases() -> Response:
    """常用意见, one a line."""
    with current.engine().begin(current.required()) as tx:
        verbs.save_phrases(tx, shared.text("phrases").splitlines())
    return shared.go("desk.settings", "saved")


@pages.post("/settings/deputies")
def appoint() -> Response | tuple[str, int]:
    """委托代理: from one day to another, both whole, in the city's zone."""
    try:
        starts, ends = _day("starts"), _day("ends") + timedelta(days=1)
        with current.engine().begin(current.required()) as tx:
            given = {"items": request.form.getlist("item"), "reason": shared.text("reason")}
            principal = shared.text("principal") or None
            substitution.appoint(tx, shared.text("person"), starts, ends, principal_id=principal, **given)  # type: ignore[arg-type]  # options by name
    except TongbanError as error:
        return _settings(error), 422
    return shared.go("desk.settings", "saved")


def _day(name: str) -> datetime:
    try:
        day = datetime.fromisoformat(shared.text(name))
    except ValueError as wrong:
        unreadable = Finding(Severity.ERROR, "date.unreadable", f"/{name}", "Enter a date.", "请填写日期，如 2026-11-24。")
        raise Invalid(findings=(unreadable,)) from wrong
    return day.replace(tzinfo=ZoneInfo(current.engine().settings.zone))


@pages.post("/settings/deputies/<substitution_id>/end")
def end_substitution(substitution_id: str) -> Response:
    """收回委托."""
    with current.engine().begin(current.required()) as tx:
        substitution.end(tx, substitution_id)
    return shared.go("desk.settings", "saved")
