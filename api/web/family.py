"""一件事: what an applicant does with the parts of a joined case."""

from flask import Blueprint
from werkzeug.wrappers import Response

from api import current
from api.web import shared
from engine.casework import joined

pages = Blueprint("family", __name__, url_prefix="/my/cases")


@pages.post("/<case_no>/children/<item_code>/drop")
def drop(case_no: str, item_code: str) -> Response:
    """Cancels a chosen service that has not begun."""
    joined.drop(current.engine(), current.required(), case_no, item_code)
    return shared.go("my.case", "child-dropped", case_no=case_no)
