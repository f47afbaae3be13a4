"""授权代办: whom I let act for me, for whom I may act, and the window that takes in a signed power of attorney."""

from datetime import date, timedelta

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from api import current
from api.web import shared
from engine.casework import agency, authorisations, cases, catalogue, counter
from engine.casework.authorisations import Authorisation, Wanted
from engine.casework.counter import Visitor
from engine.errors import Forbidden, Invalid, NotFound, TongbanError
from engine.transaction import Transaction

pages = Blueprint("authorisations", __name__)
_YEAR = timedelta(days=364)


@pages.get("/my/authorisations")
def own() -> str:
    """Given, received, the cases I handle for others, and the form for a new one."""
    return _own()


def _own(error: TongbanError | None = None) -> str:
    actor = current.required()
    if not actor.subject:
        raise Forbidden
    with current.engine().read(actor) as tx:
        lists = {"given": authorisations.given(tx), "received": authorisations.received(tx)}
        handled = cases.handled(tx, after=shared.after())
        form = _form(tx, error)
        names = _names(tx, *lists["given"], *lists["received"])
    return render_template("my/authorisations.html", handled=handled, names=names, **lists, **form)


def _form(tx: Transaction, error: TongbanError | None) -> dict[str, object]:
    """What the form shows: the services, a year from today, and what was wrong."""
    today = agency.today(tx)
    shown = {"services": catalogue.online(tx), "today": today, "until": today + _YEAR}
    return {
        **shown,
        "findings": shared.as_findings(error) if error else (),
        "errors": shared.errors_by_key(error) if error else {},
    }


def _names(tx: Transaction, *made: Authorisation) -> dict[str, object]:
    codes = sorted({code for each in made for code in each.services})
    return {item.code: item.name for item in catalogue.items_of(tx, codes)}


@pages.post("/my/authorisations")
def give() -> Response | tuple[str, int]:
    """授权; it holds when the agent has accepted."""
    try:
        with current.engine().begin(current.required()) as tx:
            authorisations.give(tx, _wanted())
    except Invalid as error:
        return _own(error), 422
    return shared.go("authorisations.own", "authorised")


def _wanted() -> Wanted:
    """What was posted; only some services, but none of them ticked, is no service rather than all."""
    services = [] if shared.text("scope") == "all" else request.form.getlist("services") or [""]
    days = (_day("valid_from"), _day("valid_to"))
    return Wanted(shared.text("agent_name"), shared.text("agent_no").upper(), *days, services, shared.text("tells"))


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(shared.text(name))
    except ValueError:
        return None


@pages.post("/my/authorisations/<authorisation_id>/<verb>")
def act(authorisation_id: str, verb: str) -> Response | tuple[str, int]:
    """accept or decline by the agent, revoke by either side."""
    try:
        with current.engine().begin(current.required()) as tx:
            if verb == "revoke":
                authorisations.revoke(tx, authorisation_id)
            elif verb in ("accept", "decline"):
                authorisations.answer(tx, authorisation_id, is_accepted=verb == "accept")
            else:
                raise NotFound(thing=("操作", "the action"), key=verb)
    except authorisations.AlreadyAnswered as error:
        return _own(error), 409
    return shared.go("authorisations.own", f"authorisation-{verb}")


@pages.get("/desk/counter/authorisation")
def at_window() -> str:
    """登记授权委托书: who signed it, and what it says."""
    return _at_window(Visitor("", "", ""))


def _at_window(visitor: Visitor, error: TongbanError | None = None) -> str:
    with current.engine().read(current.required()) as tx:
        counter.services(tx)  # refuses whoever sits at no window
        form = _form(tx, error)
    return render_template("desk/counter_authorisation.html", visitor=visitor, **form)


@pages.post("/desk/counter/authorisation")
def record() -> Response | tuple[str, int]:
    """Takes it in; it holds at once."""
    kind, name, number = (shared.text(f"who-{key}") for key in ("kind", "name", "number"))
    visitor = Visitor(kind, name, number.upper(), consents=shared.text("who-consents") == "yes")
    try:
        counter.authorise(current.engine(), current.required(), visitor, _wanted(), shared.text("paper"))
    except Invalid as error:
        return _at_window(visitor, error), 422
    return shared.go("counter.new", "authorisation-recorded", kind=visitor.kind, name=visitor.name)
