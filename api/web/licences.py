"""证照: one licence of the holder's wallet, shown by a code for a while, with the log of its uses; and what a code shows."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from api import current
from api.web import shared
from engine.casework import licence_library, licences
from engine.errors import NotFound, TongbanError

pages = Blueprint("licences", __name__)


@pages.get("/my/licences/<path:number>")
def one(number: str) -> str:
    """A licence, its live codes, what it belongs to, and every use."""
    return _one(number)


def _one(number: str, error: TongbanError | None = None) -> str:
    with current.engine().begin(current.required()) as tx:
        licence = licences.read(tx, number)
        shares, uses = licence_library.shares(tx, number), licence_library.uses(tx, number)
    shown = {"licence": licence, "shares": shares, "uses": uses, "minutes": licence_library.MINUTES}
    return render_template("my/licence.html", findings=shared.as_findings(error) if error else (), **shown)


@pages.post("/my/licences/<path:number>/share")
def share(number: str) -> Response | tuple[str, int]:
    """亮证: a code for one purpose and a while."""
    minutes = shared.text("minutes")
    try:
        with current.engine().begin(current.required()) as tx:
            licence_library.share(tx, number, shared.text("purpose"), int(minutes) if minutes.isdecimal() else 0)
    except NotFound:
        raise
    except TongbanError as error:
        return _one(number, error), 422
    return shared.go("licences.one", "shared", number=number)


@pages.post("/my/licences/<path:number>/shares/<code>/end")
def end(number: str, code: str) -> Response:
    """Takes a code back."""
    with current.engine().begin(current.required()) as tx:
        licence_library.end_share(tx, code)
    return shared.go("licences.one", "share_ended", number=number)


@pages.get("/show/<code>")
def show(code: str) -> str | tuple[str, int]:
    """What the code shows to whoever it was shown to; the holder reads that it was looked at."""
    viewer = current.actor()
    who = viewer.name if viewer else ""
    try:
        with current.engine().begin(current.visitor()) as tx:
            licence, shared_by = licence_library.show(tx, code, who)
    except TongbanError as error:
        return shared.refused("public/verify_form.html", error, status=404 if isinstance(error, NotFound) else 410)
    return render_template("public/show.html", licence=licence, share=shared_by)


@pages.get("/licence-types")
def types() -> str:
    """证照目录: the kinds of e-licence of the city."""
    with current.engine().read(current.visitor()) as tx:
        listed = licence_library.types(tx)
    return render_template("public/licence_types.html", types=listed)
