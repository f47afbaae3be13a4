"""我的信息: who I am here, how I want to be told, what I agreed to, and who read my data."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from api import current
from api.web import shared
from engine.casework import access, drafts, notice_settings
from engine.errors import Forbidden, TongbanError

pages = Blueprint("profile", __name__, url_prefix="/my")


@pages.get("")
def mine() -> Response:
    """我的: the cases."""
    return shared.go("my.cases")


@pages.get("/profile")
def profile() -> str:
    """The whole page."""
    return _profile()


def _profile(error: TongbanError | None = None, given: notice_settings.Reach | None = None) -> str:
    actor = current.required()
    if not actor.subject:
        raise Forbidden
    with current.engine().read(actor) as tx:
        reads = access.reads_of(tx, actor.subject)
        said = drafts.consents_of(tx)
        reach = given or notice_settings.of(tx, actor.id)
    findings = shared.as_findings(error) if error else ()
    number = access.mask(actor.subject)
    return render_template("my/profile.html", reads=reads, consents=said, reach=reach, number=number, findings=findings)


@pages.post("/profile")
def save() -> Response | tuple[str, int]:
    """How and where to be told."""
    given = notice_settings.Reach(shared.text("email"), shared.text("phone"), shared.text("mode"))
    try:
        with current.engine().begin(current.required()) as tx:
            notice_settings.save(tx, given.email, given.phone, given.mode)
    except TongbanError as error:
        return _profile(error, given), 422
    return shared.go("profile.profile", "saved")
