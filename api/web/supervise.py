"""Supervision: lights over offices and services, the overdue list, cards, and what a supervisor does about a case."""

from collections.abc import Callable, Mapping

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from api import current
from api.web import shared
from engine.casework import boards, cases, verbs
from engine.errors import NotFound

pages = Blueprint("supervise", __name__, url_prefix="/supervise")
STALE_MINUTES = 5


@pages.get("")
def board() -> str:
    """时限监管: lights, by office and by service, and the most urgent cases."""
    with current.engine().read(current.required()) as tx:
        shown = boards.board(tx)
        worst = boards.alerts(tx, limit=10)
    late = (shown.as_of - shown.oldest_unswept_at).total_seconds() / 60 if shown.oldest_unswept_at else 0
    return render_template("supervise/board.html", board=shown, worst=worst, is_stale=late > STALE_MINUTES)


@pages.get("/alerts")
def alerts() -> str:
    """预警、黄牌、红牌: the longest overdue first."""
    light = request.args.get("light") or None
    with current.engine().read(current.required()) as tx:
        page = boards.alerts(tx, light=light, after=shared.after())
    return render_template("supervise/alerts.html", page=page, light=light)


@pages.get("/cards")
def cards() -> str:
    """监察牌, newest first; never deleted."""
    with current.engine().read(current.required()) as tx:
        page = boards.list_cards(tx, after=shared.after())
    return render_template("supervise/cards.html", page=page)


@pages.post("/cards/<card_id>/cancel")
def cancel(card_id: str) -> Response:
    """撤牌, with a reason."""
    with current.engine().begin(current.required()) as tx:
        boards.cancel_card(tx, card_id, shared.text("reason"))
    return shared.go("supervise.cards", "cancelled")


@pages.get("/cases/<case_no>")
def case(case_no: str) -> str:
    """A case as a supervisor sees it: clocks, cards, history, and 催办, 督办, 延期."""
    with current.engine().begin(current.required()) as tx:
        archive = cases.archive(tx, case_no)
        supervisions = verbs.supervisions_of(tx, case_no)
    return render_template("supervise/case.html", archive=archive, case=archive.case, supervisions=supervisions)


@pages.post("/cases/<case_no>/<verb>")
def act(case_no: str, verb: str) -> Response:
    """催办, 督办, 延期."""
    if verb not in _VERBS:
        raise NotFound(thing=("操作", "the action"), key=verb)
    return shared.go("supervise.case", _VERBS[verb](case_no), case_no=case_no)


def _remind(case_no: str) -> str:
    with current.engine().begin(current.required()) as tx:
        verbs.remind(tx, case_no, shared.text("text"))
    return "reminded"


def _supervise(case_no: str) -> str:
    with current.engine().begin(current.required()) as tx:
        verbs.supervise(tx, case_no, shared.text("text"))
    return "supervised"


def _extend(case_no: str) -> str:
    with current.engine().begin(current.required()) as tx:
        verbs.extend(tx, case_no, "", shared.text("reason"))
    return "extended"


_VERBS: Mapping[str, Callable[[str], str]] = {"remind": _remind, "supervise": _supervise, "extend": _extend}
