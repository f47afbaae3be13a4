"""Language and type size: kept in cookies, no account needed."""

from flask import Blueprint, Response, redirect, request

pages = Blueprint("preferences", __name__)
_YEAR = 365 * 24 * 3600
_ALLOWED = {"lang": {"zh-CN", "en"}, "elder": {"0", "1"}}


@pages.get("/preferences")
def choose() -> Response:
    """Sets what was asked for and goes back to a page of this site."""
    answer = redirect(here(request.args.get("next", "/")))
    for key, allowed in _ALLOWED.items():
        if request.args.get(key) in allowed:
            answer.set_cookie(key, request.args[key], max_age=_YEAR, samesite="Lax", httponly=True, secure=request.is_secure)
    return answer  # type: ignore[return-value]


def here(target: str) -> str:
    """The target if it is a path of this site, else the home page (no open redirect)."""
    is_path = target.startswith("/") and not target.startswith("//") and "\\" not in target and "\n" not in target
    return target if is_path else "/"
