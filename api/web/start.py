"""办前核对: the questions before the form, one by one or together, and the personal list they lead to; no sign-in needed."""

from flask import Blueprint, render_template, request

from api import current
from engine.casework import authorisations, catalogue, guides, situations

pages = Blueprint("start", __name__)


@pages.get("/services/<code>/start")
def before(code: str) -> str:
    """Questions and the list for the answers in the address; `?one=1` asks one at a time."""
    visitor = current.visitor()
    with current.engine().read(visitor) as tx:
        item = catalogue.item(tx, code)
        guide = guides.guide(tx, code)
        personal = situations.of(tx, item, request.args)
        principals = authorisations.usable(tx, item.code)
    is_one = request.args.get("one") == "1" and personal.open is not None
    shown = {"guide": guide, "item": item, "personal": personal, "principals": principals}
    return render_template("apply/start.html", is_one=is_one, mandate=request.args.get("for", ""), **shown)
