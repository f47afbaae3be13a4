"""事项目录: implementation lists found, edited, checked, reviewed, published, localised; carried in and out as files."""

from flask import Blueprint, render_template, request
from flask import Response as FileResponse
from werkzeug.wrappers import Response

from api import current
from api.web import public, shared
from engine.bpmn.read import read
from engine.casework import access, catalogue, search
from engine.casework.supply import checks, columns, drafting, elements, files, listing, localising, rows
from engine.errors import Finding, Invalid, NotFound, Severity, TongbanError
from engine.runtime import plans
from engine.transaction import Transaction
from processes import links

pages = Blueprint("supply", __name__, url_prefix="/design/services")


def _filters() -> search.Filters:
    given = {name: request.args.get(name) or None for name in ("office", "region", "level", "theme")}
    return search.Filters(**given)  # type: ignore[arg-type]


@pages.get("")
def items() -> str:
    """事项目录: search over all services, changes under way, files in and out."""
    return _items()


def _items(error: TongbanError | None = None, **values: object) -> str:
    query = request.args.get("q", "").strip()[:100]
    with current.engine().read(current.required()) as tx:
        access.require(tx, "item.view")
        found = search.find(tx, query, _filters())
        page = catalogue.page_of(tx, found, after=shared.after(), limit=30)
        shown = {"offices": catalogue.offices_by_level(tx), "waiting": drafting.waiting(tx, limit=20).rows}
    findings = shared.as_findings(error) if error else ()
    given = {name: request.args.get(name, "") for name in ("office", "region", "level")}
    choices = {"regions": public.NAMES["region"], "given": given, "query": query}
    return render_template("design/items.html", page=page, total=found.total, findings=findings, **shown, **choices, **values)


@pages.get("/export.<kind>")
def export(kind: str) -> FileResponse:
    """The lists of the search in a file: csv, xlsx or json."""
    if kind not in files.KINDS:
        raise NotFound(thing=("导出格式", "the format"), key=kind)
    with current.engine().read(current.required()) as tx:
        content = files.written(listing.every(tx, request.args.get("q", "").strip()[:100], _filters()), kind)
    answer = FileResponse(content, mimetype=files.KINDS[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="services.{kind}"'
    return answer


@pages.post("/import")
def take_in() -> str | tuple[str, int]:
    """A file becomes drafts: each row that changes something, each problem with its line and field."""
    given = request.files.get("file")
    try:
        if given is None or not given.filename:
            raise Invalid(findings=(Finding(Severity.ERROR, "file.missing", "/file", "Choose a file.", "请选择文件。"),))
        found = files.read(given.filename, given.read(files.MOST_BYTES + 1))
        made, problems = drafting.take_in(current.engine(), current.required(), found)
    except TongbanError as error:
        return _items(error), 422
    return _items(
        imported=len(made), unchanged=len(found) - len(made) - len({line for line, _, _ in problems}), problems=problems
    )


@pages.get("/elements")
def standards() -> str:
    """数据元标准."""
    with current.engine().read(current.required()) as tx:
        return render_template("design/elements.html", elements=elements.standards(tx))


@pages.get("/<code>")
def item(code: str) -> str:
    """One service: its list as published or as it shall be, what the checks say, and the diagram compared with its links."""
    return _item(code)


def _item(code: str, error: TongbanError | None = None, given: dict[str, str] | None = None) -> str:
    with current.engine().read(current.required()) as tx:
        access.require(tx, "item.view")
        draft = drafting.of_item(tx, code)
        published = _published(tx, draft.code if draft else code)
        if published is None and draft is None:
            raise NotFound(thing=("事项", "the service"), key=code)
        record = draft.record if draft else published.manifest if published else {}
        findings = checks.examine(record, checks.known(tx))
        shown = {
            "draft": draft,
            "item": published,
            "row": {**rows.of(record), **(given or {})},
            "checked": findings,
            "versions": drafting.versions(tx, draft.code if draft else code),
            "changes": drafting.changes(tx, draft) if draft else (),
            "differences": _differences(tx, published, record),
            "has_process": published is not None and published.is_online,
            "sources": elements.of_codes(tx, _fields(record)),
            "may_publish": access.may(tx, "item.publish"),
            "may_edit": access.may(tx, "item.edit", access.About(office=rows.of(record)["office"] or None)),
            "offices": catalogue.offices_by_level(tx),
        }
    errors = shared.as_findings(error) if error else ()
    return render_template(
        "design/item.html", groups=columns.GROUPS, columns=columns.COLUMNS, headings=columns.headings, findings=errors, **shown
    )


def _published(tx: Transaction, code: str) -> catalogue.Item | None:
    try:
        return catalogue.item(tx, code)
    except NotFound:
        return None


def _fields(record: rows.Record) -> list[str]:
    table = record.get("item")
    materials = table.get("materials") if isinstance(table, dict) else None
    return [f for material in materials or () if isinstance(material, dict) for f in material.get("fields", ())]


def _differences(tx: Transaction, item: catalogue.Item | None, record: rows.Record) -> tuple[links.Difference, ...]:
    """What the list of links and the diagrams say differently."""
    if item is None or not item.is_online:
        return ()
    drawn = [p for name, c in plans.files_of(tx, item.deployment_id).items() if name.endswith(".bpmn") for p in read(c).processes]
    row = rows.of(record)
    table = record.get("item")
    return links.differences(table if isinstance(table, dict) else {}, drawn, row["limits.committed"])


@pages.post("/<code>")
def change(code: str) -> Response | tuple[str, int]:
    """Start, save, hand in, send back, publish, discard; one of them, by the button pressed."""
    what = shared.text("what")
    given = {
        column.key: request.form[column.key].replace("\r\n", "\n") for column in columns.COLUMNS if column.key in request.form
    }
    try:
        with current.engine().begin(current.required()) as tx:
            draft = drafting.of_item(tx, code) or drafting.start(tx, code)
            if given and what in ("save", "hand_in"):
                draft = drafting.save(tx, draft.id, given)
        if what in _STEPS:
            with current.engine().begin(current.required()) as tx:
                _STEPS[what](tx, draft.id)
    except TongbanError as error:
        return _item(code, error, given if what in ("save", "hand_in") else None), 422
    is_gone = what == "discard" and draft.base_version == 0
    return shared.go("supply.items", "saved") if is_gone else shared.go("supply.item", _SAID.get(what, "saved"), code=code)


def _send_back(tx: Transaction, draft_id: str) -> None:
    drafting.send_back(tx, draft_id, shared.text("note"))


_STEPS = {"hand_in": drafting.hand_in, "send_back": _send_back, "publish": drafting.publish, "discard": drafting.discard}
_SAID = {"hand_in": "handed-in", "send_back": "sent_back", "publish": "item-published", "start": ""}


@pages.post("/<code>/localise")
def localise(code: str) -> Response | tuple[str, int]:
    """A district takes the service over."""
    try:
        with current.engine().begin(current.required()) as tx:
            made = localising.localise(tx, code, shared.text("office"))
    except TongbanError as error:
        return _item(code, error), 422
    return shared.go("supply.item", "saved", code=made.code)
