"""Pages for everybody: home, services, guides, tracking without sign-in, verification, help."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api import current
from api.web import diagrams, shared
from engine.casework import cases, catalogue, documents, licences
from engine.errors import NotFound, TongbanError

pages = Blueprint("public", __name__)
AUDIENCES = (("personal", "个人办事", "For individuals"), ("legal", "法人办事", "For enterprises"))
THEMES = (("welfare", "社会保障", "Welfare"), ("licence", "行政许可", "Licences"), ("complaint", "诉求", "Appeals"))


@pages.get("/")
def home() -> str:
    """首页: search, popular services and what the visitor must not forget."""
    with current.engine().read(current.visitor()) as tx:
        popular = catalogue.popular(tx)
        mine = cases.mine(tx, limit=5).rows if current.actor() and current.visitor().subject else ()
    waiting = [case for case in mine if case.state == "supplement_required"]
    return render_template("public/home.html", popular=popular, waiting=waiting, mine=mine[:3], audiences=AUDIENCES)


@pages.get("/services")
def services() -> str:
    """事项搜索: by words, audience and office."""
    query, audience = request.args.get("q", "").strip(), request.args.get("audience") or None
    with current.engine().read(current.visitor()) as tx:
        page = catalogue.listing(tx, query=query, audience=audience, after=shared.after())
        popular = () if page.rows else catalogue.popular(tx)
    return render_template(
        "public/services.html", page=page, query=query, audience=audience, popular=popular, audiences=AUDIENCES
    )


@pages.get("/services/<code>")
def guide(code: str) -> str:
    """办事指南."""
    with current.engine().read(current.visitor()) as tx:
        found = catalogue.guide(tx, code)
        drawing = diagrams.of_deployment(tx, found.item.deployment_id, found.item.process_id)
    return render_template("public/guide.html", guide=found, item=found.item, drawing=drawing)


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
    with current.engine().read(current.visitor()) as tx:
        try:
            return render_template("public/verify.html", licence=licences.verify(tx, code), paper=None)
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
