"""The operator's pages of webhooks: who is told of what, what was delivered, and sending it again."""

import re

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from api import current
from api.web import shared
from engine.casework import access, timeline
from engine.errors import Finding, Invalid, Severity
from engine.runtime import webhooks

pages = Blueprint("webhooks", __name__, url_prefix="/ops/webhooks")
PAGE = 50


@pages.get("/", endpoint="all")
def listing() -> str:
    """订阅列表 and the form for another one."""
    return _listing({})


def _listing(typed: dict[str, str], findings: tuple[Finding, ...] = (), made: webhooks.Row | None = None) -> str:
    with current.engine().read(current.required()) as tx:
        access.require(tx, "webhook.view")
        rows, may_change = webhooks.listing(tx), access.may(tx, "webhook.change")
    shown = {"rows": rows, "may_change": may_change, "typed": typed, "findings": findings, "made": made}
    return render_template("ops/webhooks.html", kinds=timeline.KINDS, **shown)


@pages.post("/")
def create() -> str | tuple[str, int]:
    """新建订阅; the secret is on the page that answers and on no other."""
    engine, actor = current.engine(), current.required()
    typed = {name: shared.text(name) for name in ("name", "url", "types")}
    types = [kind for kind in re.split(r"[\s,，、]+", typed["types"]) if kind]
    with engine.read(actor) as tx:
        access.require(tx, "webhook.change")
    try:
        if not typed["name"]:
            raise Invalid(findings=(Finding(Severity.ERROR, "webhook.name", "/name", "Give it a name.", "请填写名称。"),))
        webhooks.inspect(engine, typed["url"], types, timeline.KINDS)
    except Invalid as wrong:
        return _listing(typed, shared.as_findings(wrong)), 422
    with engine.begin(actor) as tx:
        made = webhooks.create(tx, typed["name"][:200], typed["url"], types)
    return _listing({}, made=made)


@pages.get("/<webhook_id>", endpoint="one")
def one(webhook_id: str) -> str:
    """投递记录 of one webhook, newest first."""
    return _one(webhook_id)


def _one(webhook_id: str, secret: str = "") -> str:
    state = request.args.get("state", "")
    state = state if state in ("waiting", "sent", "failed") else ""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "webhook.view")
        hook, may_change = webhooks.get(tx, webhook_id), access.may(tx, "webhook.change")
        rows = webhooks.delivered(tx, webhook_id, state=state, after=shared.after(), limit=PAGE)
    following = rows[-1]["id"] if len(rows) == PAGE else None
    shown = {"hook": hook, "rows": rows, "state": state, "next": following, "may_change": may_change, "secret": secret}
    return render_template("ops/webhook.html", **shown)


@pages.post("/<webhook_id>/secret")
def renew(webhook_id: str) -> str:
    """更换密钥: the new one is on this page only."""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "webhook.change")
        secret = str(webhooks.renew(tx, webhook_id)["secret"])
    return _one(webhook_id, secret)


@pages.post("/<webhook_id>/<verb>")
def act(webhook_id: str, verb: str) -> Response:
    """停用, 启用, 测试, 重投全部失败 or 删除."""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "webhook.change")
        if verb == "remove":
            webhooks.remove(tx, webhook_id)
        elif verb == "test":
            webhooks.try_out(tx, webhook_id)
        elif verb == "redeliver":
            webhooks.redeliver_failed(tx, webhook_id)
        else:
            webhooks.switch(tx, webhook_id, is_active=verb == "start")
    if verb == "remove":
        return shared.go("webhooks.all", "hook-removed")
    done = {"test": "hook-tried", "redeliver": "redelivered"}.get(verb, "hook-changed")
    return shared.go("webhooks.one", done, webhook_id=webhook_id)


@pages.post("/<webhook_id>/deliveries/<delivery_id>")
def redeliver(webhook_id: str, delivery_id: str) -> Response:
    """重投 one delivery."""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "webhook.change")
        webhooks.redeliver(tx, delivery_id)
    return shared.go("webhooks.one", "redelivered", webhook_id=webhook_id)
