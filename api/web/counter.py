"""The window 窗口: taking an application in for whoever stands there, the printed receipt, and who comes by appointment."""

from collections.abc import Mapping
from datetime import date
from uuid import uuid4

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

import forms
from api import current
from api.web import shared
from engine.casework import appointments, case_rows, cases, counter, documents
from engine.casework.counter import Prepared, Visitor
from engine.casework.papers import DocumentKind
from engine.errors import Invalid, TongbanError

pages = Blueprint("counter", __name__, url_prefix="/desk/counter")


def _visitor() -> Visitor:
    """Who stands at the window, as posted; `who-` keeps these apart from the service's own fields."""
    given = {name: request.form.get(f"who-{name}", "").strip() for name in ("kind", "name", "number", "phone", "agent")}
    return Visitor(**{**given, "number": given["number"].upper()}, consents=request.form.get("who-consents") == "yes")


@pages.get("/new")
def new() -> str:
    """窗口代录, first step: which service, and who is here."""
    known = {name: request.args.get(name, "") for name in ("kind", "name")}
    return _first(Visitor(known["kind"], known["name"], ""), request.args.get("service", ""))


def _first(visitor: Visitor, code: str, error: TongbanError | None = None) -> str:
    with current.engine().read(current.required()) as tx:
        services = counter.services(tx)
    findings = shared.as_findings(error) if error else ()
    return render_template("desk/counter_new.html", services=services, visitor=visitor, code=code, findings=findings)


@pages.post("/new")
def take_in() -> str | Response | tuple[str, int]:
    """The service's form, filled in from the registers; then the case and its receipt."""
    visitor, code = _visitor(), shared.text("service")
    try:
        prepared = counter.prepare(current.engine(), current.required(), visitor, code)
    except TongbanError as error:
        return _first(visitor, code, error), 422
    if "key" not in request.form:
        return _second(prepared, visitor, {})
    form = prepared.form
    answers = forms.rearranged(form, shared.posted(form), request.form) if form else {}
    if "_add" in request.form or "_remove" in request.form:
        return _second(prepared, visitor, answers)
    try:
        answers = shared.uploaded(form, answers) if form else answers
        return _taken(visitor, code, answers)
    except Invalid as error:
        return _second(prepared, visitor, answers, error), 422


def _taken(visitor: Visitor, code: str, answers: Mapping[str, object]) -> Response:
    given = {"idempotency_key": shared.text("key"), "materials": request.form.getlist("material")}
    done = counter.take_in(current.engine(), current.required(), visitor, code, answers, **given)  # type: ignore[arg-type]  # by name
    return shared.go("counter.receipt", "taken_in", case_no=done.case_no)


def _second(prepared: Prepared, visitor: Visitor, answers: Mapping[str, object], error: TongbanError | None = None) -> str:
    errors = shared.errors_by_key(error) if error else {}
    shown = {
        "views": forms.view(prepared.form, answers, facts=prepared.facts, errors=errors) if prepared.form else (),
        "findings": shared.as_findings(error) if error else (),
        "key": shared.text("key") or str(uuid4()),
        "taken": request.form.getlist("material"),
    }
    return render_template("desk/counter_form.html", prepared=prepared, item=prepared.item, visitor=visitor, **shown)


@pages.get("/cases/<case_no>")
def receipt(case_no: str) -> str:
    """收件凭证, for print: number, query code, what was handed over, what comes next."""
    with current.engine().begin(current.required()) as tx:
        row = case_rows.allowed(tx, case_no, "case.view")
        paper = next(d for d in reversed(documents.of_case(tx, case_no)) if d.kind is DocumentKind.RECEIPT)
        paper = documents.read(tx, paper.id)
        case = cases.read(tx, case_no)
    return render_template("desk/receipt.html", case=case, document=paper, query_code=row["query_code"])


@pages.get("/appointments")
def visits() -> str:
    """预约到访: who comes on a day, by time."""
    with current.engine().read(current.required()) as tx:
        found = appointments.of_office(tx, _day())
    return render_template("desk/appointments.html", appointments=found, day=_day())


def _day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


@pages.post("/appointments/<appointment_id>/receive")
def receive(appointment_id: str) -> Response:
    """到号."""
    with current.engine().begin(current.required()) as tx:
        appointments.receive(tx, appointment_id)
    return shared.go("counter.visits", "received")
