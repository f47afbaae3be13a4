"""The door: forged forms, foreign frames, foreign scripts, too much at once and too often are refused here."""

import hmac
import time
from collections import OrderedDict
from itertools import chain
from threading import Lock
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.exceptions import TooManyRequests

from api import current
from engine.errors import Finding, Forbidden, Invalid, Severity

MOST_BYTES = 20 * 1024 * 1024
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_GUESSED = frozenset({"/login", "/query", "/api/v1/sessions", "/api/v1/progress"})
"""Where a secret is asked for that could be found by trying."""
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class FormForged(Forbidden):
    """Expected a form that this site gave out to you, but its token does not fit; open the page again and repeat."""

    zh = "页面已过期或来源不可信，请刷新页面后重试。"


class NulInText(Invalid):
    """Expected text, but there is a NUL character (U+0000) in it; remove it and send it again."""

    zh = "文本中含有空字符（U+0000），请去掉后重新提交。"


class Bucket:
    """A token bucket for each key, in this process: `rate` a minute, bursts up to `burst`."""

    def __init__(self, rate: float, burst: int, *, most: int = 10_000) -> None:
        self._rate, self._burst, self._most = rate / 60, burst, most
        self._seen: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str, now: float | None = None) -> bool:
        """Whether one more is allowed now; now: seconds of a monotonic clock."""
        at = time.monotonic() if now is None else now
        with self._lock:
            left, since = self._seen.pop(key, (float(self._burst), at))
            left = min(self._burst, left + (at - since) * self._rate)
            self._seen[key] = (left - 1 if left >= 1 else left, at)
            if len(self._seen) > self._most:
                self._seen.popitem(last=False)
            return left >= 1


def register(app: Flask) -> None:
    """Puts the checks before every request and the headers behind every answer."""
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = 2 * 1024 * 1024
    guessing = Bucket(rate=20, burst=30)

    @app.before_request
    def check() -> None:
        _check_text()
        if request.method not in _SAFE and not current.bearer():
            _check_origin()
            _check_token()
        if request.method == "POST" and request.path in _GUESSED and not guessing.take(request.remote_addr or ""):
            raise TooManyRequests

    app.after_request(_headers)


def may_frame_own() -> None:
    """The page being answered may show files of this site in a frame; no other page may frame anything."""
    g.frames_own = True


def _check_text() -> None:
    """PostgreSQL holds no text with a NUL in it; better said here than found there."""
    names = (file.filename or "" for files in request.files.listvalues() for file in files)
    given = chain([request.path], request.args.values(), names, *request.form.listvalues())
    if any("\x00" in text for text in given):
        said = ("Text must not contain U+0000.", "文本中不能有空字符 U+0000。")
        raise NulInText(findings=(Finding(Severity.ERROR, "request.nul", None, *said),))


def _check_origin() -> None:
    """A browser says where a post comes from; it must be here. Without a word the token decides."""
    origin = request.headers.get("Origin")
    if origin and origin != "null" and urlsplit(origin).netloc != request.host:
        raise FormForged
    if request.headers.get("Sec-Fetch-Site") in ("cross-site",):
        raise FormForged


def _check_token() -> None:
    """Forms carry the token as a field, scripts as a header; machines without a session have nothing to forge."""
    is_machine = request.is_json or request.path.startswith("/api/")
    if is_machine and current.SESSION_COOKIE not in request.cookies:
        return
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not hmac.compare_digest(given.encode(), current.csrf_token().encode()):
        raise FormForged


def _headers(answer: Response) -> Response:
    if g.get("frames_own"):
        answer.headers.setdefault("Content-Security-Policy", f"{_POLICY}; frame-src 'self'")
    for name, value in _HEADERS.items():
        answer.headers.setdefault(name, value)
    if current.is_https():
        answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint == "static":
        lasting = "public, max-age=31536000, immutable" if "v" in request.args else "public, max-age=300"
        answer.headers["Cache-Control"] = lasting
    else:
        answer.headers.setdefault("Cache-Control", "no-store")
    if "visitor" in g and current.VISITOR_COOKIE not in request.cookies:
        answer.set_cookie(current.VISITOR_COOKIE, g.visitor, httponly=True, samesite="Lax", secure=current.is_https())
    return answer
