"""Signing in and out; in the demo with one click."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from api import current
from api.web import shared
from api.web.preferences import here
from engine.actors import Actor, ActorKind
from engine.casework import accounts
from engine.errors import NotFound, TongbanError

pages = Blueprint("account", __name__)


@pages.get("/login")
def login() -> str:
    """登录: account and password; in the demo also the one-click people."""
    return _page()


def _page(findings: tuple[object, ...] = ()) -> str:
    engine = current.engine()
    with engine.read(current.visitor()) as tx:
        people = accounts.one_click(tx)
    target = here(request.values.get("next", ""))
    return render_template("account/login.html", people=people, findings=findings, target=target)


@pages.post("/login")
def sign_in() -> Response | tuple[str, int]:
    """Checks name and password; a wrong pair never says which of the two was wrong."""
    engine = current.engine()
    try:
        token = accounts.sign_in(engine, shared.text("name"), request.form.get("password", ""))
    except TongbanError as error:
        return shared.refused("account/login.html", error, status=401, people=(), target=here(shared.text("next")))
    return _enter(token)


@pages.post("/login/demo")
def demo() -> Response:
    """One click, only where the city is a demo."""
    engine = current.engine()
    if not engine.settings.demo:
        raise NotFound(thing=("页面", "the page"), key="/login/demo")
    return _enter(accounts.sign_in_as(engine, shared.text("person")))


def _enter(token: str) -> Response:
    engine = current.engine()
    actor = accounts.actor_of(engine, token)
    target = here(shared.text("next"))
    answer = shared.go(_home(actor)) if target == "/" else shared.to(target)
    current.start_session(answer, token)
    return answer


_HOMES = (
    ("caseworker", "desk.mine"),
    ("supervisor", "supervise.board"),
    ("designer", "design.packages"),
    ("operator", "ops.incidents"),
)


def _home(actor: Actor | None) -> str:
    if actor is None or actor.kind is not ActorKind.OFFICER:
        return "public.home"
    return next((home for role, home in _HOMES if role in actor.roles), "public.home")


@pages.post("/logout")
def logout() -> Response:
    """退出: the session ends on the server, too."""
    answer = shared.to(url_for("public.home", done="signed_out"))
    current.end_session(answer)
    return answer
