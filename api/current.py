"""What the request at hand stands on: the engine, who acts, the reader's language, the form token."""

import hmac
import secrets
from hashlib import sha256
from typing import cast

from flask import current_app, g, request
from werkzeug.wrappers import Response

from engine.actors import Actor, ActorKind
from engine.casework import accounts
from engine.errors import Unauthenticated
from engine.transaction import Engine

SESSION_COOKIE = "tongban"
VISITOR_COOKIE = "visitor"
_NOBODY = Actor("public", "访客", ActorKind.CITIZEN)


def engine() -> Engine:
    """The platform this application serves."""
    return cast(Engine, current_app.extensions["tongban"])


def actor() -> Actor | None:
    """Whoever is signed in by cookie or bearer token; None for a visitor."""
    if "actor" not in g:
        token = bearer() or request.cookies.get(SESSION_COOKIE, "")
        g.actor = accounts.actor_of(engine(), token) if token else None
    return cast("Actor | None", g.actor)


def bearer() -> str:
    """The API token of the request, empty when there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def required() -> Actor:
    """Whoever is signed in. Raises Unauthenticated."""
    found = actor()
    if found is None:
        raise Unauthenticated
    return found


def visitor() -> Actor:
    """Whoever is signed in, else somebody without a name or a subject."""
    return actor() or _NOBODY


def language() -> str:
    """`zh-CN` or `en`: the one chosen, else the browser's first that we have, else Chinese."""
    if "language" not in g:
        g.language = _language()
    return cast(str, g.language)


def _language() -> str:
    chosen = request.cookies.get("lang")
    if chosen in ("zh-CN", "en"):
        return chosen
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"], default="zh-CN")
    return "en" if best == "en" else "zh-CN"


def csrf_token() -> str:
    """The token every posted form must carry: bound to the session, before sign-in to the visitor's own cookie."""
    key = cast(bytes, current_app.extensions["tongban_secret"])
    owner = request.cookies.get(SESSION_COOKIE) or visitor_mark()
    return hmac.new(key, owner.encode(), sha256).hexdigest()


def visitor_mark() -> str:
    """The random mark of a browser that is not signed in; security sets its cookie after the request."""
    if "visitor" not in g:
        g.visitor = request.cookies.get(VISITOR_COOKIE) or secrets.token_urlsafe(16)
    return cast(str, g.visitor)


def start_session(response: Response, token: str) -> None:
    """Gives the browser its session."""
    response.set_cookie(SESSION_COOKIE, token, httponly=True, samesite="Lax", secure=is_https(), path="/")


def end_session(response: Response) -> None:
    """Ends the session on the server and in the browser."""
    if token := request.cookies.get(SESSION_COOKIE):
        accounts.sign_out(engine(), token)
    response.delete_cookie(SESSION_COOKIE, path="/")


def is_https() -> bool:
    """Whether the public address is https, so that cookies must be secure."""
    return engine().settings.base_url.startswith("https://")
