"""Pages for everybody: home, services, guides, tracking without sign-in, verification, help."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api import current
from api.web import diagrams, shared
from engine.casework import (
    authorisations,
    cases,
    catalogue,
    documents,
    guides,
    licence_library,
    licences,
    offers,
    portal,
    ratings,
    search,
    situations,
)
from engine.errors import NotFound, TongbanError
from engine.transaction import Transaction
from processes.library import vocabulary

pages = Blueprint("public", __name__)
AUDIENCES = (("personal", "个人办事", "For individuals"), ("legal", "法人办事", "For enterprises"))
HOT = (
    ("居住证", "residence permit"),
    ("公积金提取", "housing fund"),
    ("食品经营许可", "food licence"),
    ("高龄津贴", "elder allowance"),
)
FILTERS = ("audience", "theme", "life_event", "region", "office", "level", "kind")
_LEGAL_EVENTS = frozenset(
    {"start-company", "open-restaurant", "open-pharmacy", "open-clinic", "open-hotel", "logistics", "build", "close-company"}
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One value a list can be narrowed to. n: how many services are left then."""

    value: str
    zh: str
    en: str
    n: int = 0


def life_events() -> tuple[tuple[str, str, str, str], ...]:
    """(key, zh, en, audience) of the life events 一件事."""
    rows = vocabulary.words()["life_events"].items()
    return tuple((key, zh, en, "legal" if key in _LEGAL_EVENTS else "personal") for key, (zh, en) in rows)


@pages.get("/")
def home() -> str:
    """首页: search, what the visitor must not forget, what fits the visitor, and the ways into the catalogue."""
    is_known = current.actor() is not None and bool(current.visitor().subject)
    with current.engine().read(current.visitor()) as tx:
        popular, (total, online) = catalogue.popular(tx), portal.size(tx)
        mine = cases.mine(tx, limit=5).rows if is_known else ()
        suggested = portal.for_you(tx) if is_known else ()
        offered = offers.mine(tx) if is_known else ()
        marked = portal.marked(tx)[:4] if is_known else ()
        counts = search.find(tx, "", search.Filters()).counts
    waiting = [case for case in mine if case.state == "supplement_required"]
    ways = {"events": life_events(), "themes": _choices("theme", counts), "districts": _choices("region", counts)}
    owing = [case for case in mine if case.is_owing]
    held = {"waiting": waiting, "owing": owing, "mine": mine[:3], "suggested": suggested, "marked": marked}
    return render_template(
        "public/home.html",
        units=len(vocabulary.units()),
        offers=offered,
        popular=popular,
        total=total,
        online=online,
        audiences=AUDIENCES,
        hot=HOT,
        **ways,
        **held,
    )


@pages.get("/services")
def services() -> str:
    """事项搜索: as people speak, narrowed by audience, theme, life event, district, office and kind."""
    query = request.args.get("q", "").strip()[:100]
    given = {name: request.args.get(name) or None for name in FILTERS}
    filters = search.Filters(**given, online=True if request.args.get("online") else None)  # type: ignore[arg-type]
    with current.engine().read(current.visitor()) as tx:
        found = search.find(tx, query, filters, is_folded=not given["region"] and not given["office"])
        page = catalogue.page_of(tx, found, after=shared.after())
        popular = () if page.rows else catalogue.popular(tx)
        offices = _offices(tx, found) if page.rows or given["office"] else ()
    return render_template(
        "public/services.html",
        page=page,
        found=found,
        query=query,
        given={**given, "online": request.args.get("online")},
        facets=_facets(found, offices),
        popular=popular,
        audiences=AUDIENCES,
    )


def _offices(tx: Transaction, found: search.Hits) -> tuple[Choice, ...]:
    names = catalogue.offices_by_level(tx)
    return tuple(
        Choice(office.key, office.name["zh"], office.name["en"], n)
        for office in names
        if (n := found.counts.get(("office", office.key)))
    )


def _facets(found: search.Hits, offices: tuple[Choice, ...]) -> tuple[tuple[str, str, str, tuple[Choice, ...]], ...]:
    """(parameter, zh, en, choices) of what the list can be narrowed to, with counts."""
    kinds = (("instant", "秒批", "Instant"), ("committed", "承诺件", "Within a promised time"))
    return (
        ("region", "区域", "District", _choices("region", found.counts)),
        ("theme", "主题", "Theme", _choices("theme", found.counts)),
        ("life_event", "一件事", "Life event", _choices("life_event", found.counts)),
        ("kind", "办理方式", "Kind", tuple(Choice(k, z, e, found.counts.get(("kind", k), 0)) for k, z, e in kinds)),
        ("office", "部门", "Office", offices),
    )


def _choices(name: str, counts: object) -> tuple[Choice, ...]:
    assert isinstance(counts, dict)
    return tuple(Choice(v, zh, en, counts[name, v]) for v, zh, en in NAMES[name] if counts.get((name, v)))


def _names() -> dict[str, tuple[tuple[str, str, str], ...]]:
    words = vocabulary.words()
    regions = [(vocabulary.CITY, "市级", "City"), *((row[0], row[1], row[2]) for row in words["districts"].values())]
    themes = [(key, zh, en) for key, (zh, en) in words["themes"].items()]
    events = [(key, zh, en) for key, zh, en, _ in life_events()]
    return {"region": tuple(regions), "theme": tuple(themes), "life_event": tuple(events)}


NAMES = _names()
"""Words for the values of filters, in the order they are shown."""


def region_name(code: str) -> tuple[str, str]:
    """A division's name in both languages; its code when it is not of this city."""
    return next(((zh, en) for value, zh, en in NAMES["region"] if value == code), (code, code))


@pages.get("/services/<code>")
def guide(code: str) -> str:
    """办事指南: what everybody reads; the list for one's own situation is a step of its own, `/start`."""
    with current.engine().read(current.visitor()) as tx:
        found = guides.guide(tx, code)
        item = found.item
        drawing = diagrams.of_deployment(tx, item.deployment_id, item.process_id) if item.is_online else None
        is_marked = portal.is_marked(tx, item.code)
        standing = ratings.standing_of(tx, item.code)
        personal = situations.of(tx, item, request.args)
        has_principals = bool(authorisations.usable(tx, item.code))
        districts = portal.districts_of(tx, str(item.record.get("catalog_code") or "")) if item.level == "county" else ()
    return render_template(
        "public/guide.html",
        guide=found,
        item=item,
        drawing=drawing,
        is_marked=is_marked,
        districts=districts,
        standing=standing,
        personal=personal,
        has_principals=has_principals,
        region=region_name(item.region),
    )


@pages.post("/services/<code>/favourite")
def favourite(code: str) -> Response:
    """收藏 on and off."""
    with current.engine().begin(current.required()) as tx:
        portal.mark(tx, code, is_on=shared.text("on") == "1")
    return redirect(url_for("public.guide", code=code), code=303)


@pages.route("/query", methods=["GET", "POST"])
def query() -> str | tuple[str, int]:
    """免登录查进度: case number and query code."""
    if request.method == "GET":
        return render_template("public/query.html", progress=None, findings=())
    number, code = shared.text("case_no").upper(), shared.text("code").upper()
    try:
        with current.engine().read(current.visitor()) as tx:
            progress = cases.public_progress(tx, number, code)
    except NotFound as error:
        return shared.refused("public/query.html", error, progress=None)
    return render_template("public/query.html", progress=progress, findings=())


@pages.get("/verify")
def verify_form() -> Response | str:
    """证照核验: where the code is typed."""
    code = request.args.get("code", "").strip()
    return redirect(url_for("public.verify", code=code)) if code else render_template("public/verify_form.html", findings=())


@pages.get("/verify/<code>")
def verify(code: str) -> str | tuple[str, int]:
    """What a licence or document says of itself, its holder half hidden."""
    with current.engine().begin(current.visitor()) as tx:
        try:
            found = licences.verify(tx, code)
            licence_library.verified(tx, code)
            return render_template("public/verify.html", licence=found, paper=None)
        except NotFound:
            pass
        try:
            return render_template("public/verify.html", licence=None, paper=documents.verify(tx, code))
        except TongbanError as error:
            return shared.refused("public/verify_form.html", error, status=404)


@pages.get("/help")
def help_page() -> str:
    """帮助."""
    return render_template("public/help.html")


@pages.get("/accessibility")
def accessibility() -> str:
    """无障碍声明."""
    return render_template("public/accessibility.html")
