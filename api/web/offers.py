"""免申即享: what the city offers without an application, answered on the page; officers run a batch."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from api import current
from api.web import shared
from engine.casework import offers
from engine.errors import NotFound, TongbanError

pages = Blueprint("offers", __name__)


@pages.get("/my/offers")
def own() -> str:
    """我的免申即享."""
    return _own()


def _own(error: TongbanError | None = None) -> str:
    with current.engine().read(current.required()) as tx:
        waiting = offers.mine(tx)
    return render_template("my/offers.html", offers=waiting, findings=shared.as_findings(error) if error else ())


@pages.post("/my/offers/<offer_id>")
def answer(offer_id: str) -> Response | tuple[str, int]:
    """Yes or no; a yes goes to the case it opened."""
    is_wanted = shared.text("answer") == "yes"
    try:
        given = offers.answer(current.engine(), current.required(), offer_id, is_wanted=is_wanted)
    except NotFound:
        raise
    except TongbanError as error:
        return _own(error), 409
    return shared.go("my.case", case_no=given.case_no) if given.case_no else shared.go("offers.own", "saved")
