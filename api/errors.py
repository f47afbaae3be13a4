"""From refusals to answers: problem+json for machines, a page with the same words for people; the only place of status codes."""

import logging
import secrets
from collections.abc import Mapping

from flask import Flask, Response, g, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from api import current
from engine import errors
from engine.errors import Finding, TongbanError, Unavailable
from engine.transaction import is_passing

log = logging.getLogger("tongban.api")
TYPES = "https://tongban.dev/problems/"
_STATUS: Mapping[type[TongbanError], int] = {
    errors.Invalid: 422,
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.Unauthenticated: 401,
    errors.Conflict: 409,
    errors.TooMany: 429,
    errors.Unavailable: 503,
    errors.TooLarge: 413,
}
_TITLES: Mapping[int, tuple[str, str]] = {
    400: ("请求无法理解", "The request cannot be understood"),
    401: ("请先登录", "Sign in first"),
    403: ("无权访问", "Not allowed"),
    404: ("没有找到", "Not found"),
    405: ("不支持的请求方式", "Method not allowed"),
    409: ("与最新情况冲突", "Conflict with what happened meanwhile"),
    412: ("内容已被更新", "Changed meanwhile"),
    413: ("内容过大", "Too large"),
    415: ("不支持的内容类型", "Unsupported content type"),
    422: ("内容有误", "Something is not right yet"),
    428: ("缺少版本号", "A version is required"),
    429: ("请求过于频繁", "Too many requests"),
    500: ("系统出错了", "Something broke"),
    503: ("暂时无法访问", "Temporarily unavailable"),
}


RETRY_SECONDS = 5


class DatabaseBusy(Unavailable):
    """Expected the database to answer, but it is busy or starting; nothing was changed, try again in {retry_seconds} seconds."""

    zh = "数据库繁忙或正在恢复，本次操作没有生效；请 {retry_seconds} 秒后重试。"


def register(app: Flask) -> None:
    """Handles every exception that leaves a view."""
    app.register_error_handler(TongbanError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def status_of(error: TongbanError) -> int:
    """The HTTP status of a refusal, by its family."""
    return next((code for family, code in _STATUS.items() if isinstance(error, family)), 400)


def wants_json() -> bool:
    """Whether a machine is asking."""
    if request.path.startswith("/api/"):
        return True
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _refused(error: TongbanError) -> AnyResponse | tuple[str, int]:
    status = status_of(error)
    if status == 401 and not wants_json():
        target = request.full_path.rstrip("?") if request.method == "GET" else "/"
        return redirect(url_for("account.login", next=target))
    said = (error.sentence("zh"), error.sentence("en"))
    return _later(status, _answer(status, error.code, said, error.findings), error.facts.get("retry_seconds"))


def _later(status: int, answer: AnyResponse | tuple[str, int], seconds: object = None) -> AnyResponse | tuple[str, int]:
    """With the moment at which it is worth trying again, where there is one."""
    if status not in (429, 503):
        return answer
    made = make_response(answer)
    made.headers["Retry-After"] = str(seconds if isinstance(seconds, int) else RETRY_SECONDS)
    return made


def _http(error: HTTPException) -> AnyResponse | tuple[str, int]:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    said = _SENTENCES.get(status, (_title(status)[0] + "。", str(error.description or "")))
    return _later(status, _answer(status, error.name.lower().replace(" ", "-"), said))


_SENTENCES: Mapping[int, tuple[str, str]] = {
    404: ("这个地址没有内容；请从首页重新进入。", "There is nothing at this address; start again from the home page."),
    405: ("该地址不支持这种请求方式。", "This address does not take that method."),
    412: ("内容已被更新；请重新读取，带上新的 ETag 再提交。", "It changed meanwhile; read it again and send the new ETag."),
    413: ("上传内容超过了大小上限。", "What was sent is larger than allowed."),
    428: ("请在 If-Match 中给出读取时得到的 ETag。", "Send the ETag you read it with as If-Match."),
    429: ("请求过于频繁，请稍后再试。", "Too many requests; try again in a moment."),
}


def _broken(error: Exception) -> AnyResponse | tuple[str, int]:
    """Nobody expected this one: a number for the person, the whole story for the log."""
    if is_passing(error):
        log.warning("database.busy", extra={"path": request.path, "error": type(error).__name__})
        return _refused(DatabaseBusy(retry_seconds=RETRY_SECONDS))
    number = g.get("request_id") or secrets.token_hex(8)
    log.error("request %s failed: %s %s", number, request.method, request.path, exc_info=error)
    said = (
        f"系统出错，您的数据没有丢失。请稍后重试；若仍出错，请报编号 {number}。",
        f"Something broke; nothing of yours is lost. Try again; if it happens again, quote {number}.",
    )
    return _answer(500, "internal", said, request_id=number)


def _title(status: int) -> tuple[str, str]:
    return _TITLES.get(status, ("请求失败", "The request failed"))


def _answer(
    status: int, code: str, said: tuple[str, str], findings: tuple[Finding, ...] = (), request_id: str = ""
) -> AnyResponse | tuple[str, int]:
    if wants_json():
        return problem(status, code, said, findings, request_id)
    is_chinese = current.language().startswith("zh")
    pick = 0 if is_chinese else 1
    shown = {"title": _title(status)[pick], "sentence": said[pick], "findings": findings, "request_id": request_id}
    return render_template("error.html", status=status, **shown), status


def problem(status: int, code: str, said: tuple[str, str], findings: tuple[Finding, ...] = (), request_id: str = "") -> Response:
    """RFC 9457 in the reader's language, with both languages beside it."""
    pick = 0 if current.language().startswith("zh") else 1
    body: dict[str, object] = {
        "type": TYPES + code,
        "title": _title(status)[pick],
        "title_zh": _title(status)[0],
        "title_en": _title(status)[1],
        "status": status,
        "detail": said[pick],
        "detail_zh": said[0],
        "detail_en": said[1],
        "instance": request.path,
    }
    if findings:
        body["errors"] = [_finding(f, pick) for f in findings]
    if request_id:
        body["request_id"] = request_id
    answer = jsonify(body)
    answer.status_code, answer.mimetype = status, "application/problem+json"
    return answer


def _finding(finding: Finding, pick: int) -> Mapping[str, object]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "pointer": finding.pointer,
        "detail": (finding.zh, finding.en)[pick],
        "detail_zh": finding.zh,
        "detail_en": finding.en,
    }
