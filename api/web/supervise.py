"""Supervision: lights over offices and services, the overdue list, cards, and what a supervisor does about a case."""

from collections.abc import Callable, Mapping

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from api import current
from api.web import decisions, exports, live, shared, tables
from api.web.words import card_status, light_words, t, when
from engine.casework import boards, cards_settling, case_rows, cases, escalation, form_files, instant_board, verbs
from engine.errors import NotFound
from engine.transaction import Transaction

pages = Blueprint("supervise", __name__, url_prefix="/supervise")
STALE_MINUTES = 5


@pages.get("")
def board() -> str:
    """时限监管: lights, by office and by service, and the most urgent cases."""
    with current.engine().look(current.required()) as tx:
        shown = boards.board(tx)
        worst = boards.alerts(tx, limit=10)
        mark = live.mark(tx, "board", live.filters())
    late = (shown.as_of - shown.oldest_unswept_at).total_seconds() / 60 if shown.oldest_unswept_at else 0
    return render_template("supervise/board.html", board=shown, worst=worst, mark=mark, is_stale=late > STALE_MINUTES)


@pages.get("/instant")
def instant() -> str:
    """秒报秒批: prefilled fields, automatic decisions, why people had to look, and whether the sources answer."""
    with current.engine().read(current.required()) as tx:
        services = instant_board.services(tx)
    checks = [(name, source.check()) for name, source in sorted(current.engine().sources.items())]
    return render_template("supervise/instant.html", services=services, checks=checks)


@pages.get("/alerts")
def alerts() -> str:
    """预警、黄牌、红牌: the longest overdue first."""
    light = request.args.get("light") or None
    with current.engine().look(current.required()) as tx:
        page = boards.alerts(tx, light=light, after=shared.after())
        mark = live.mark(tx, "alerts", live.filters())
    return render_template("supervise/alerts.html", page=page, light=light, mark=mark)


@pages.get("/alerts.csv")
def alerts_csv() -> Response:
    """预警与超期, as on the screen, all of them."""
    light = request.args.get("light") or None
    with current.engine().look(current.required()) as tx:
        rows = list(exports.every(lambda after: boards.alerts(tx, light=light, after=after, limit=100)))
    return exports.csv_file("alerts", *tables.cases(rows))


@pages.get("/pauses")
def pauses() -> str:
    """停表审批: special procedures that wait for the head's word, and those that are open."""
    with current.engine().read(current.required()) as tx:
        found = verbs.unsettled_pauses(tx)
    return render_template("supervise/pauses.html", waiting=found)


@pages.get("/cards")
def cards() -> str:
    """监察牌, newest first; never deleted."""
    with current.engine().look(current.required()) as tx:
        page = boards.list_cards(tx, after=shared.after())
    return render_template("supervise/cards.html", page=page)


@pages.get("/cards.csv")
def cards_csv() -> Response:
    """监察牌, as on the screen, all of them."""
    with current.engine().look(current.required()) as tx:
        rows = exports.every(lambda after: boards.list_cards(tx, after=after, limit=100))
        lines = [_card_line(row) for row in rows]
    return exports.csv_file("cards", [t(*head) for head in _CARD_HEAD], lines)


_CARD_HEAD = (("级别", "Level"), ("办件", "Case"), ("内容", "Text"), ("发出", "Issued"), ("状态", "Status"), ("理由", "Reason"))


def _card_line(row: Mapping[str, object]) -> list[object]:
    said = (light_words(str(row["level"])), row["case_no"], t(row["text_zh"], row["text_en"]), when(row["issued_at"]))  # type: ignore[arg-type]  # a moment of a column
    return [*said, card_status(str(row["status"])), row["cancel_reason"]]


@pages.post("/cards/<card_id>/<verb>")
def settle(card_id: str, verb: str) -> Response:
    """撤牌, 确认发牌, 不予发牌, 申诉, 维持 or 撤销 on appeal."""
    if verb not in _CARD_VERBS:
        raise NotFound(thing=("操作", "the action"), key=verb)
    done, act_on = _CARD_VERBS[verb]
    with current.engine().begin(current.required()) as tx:
        act_on(tx, card_id, shared.text("reason"))
    back = request.form.get("back", "")
    return shared.to(back) if back.startswith("/desk/cases/") else shared.go("supervise.cards", done)


_CARD_VERBS: Mapping[str, tuple[str, Callable[[Transaction, str, str], None]]] = {
    "cancel": ("cancelled", cards_settling.cancel),
    "confirm": ("confirmed", lambda tx, card_id, reason: cards_settling.confirm(tx, card_id)),
    "drop": ("dropped", cards_settling.drop),
    "appeal": ("appealed", cards_settling.appeal),
    "uphold": ("settled", lambda tx, card_id, reason: cards_settling.settle(tx, card_id, reason, is_upheld=True)),
    "reject": ("settled", lambda tx, card_id, reason: cards_settling.settle(tx, card_id, reason, is_upheld=False)),
}


@pages.get("/cases/<case_no>")
def case(case_no: str) -> str:
    """A case as a supervisor sees it: clocks, cards, history, and 催办, 督办, 延期."""
    with current.engine().begin(current.required()) as tx:
        archive = cases.archive(tx, case_no)
        supervisions = verbs.supervisions_of(tx, case_no)
        ladder = escalation.dry_run(tx, case_no)
        row = case_rows.find(tx, case_no)
        form = form_files.application_form(tx, archive.case.deployment_id)
        made = decisions.of_case(tx, case_no)
        pauses = verbs.pauses_of(tx, case_no)
    shown = {"archive": archive, "case": archive.case, "supervisions": supervisions, "ladder": ladder, "decisions": made}
    shown |= {"pauses": pauses, "suspended": row["suspended"] if row else None, "application_form": form}
    return render_template("supervise/case.html", **shown)


@pages.post("/cases/<case_no>/<verb>")
def act(case_no: str, verb: str) -> Response:
    """催办, 督办, 延期, 挂起, 恢复, 终止, 停表审批."""
    if verb not in _VERBS:
        raise NotFound(thing=("操作", "the action"), key=verb)
    return shared.go("supervise.case", _VERBS[verb](case_no), case_no=case_no)


def _remind(case_no: str) -> str:
    with current.engine().begin(current.required()) as tx:
        verbs.remind(tx, case_no, shared.text("text"))
    return "reminded"


def _supervise(case_no: str) -> str:
    with current.engine().begin(current.required()) as tx:
        verbs.supervise(tx, case_no, shared.text("text"))
    return "supervised"


def _suspend(case_no: str) -> str:
    with current.engine().begin(current.required()) as tx:
        verbs.suspend(tx, case_no, shared.text("reason"), declared=shared.text("declared"))
    return "suspended"


def _resume(case_no: str) -> str:
    with current.engine().begin(current.required()) as tx:
        verbs.resume(tx, case_no, shared.text("reason"))
    return "resumed"


def _terminate(case_no: str) -> str:
    verbs.terminate(current.engine(), current.required(), case_no, shared.text("reason"))
    return "terminated"


def _close_supervision(case_no: str) -> str:
    with current.engine().begin(current.required()) as tx:
        verbs.close_supervision(tx, shared.text("supervision"))
    return "closed_supervision"


def _approve_pause(case_no: str) -> str:
    with current.engine().begin(current.required()) as tx:
        verbs.approve_pause(tx, shared.text("procedure"))
    return "paused"


def _refuse_pause(case_no: str) -> str:
    with current.engine().begin(current.required()) as tx:
        verbs.refuse_pause(tx, shared.text("procedure"), shared.text("reason"))
    return "pause_refused"


def _extend(case_no: str) -> str:
    with current.engine().begin(current.required()) as tx:
        verbs.extend(tx, case_no, "", shared.text("reason"))
    return "extended"


_VERBS: Mapping[str, Callable[[str], str]] = {
    "remind": _remind,
    "supervise": _supervise,
    "extend": _extend,
    "suspend": _suspend,
    "resume": _resume,
    "terminate": _terminate,
    "close-supervision": _close_supervision,
    "approve-pause": _approve_pause,
    "refuse-pause": _refuse_pause,
}
