"""What an operator does to a running instance from its page: move, send back, suspend, resume, restart, add, remove, end."""

from collections.abc import Callable, Mapping

import orjson
from flask import Blueprint, request
from werkzeug.wrappers import Response

from api import current
from api.web import shared
from engine.casework import access
from engine.errors import Finding, Invalid, NotFound, Severity
from engine.runtime import changes
from engine.transaction import Transaction

pages = Blueprint("interventions", __name__, url_prefix="/ops/instances")


@pages.post("/<instance_id>/<verb>")
def act(instance_id: str, verb: str) -> Response:
    """One verb with its reason; the page of the instance shows what became of it."""
    if verb not in _VERBS:
        raise NotFound(thing=("操作", "the action"), key=verb)
    work, done = _VERBS[verb]
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "instance.change")
        shown = work(tx, instance_id, shared.text("reason"))
    return shared.go("ops.instance", done, instance_id=shown)


def _move(tx: Transaction, instance_id: str, reason: str) -> str:
    changes.move_token(tx, instance_id, request.form.getlist("away"), request.form.getlist("to"), reason)
    return instance_id


def _send_back(tx: Transaction, instance_id: str, reason: str) -> str:
    changes.send_back(tx, instance_id, shared.text("to"), reason)
    return instance_id


def _suspend(tx: Transaction, instance_id: str, reason: str) -> str:
    changes.suspend(tx, instance_id, reason)
    return instance_id


def _resume(tx: Transaction, instance_id: str, reason: str) -> str:
    changes.resume(tx, instance_id, reason)
    return instance_id


def _cancel(tx: Transaction, instance_id: str, reason: str) -> str:
    changes.cancel(tx, instance_id, reason)
    return instance_id


def _restart(tx: Transaction, instance_id: str, reason: str) -> str:
    return changes.restart(tx, instance_id, shared.text("at"), reason, _variables()).id


def _add(tx: Transaction, instance_id: str, reason: str) -> str:
    changes.add_instance(tx, instance_id, shared.text("element_id"), _variables(), reason)
    return instance_id


def _remove(tx: Transaction, instance_id: str, reason: str) -> str:
    changes.remove_instance(tx, instance_id, shared.text("wait_id"), reason)
    return instance_id


def _variables() -> Mapping[str, object]:
    try:
        given = orjson.loads(shared.text("variables") or "{}")
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        said = ("Write the variables as one JSON object.", "变量须写成一个 JSON 对象。")
        raise Invalid(findings=(Finding(Severity.ERROR, "variables.json", "/variables", *said),))
    return given


_VERBS: Mapping[str, tuple[Callable[[Transaction, str, str], str], str]] = {
    "move": (_move, "changed"),
    "send-back": (_send_back, "changed"),
    "restart": (_restart, "changed"),
    "add": (_add, "changed"),
    "remove": (_remove, "changed"),
    "suspend": (_suspend, "stilled"),
    "resume": (_resume, "going_on"),
    "cancel": (_cancel, "ended"),
}
