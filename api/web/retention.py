"""保管期限: cases past their retention period, appraised by one person and destroyed by another; the register of destructions."""

from flask import Blueprint, render_template, request
from flask import Response as FileResponse
from werkzeug.wrappers import Response

from api import current
from api.web import shared
from engine.casework import access, archives, destruction
from engine.casework import retention as periods
from engine.errors import Conflict, Finding, Invalid, Severity

pages = Blueprint("retention", __name__, url_prefix="/retention")
STATES = ("proposed", "approved", "kept", "emptying")


@pages.get("/", endpoint="all")
def listing() -> str:
    """待鉴定、已批准、延期保管, oldest first."""
    return _listing(())


def _listing(findings: tuple[Finding, ...]) -> str:
    wanted = request.args.get("state", "")
    state = wanted if wanted in STATES else "proposed"
    with current.engine().read(current.required()) as tx:
        page = periods.listing(tx, state=state, after=shared.after())
        may = {verb: access.may(tx, f"archive.{verb}") for verb in ("appraise", "destroy", "export")}
    return render_template("ops/retention.html", page=page, state=state, states=STATES, may=may, findings=findings)


@pages.post("/<verb>")
def judge(verb: str) -> Response | tuple[str, int]:
    """批准, 延期保管 or 销毁 of the chosen ones."""
    chosen = request.form.getlist("case_no")
    try:
        if not chosen:
            said = ("Choose at least one case.", "请至少选择一件办件。")
            raise Invalid(findings=(Finding(Severity.ERROR, "retention.none", "/case_no", *said),))
        if verb == "destroy":
            for case_no in chosen:
                destruction.destroy(current.engine(), current.required(), case_no)
            return shared.go("retention.register", "destroyed")
        _appraise(verb, chosen)
    except (Invalid, Conflict) as wrong:
        return _listing(shared.as_findings(wrong)), 422
    return shared.go("retention.all", "kept-longer" if verb == "keep" else "approved", state=request.args.get("state"))


def _appraise(verb: str, chosen: list[str]) -> None:
    with current.engine().begin(current.required()) as tx:
        if verb == "keep":
            years = shared.text("years")
            periods.keep(tx, chosen, shared.text("reason"), int(years) if years.isdecimal() and len(years) < 4 else 0)
        else:
            periods.approve(tx, chosen, shared.text("reason"))


@pages.get("/<case_no>.zip")
def package(case_no: str) -> FileResponse:
    """档案包: the case as one signed package, to hand over before it is destroyed."""
    answer = FileResponse(archives.export(current.engine(), current.required(), case_no), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{case_no}.zip")
    return answer


@pages.get("/register", endpoint="register")
def register() -> str:
    """销毁登记簿, newest first."""
    last = request.args.get("after", "")
    with current.engine().read(current.required()) as tx:
        rows = destruction.records(tx, before=int(last) if last.isdecimal() and len(last) < 10 else None)
    following = rows[-1]["number"] if len(rows) == 50 and rows[-1]["number"] > 1 else None
    return render_template("ops/destructions.html", rows=rows, next=following)
