"""The operator's pages: machines, queues and connectors; incidents with retry and skip; instances with diagram and history."""

from collections.abc import Mapping
from functools import partial

import orjson
from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from api import current
from api.web import diagrams, live, shared
from engine.casework import access, catalogue, reasons
from engine.errors import Finding, Invalid, Severity
from engine.feel import to_plain
from engine.runtime import changes, gauges, history, incidents, listing, queues, variables, workers

pages = Blueprint("ops", __name__, url_prefix="/ops")
PAGE = 50


@pages.get("/", endpoint="room")
def room() -> str:
    """运行: what waits and how late it is, the machines, the connectors, and what takes applications."""
    engine, actor = current.engine(), current.required()
    with engine.read(actor) as tx:
        access.require(tx, "machine.view")
        shown = {
            "gauges": gauges.read(tx),
            "machines": workers.listing(tx),
            "queues": queues.listing(tx),
            "topics": queues.topic_rows(tx),
        }
        items = catalogue.executable(tx)
        mark = live.mark(tx, "machines", live.filters())
    return render_template("ops/room.html", **shown, items=items, mark=mark, connectors=queues.connectors(engine), cap=queues.CAP)


@pages.post("/machines/<worker_id>/<verb>")
def drain(worker_id: str, verb: str) -> Response:
    """排空: a process finishes what it has; or takes work again."""
    with current.engine().begin(current.required()) as tx:
        access.require(tx, "machine.drain")
        workers.drain(tx, worker_id, is_draining=verb == "drain")
    return shared.go("ops.room", "draining" if verb == "drain" else "drained-not")


@pages.post("/services/<code>/<verb>")
def intake(code: str, verb: str) -> Response:
    """暂停收件 or 恢复收件 of one service; what runs goes on."""
    with current.engine().begin(current.required()) as tx:
        if verb == "pause":
            catalogue.suspend(tx, code, shared.text("reason") or "系统维护 / maintenance")
        else:
            catalogue.resume(tx, code)
    return shared.go("ops.room", "intake-paused" if verb == "pause" else "intake-resumed")


@pages.get("/work", endpoint="work")
def work() -> str:
    """作业与定时: jobs by state, timers that are due next."""
    state = request.args.get("state", "")
    with current.engine().read(current.required()) as tx:
        access.require(tx, "machine.view")
        rows = queues.job_rows(tx, state=state, after=shared.after(), limit=PAGE)
        due = queues.timer_rows(tx, 20)
        now = tx.now
    following = rows[-1]["id"] if len(rows) == PAGE else None
    return render_template("ops/work.html", rows=rows, timers=due, state=state, now=now, next=following)


@pages.post("/causes/<verb>")
def settle_all(verb: str) -> Response:
    """成批重试, 跳过 or 移动 all incidents of one cause."""
    engine, actor = current.engine(), current.required()
    cause = [request.form.get(name, "") for name in ("process_id", "element_id", "code")]
    with engine.read(actor) as tx:
        access.require(tx, "instance.change" if verb == "move" else "incident.retry")
        ids = incidents.of_cause(tx, cause[0], cause[1], cause[2])
    ways = {"skip": incidents.skip, "move": partial(changes.move_on, to=shared.text("to"), reason="故障处理")}
    incidents.settle_all(engine, actor, ids, ways.get(verb, incidents.retry))
    return shared.go("ops.incidents", "settled-all")


@pages.get("/incidents", endpoint="incidents")
def open_incidents() -> str:
    """故障: what the engine could not do by itself, newest first."""
    state = "resolved" if request.args.get("state") == "resolved" else "open"
    with current.engine().read(current.required()) as tx:
        access.require(tx, "incident.view")
        rows = incidents.listing(tx, state=state, after=shared.after(), limit=PAGE)
        causes = incidents.groups(tx) if state == "open" else []
    return render_template(
        "ops/incidents.html", rows=rows, causes=causes, state=state, next=rows[-1]["id"] if len(rows) == PAGE else None
    )


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
        why = reasons.why(tx, instance_id)
    text = orjson.dumps(known, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str).decode()
    return render_template("ops/instance.html", row=row, drawing=drawing, variables=text, lines=lines, choices=choices, why=why)
