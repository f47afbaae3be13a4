"""好差评 pages: rate a finished service, with sign-in or by its code; read the answer and rate again; rankings for everybody."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from api import current
from api.web import shared
from engine.casework import cases, catalogue, ratings
from engine.errors import Invalid, NotFound, TongbanError
from engine.transaction import Transaction

pages = Blueprint("ratings", __name__)
_WORDS = {"levels": ratings.LEVELS, "why": ratings.REASONS, "again": ratings.RERATINGS}


@pages.get("/my/cases/<case_no>/rate")
def form(case_no: str) -> str:
    """评价, or what became of it."""
    return _form(case_no)


def _form(case_no: str, error: TongbanError | None = None) -> str:
    with current.engine().read(current.required()) as tx:
        case = cases.read(tx, case_no)
        rated, may = ratings.of_case(tx, case_no), ratings.can_rate(tx, case_no)
    findings = shared.as_findings(error) if error else ()
    return render_template("my/rate.html", case=case, rated=rated, may=may, code="", findings=findings, **_WORDS)


@pages.post("/my/cases/<case_no>/rate")
def rate(case_no: str) -> Response | str | tuple[str, int]:
    """One rating for one service."""
    try:
        ratings.rate(
            current.engine(),
            current.required(),
            case_no,
            _number("level"),
            reasons=request.form.getlist("reasons"),
            text=shared.text("text"),
            is_anonymous=request.form.get("anonymous") == "yes",
            channel="mobile" if "Mobi" in request.user_agent.string else "pc",
        )
    except Invalid as error:
        return _form(case_no, error), 422
    except NotFound:
        raise
    except TongbanError as error:
        return _form(case_no, error), 409
    return shared.go("ratings.form", "rated", case_no=case_no)


def _number(name: str) -> int:
    text = shared.text(name)
    return int(text) if text.isdecimal() and len(text) < 3 else 0


@pages.post("/my/cases/<case_no>/rerate")
def rerate(case_no: str) -> Response | tuple[str, int]:
    """再次评价."""
    try:
        ratings.rerate(current.engine(), current.required(), case_no, _number("rerating"))
    except NotFound:
        raise
    except TongbanError as error:
        return _form(case_no, error), 422 if isinstance(error, Invalid) else 409
    return shared.go("ratings.form", "rated", case_no=case_no)


@pages.get("/rate/<case_no>")
def by_code_form(case_no: str) -> str:
    """扫码评价 without sign-in: the address of a QR code or a text message."""
    return _by_code(case_no, request.args.get("code", ""))


def _by_code(case_no: str, code: str, error: TongbanError | None = None) -> str:
    with current.engine().read(current.visitor()) as tx:
        progress = cases.public_progress(tx, case_no, code)
        rated = ratings.of_case(tx, progress.case.case_no)
    findings = shared.as_findings(error) if error else ()
    shown = {"case": progress.case, "rated": rated, "may": rated is None, "code": code, "findings": findings}
    return render_template("my/rate.html", **shown, **_WORDS)


@pages.post("/rate/<case_no>")
def by_code(case_no: str) -> Response | str | tuple[str, int]:
    """The same, anonymous."""
    code = shared.text("code")
    try:
        ratings.rate_by_code(
            current.engine(),
            current.visitor(),
            case_no,
            code,
            _number("level"),
            reasons=request.form.getlist("reasons"),
            text=shared.text("text"),
            channel=shared.text("channel") or "qr",
        )
    except NotFound:
        raise
    except TongbanError as error:
        return _by_code(case_no, code, error), 422 if isinstance(error, Invalid) else 409
    return shared.go("ratings.by_code_form", "rated", case_no=case_no, code=code)


@pages.get("/ratings")
def published() -> str:
    """评价公开: rankings by office and by service, and what people wrote."""
    with current.engine().read(current.visitor()) as tx:
        offices, items = ratings.ranking(tx), ratings.ranking(tx, by="item_code", limit=30)
        names = _names(tx, items)
        page = ratings.published(tx, after=shared.after())
    shown = {"offices": offices, "items": items, "names": names, "page": page, "levels": ratings.LEVELS}
    return render_template("public/ratings.html", **shown)


def _names(tx: Transaction, standings: tuple[ratings.Standing, ...]) -> dict[str, object]:
    return {item.code: item.name for item in catalogue.items_of(tx, [standing.key for standing in standings])}


@pages.get("/supervise/satisfaction")
def satisfaction() -> str:
    """好差评 for supervisors: bad ones first to act on, with the state of their rectification."""
    only_bad = request.args.get("all") != "1"
    with current.engine().read(current.required()) as tx:
        page = ratings.listing(tx, only_bad=only_bad, after=shared.after())
        offices = ratings.ranking(tx)
    shown = {"page": page, "offices": offices, "only_bad": only_bad, "levels": ratings.LEVELS, "why": ratings.REASONS}
    return render_template("supervise/satisfaction.html", **shown)
