"""待签署: what a person is asked to sign for somebody else's case."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from api import current
from api.web import shared
from engine.casework import signatures

pages = Blueprint("signatures", __name__, url_prefix="/my/signatures")


@pages.get("")
def waiting() -> str:
    """Everything that waits for the signature of whoever is signed in."""
    with current.engine().read(current.required()) as tx:
        asked = signatures.waiting(tx)
    return render_template("my/signatures.html", asked=asked)


@pages.post("/<case_no>")
def sign(case_no: str) -> Response:
    """Signs with the session's proven identity."""
    signatures.sign(current.engine(), current.required(), case_no)
    return shared.go("signatures.waiting", "signed")
