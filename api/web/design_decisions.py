"""回测: a version's decision tables tried on the decisions that cases have recorded."""

from datetime import date

from flask import Blueprint, render_template, request

from api import current
from api.web import shared
from engine.casework import access, decided
from engine.errors import Invalid
from engine.runtime import deploy, plans

pages = Blueprint("design_decisions", __name__, url_prefix="/design")


class DayUnreadable(Invalid):
    """Expected a day such as 2027-01-01, but it reads {text}."""

    zh = "日期应写成 2027-01-01，实际为“{text}”。"


@pages.get("/versions/<deployment_id>/backtest")
def backtest(deployment_id: str) -> str | tuple[str, int]:
    """Whose outcome this version would change; nothing is stored."""
    on = request.args.get("on", "").strip()
    wanted = request.args.get("decision", "")
    findings: tuple[object, ...] = ()
    try:
        day = _day(on)
    except DayUnreadable as error:
        day, findings = None, shared.as_findings(error)
    with current.engine().read(current.required()) as tx:
        access.require(tx, "definition.view")
        found = deploy.get(tx, deployment_id)
        files = plans.files_of(tx, deployment_id)
        names = {decision.name: decision.label for decision in plans.decisions_of(files).values()}
        tests = () if findings else decided.backtest(tx, files, decision=wanted if wanted in names else "", on=day)
    shown = {"found": found, "tests": tests, "names": names, "on": on, "wanted": wanted, "most": decided.MOST_CASES}
    page = render_template("design/backtest.html", findings=findings, **shown)
    return (page, 422) if findings else page


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise DayUnreadable(text=text) from wrong
