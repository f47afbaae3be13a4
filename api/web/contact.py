"""What applicants and offices say to each other: messages of a case, the result by post, a copy of the answers, objections."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from api import current
from api.web import shared
from engine.casework import applications, case_messages, cases, catalogue, disputes, form_files, parcels
from engine.errors import Invalid, NotFound, TongbanError

pages = Blueprint("contact", __name__)


@pages.get("/my/cases/<case_no>/messages")
def thread(case_no: str) -> str:
    """留言, both sides."""
    return _thread(case_no)


def _thread(case_no: str, error: TongbanError | None = None) -> str:
    with current.engine().read(current.required()) as tx:
        case, lines = cases.read(tx, case_no), case_messages.of_case(tx, case_no)
    findings = shared.as_findings(error) if error else ()
    return render_template("my/messages_of_case.html", case=case, lines=lines, findings=findings)


@pages.post("/my/cases/<case_no>/messages")
def write(case_no: str) -> Response | tuple[str, int]:
    """Writes a line; officers of the office use the same page."""
    try:
        with current.engine().begin(current.required()) as tx:
            case_messages.write(tx, case_no, shared.text("text"))
    except Invalid as error:
        return _thread(case_no, error), 422
    return shared.go("contact.thread", "sent", case_no=case_no)


@pages.get("/my/cases/<case_no>/post")
def post_form(case_no: str) -> str:
    """邮寄送达: where to, or where the parcel is."""
    return _post(case_no)


def _post(case_no: str, error: TongbanError | None = None) -> str:
    with current.engine().read(current.required()) as tx:
        progress = cases.progress(tx, case_no)
        parcel = parcels.of_case(tx, case_no)
    findings = shared.as_findings(error) if error else ()
    errors = shared.errors_by_key(error) if error else {}
    return render_template("my/post.html", case=progress.case, parcel=parcel, findings=findings, errors=errors)


@pages.post("/my/cases/<case_no>/post")
def want_post(case_no: str) -> Response | tuple[str, int]:
    """Wishes the result by post."""
    try:
        with current.engine().begin(current.required()) as tx:
            parcels.want(tx, case_no, shared.text("recipient"), shared.text("phone"), shared.text("address"))
    except NotFound:
        raise
    except TongbanError as error:
        return _post(case_no, error), 422 if isinstance(error, Invalid) else 409
    return shared.go("contact.post_form", "saved", case_no=case_no)


@pages.get("/my/cases/<case_no>/copy")
def copy(case_no: str) -> str:
    """A copy of what was handed in, with where each value came from, for print."""
    with current.engine().read(current.required()) as tx:
        progress = cases.progress(tx, case_no)
        form = form_files.application_form(tx, progress.case.deployment_id)
        facts = cases.facts_of(tx, case_no)
    return render_template("my/copy.html", progress=progress, case=progress.case, form=form, facts=facts)


@pages.get("/apply/drafts/<draft_id>/disputes")
def dispute_form(draft_id: str) -> str:
    """登记数据有误: the values the registers gave, and which of them is wrong."""
    return _disputes(draft_id)


def _disputes(draft_id: str, error: TongbanError | None = None) -> str:
    with current.engine().read(current.required()) as tx:
        draft = applications.read_draft(tx, draft_id)
        item = catalogue.of_deployment(tx, draft.deployment_id)
        mine = [d for d in disputes.mine(tx) if d.draft_id == draft_id]
    findings = shared.as_findings(error) if error else ()
    return render_template("apply/disputes.html", draft=draft, item=item, mine=mine, findings=findings)


@pages.post("/apply/drafts/<draft_id>/disputes")
def dispute(draft_id: str) -> Response | tuple[str, int]:
    """Objects to one of them."""
    try:
        with current.engine().begin(current.required()) as tx:
            disputes.open_dispute(tx, draft_id, shared.text("element"), shared.text("claimed"), shared.text("reason"))
    except Invalid as error:
        return _disputes(draft_id, error), 422
    return shared.go("contact.dispute_form", "disputed", draft_id=draft_id)


@pages.get("/my/disputes")
def own_disputes() -> str:
    """我的数据异议."""
    with current.engine().read(current.required()) as tx:
        mine = disputes.mine(tx)
    return render_template("my/disputes.html", mine=mine)


@pages.get("/desk/disputes")
def office_disputes() -> str:
    """数据异议 for the data's owner."""
    return _office_disputes()


def _office_disputes(error: TongbanError | None = None) -> str:
    with current.engine().read(current.required()) as tx:
        waiting = disputes.waiting(tx)
    return render_template("desk/disputes.html", waiting=waiting, findings=shared.as_findings(error) if error else ())


@pages.post("/desk/disputes/<dispute_id>")
def answer_dispute(dispute_id: str) -> Response | tuple[str, int]:
    """Corrected or upheld, with words for the person."""
    try:
        with current.engine().begin(current.required()) as tx:
            disputes.answer(tx, dispute_id, is_corrected=shared.text("result") == "corrected", text=shared.text("answer"))
    except Invalid as error:
        return _office_disputes(error), 422
    return shared.go("contact.office_disputes", "saved")
