"""The operator's pages: incidents with retry and skip, instances with diagram, variables and history."""

from collections.abc import Mapping

import orjson
from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from api import current
from api.web import diagrams, shared
from engine.casework import access
from engine.errors import Finding, Invalid, Severity
from engine.feel import to_plain
from engine.runtime import changes, history, incidents, listing, variables

pages = Blueprint("ops", __name__, url_prefix="/ops")
PAGE = 50


@pages.get("/incidents", endpoint="incidents")
def open_incidents() -> str:
    """故障: what the engine could not do by itself, newest first."""
    state = "resolved" if request.args.get("state") == "resolved" else "open"
    with current.engine().read(current.required()) as tx:
        access.require(tx, "incident.view")
        rows = incidents.listing(tx, state=state, after=shared.after(), limit=PAGE)
    return render_template("ops/incidents.html", rows=rows, state=state, next=rows[-1]["id"] if len(rows) == PAGE else None)


@pages.post("/incidents/<incident_id>/<verb>")
def settle(incident_id: str, verb: str) -> Response:
    """重试 or 跳过, with corrected variables as JSON if given."""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "incident.retry")
        given = _variables()
        if verb == "skip":
            incidents.skip(tx, incident_id, given)
        else:
            incidents.retry(tx, incident_id, given)
    return shared.go("ops.incidents", "skipped" if verb == "skip" else "retried")


def _variables() -> Mapping[str, object] | None:
    if not shared.text("variables"):
        return None
    try:
        given = orjson.loads(shared.text("variables"))
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        said = ("Write the variables as one JSON object.", "变量须写成一个 JSON 对象。")
        raise Invalid(findings=(Finding(Severity.ERROR, "variables.json", "/variables", *said),))
    return given


@pages.get("/instances", endpoint="instances")
def all_instances() -> str:
    """实例, newest first; never reads their state."""
    status, key = request.args.get("status", ""), request.args.get("q", "").strip().upper()
    with current.engine().read(current.required()) as tx:
        access.require(tx, "instance.view")
        rows = listing.running(tx, status=status, business_key=key, after=shared.after(), limit=PAGE)
    following = rows[-1]["id"] if len(rows) == PAGE else None
    return render_template("ops/instances.html", rows=rows, status=status, query=key, next=following)


@pages.get("/instances/<instance_id>")
def instance(instance_id: str) -> str:
    """One instance: diagram, outline, variables, history."""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "instance.view")
        row = listing.instance(tx, instance_id)
        drawing = diagrams.of_instance(tx, instance_id)
        known = to_plain(variables.of(tx, instance_id))
        lines = history.of(tx, row["root_id"])
        may = access.may(tx, "instance.change")
        choices = changes.choices(tx, instance_id) if may else None
    text = orjson.dumps(known, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str).decode()
    return render_template("ops/instance.html", row=row, drawing=drawing, variables=text, lines=lines, choices=choices)
