"""我的: the applicant's cases, supplements, licences, payments, documents and messages."""

from flask import Blueprint, make_response, render_template, request
from flask import Response as FileResponse
from werkzeug.wrappers import Response

import forms
from api import current, links
from api.web import decisions, shared
from engine.casework import (
    applications,
    cases,
    catalogue,
    documents,
    entitlement_review,
    entitlements,
    esign,
    form_files,
    joined,
    licences,
    notices,
    owed,
    pdf,
    portal,
    ratings,
    signatures,
    waiting,
)
from engine.casework.states import TERMINAL, CaseState
from engine.errors import Invalid, TongbanError
from engine.transaction import Transaction

pages = Blueprint("my", __name__, url_prefix="/my")
_TABS = {
    "open": tuple(s for s in CaseState if s not in TERMINAL),
    "supplement": (CaseState.SUPPLEMENT_REQUIRED,),
    "done": tuple(TERMINAL),
}


@pages.get("/cases", endpoint="cases")
def own_cases() -> str:
    """我的办件: cases by tab and the drafts not yet submitted."""
    tab = request.args.get("tab", "")
    with current.engine().read(current.required()) as tx:
        page = cases.mine(tx, states=_TABS.get(tab, ()), after=shared.after())
        drafts = applications.mine(tx)
        names = {d.id: catalogue.of_deployment(tx, d.deployment_id).name for d in drafts}
    return render_template("my/cases.html", page=page, drafts=drafts, names=names, tab=tab)


@pages.get("/cases/<case_no>")
def case(case_no: str) -> FileResponse:
    """进度与结果: what happened, who has it, both clocks, the decision with reasons, the licence.

    While only machines are asked the page comes again by itself, more and more seldom."""
    with current.engine().read(current.required()) as tx:
        pending = waiting.of_case(tx, case_no)
    answer = make_response(_case(case_no))
    if pending is not None and not all(asked.is_stuck for asked in pending.asked):
        answer.headers["Refresh"] = str(min(60, max(2, int(pending.elapsed.total_seconds() // 5))))
    return answer


def _case(case_no: str, error: TongbanError | None = None) -> str:
    with current.engine().read(current.required()) as tx:
        progress = cases.progress(tx, case_no)
        form = form_files.application_form(tx, progress.case.deployment_id)
        paid = [(e, entitlement_review.events(tx, e.id)) for e in entitlements.mine(tx) if e.case_no == case_no]
        made = decisions.of_case(tx, case_no, action="case.view_own")
        rated, may_rate = ratings.of_case(tx, case_no), ratings.can_rate(tx, case_no)
        family = joined.family(tx, case_no)
        unsigned = signatures.missing(tx, case_no)
        pending, signed = waiting.of_case(tx, case_no), esign.of_case(tx, case_no)
    findings = shared.as_findings(error) if error else ()
    shown: dict[str, object] = {"family": family, "is_mine": True, "pending": pending, "signed": signed, "unsigned": unsigned}
    shown |= {"progress": progress, "case": progress.case, "form": form, "paid": paid, "rated": rated, "may_rate": may_rate}
    return render_template("my/case.html", findings=findings, decisions=made, **shown)


@pages.get("/cases/<case_no>/result")
def result(case_no: str) -> Response:
    """结果: stands at the top of the case, with its reasons, the licence and what may be done against it."""
    return shared.go("my.case", case_no=case_no)


@pages.post("/cases/<case_no>/withdraw")
def withdraw(case_no: str) -> Response | tuple[str, int]:
    """撤回, until the decision."""
    try:
        cases.withdraw(current.engine(), current.required(), case_no, shared.text("reason") or "申请人撤回")
    except TongbanError as error:
        return _case(case_no, error), 409
    return shared.go("my.case", "withdrawn", case_no=case_no)


@pages.post("/cases/<case_no>/urge")
def urge(case_no: str) -> Response | tuple[str, int]:
    """催办, once a day."""
    try:
        with current.engine().begin(current.required()) as tx:
            cases.urge(tx, case_no)
    except TongbanError as error:
        return _case(case_no, error), 409
    return shared.go("my.case", "urged", case_no=case_no)


@pages.get("/cases/<case_no>/supplement")
def supplement(case_no: str) -> str | Response:
    """补正: what is missing, why, until when, and the form for it."""
    return _supplement(case_no, {})


def _form(tx: Transaction, asked: cases.Supplement | None) -> forms.Form | None:
    return form_files.form(tx, asked.deployment_id, asked.form_id) if asked and asked.deployment_id and asked.form_id else None


def _supplement(case_no: str, answers: dict[str, object], error: TongbanError | None = None) -> str | Response:
    with current.engine().read(current.required()) as tx:
        progress = cases.progress(tx, case_no)
        asked = progress.supplement
        if asked is None:
            return shared.go("my.case", case_no=case_no)
        form = _form(tx, asked)
    errors = shared.errors_by_key(error) if error else {}
    given = {"errors": errors, "data": progress.answers}
    views = forms.view(form, answers or dict(progress.answers), **given) if form else ()
    findings = shared.as_findings(error) if error else ()
    return render_template("my/supplement.html", case=progress.case, asked=asked, views=views, findings=findings)


@pages.post("/cases/<case_no>/supplement")
def hand_in(case_no: str) -> str | Response | tuple[str | Response, int]:
    """Hands the supplement in."""
    with current.engine().read(current.required()) as tx:
        progress = cases.progress(tx, case_no)
        asked = progress.supplement
        form = _form(tx, asked)
    answers = forms.rearranged(form, shared.posted(form), request.form) if form else {}
    if "_add" in request.form or "_remove" in request.form:
        return _supplement(case_no, answers)
    try:
        answers = shared.uploaded(form, answers) if form else answers
        cases.supplement(current.engine(), current.required(), case_no, answers)
    except Invalid as error:
        return _supplement(case_no, answers, error), 422
    return shared.go("my.case", "supplemented", case_no=case_no)


@pages.get("/cases/<case_no>/papers", endpoint="papers")
def owed_papers(case_no: str) -> str | Response:
    """补交容缺材料: what was promised at the conditional acceptance, until when, and the form for it."""
    return _owed(case_no, {})


def _owed(case_no: str, answers: dict[str, object], error: TongbanError | None = None) -> str | Response:
    with current.engine().read(current.required()) as tx:
        progress = cases.progress(tx, case_no)
        form = _form(tx, progress.owed)
    if progress.owed is None or form is None:
        return shared.go("my.case", case_no=case_no)
    views = forms.view(form, answers, errors=shared.errors_by_key(error) if error else {}, data=progress.answers)
    findings = shared.as_findings(error) if error else ()
    return render_template("my/papers.html", case=progress.case, asked=progress.owed, views=views, findings=findings)


@pages.post("/cases/<case_no>/papers")
def hand_in_papers(case_no: str) -> str | Response | tuple[str | Response, int]:
    """Hands in the papers owed."""
    with current.engine().read(current.required()) as tx:
        form = _form(tx, cases.progress(tx, case_no).owed)
    answers = forms.rearranged(form, shared.posted(form), request.form) if form else {}
    if "_add" in request.form or "_remove" in request.form:
        return _owed(case_no, answers)
    try:
        answers = shared.uploaded(form, answers) if form else answers
        owed.hand_in(current.engine(), current.required(), case_no, answers)
    except Invalid as error:
        return _owed(case_no, answers, error), 422
    except owed.NothingOwed as error:
        return _case(case_no, error), 409
    return shared.go("my.case", "papers", case_no=case_no)


@pages.get("/wallet")
def wallet() -> str:
    """证照与待遇."""
    with current.engine().read(current.required()) as tx:
        held, paid = licences.wallet(tx), entitlements.mine(tx)
        payments = {e.id: entitlements.payments(tx, e.id) for e in paid}
    return render_template("my/wallet.html", licences=held, paid=paid, payments=payments)


@pages.get("/favourites")
def favourites() -> str:
    """我的收藏."""
    with current.engine().read(current.required()) as tx:
        marked = portal.marked(tx)
    return render_template("my/favourites.html", marked=marked)


@pages.get("/documents/<document_id>")
def document(document_id: str) -> str:
    """A legal document, as issued, for print."""
    with current.engine().begin(current.required()) as tx:
        found = documents.read(tx, document_id)
    return render_template("my/document.html", document=found)


@pages.get("/documents/<document_id>.pdf")
def document_pdf(document_id: str) -> FileResponse:
    """The same as PDF."""
    with current.engine().begin(current.required()) as tx:
        found = documents.read(tx, document_id)
    answer = FileResponse(pdf.rendered(found, links.verify_url(found.code)), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=f"{found.number}.pdf")
    return answer


@pages.get("/messages")
def messages() -> str:
    """消息, newest first; seen is read."""
    with current.engine().begin(current.required()) as tx:
        page = notices.mine(tx, after=shared.after())
        for notice in page.rows:
            if notice.read_at is None:
                notices.mark_read(tx, notice.id)
    return render_template("my/messages.html", page=page)
