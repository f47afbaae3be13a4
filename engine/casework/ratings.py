"""好差评: one rating for each service on any channel; a bad one opens a rectification that ends with the citizen (DOMAIN 2.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.actors import Actor, ActorKind
from engine.casework import access, audit, case_rows, catalogue, counting, notices, opening, pages
from engine.casework.pages import Page
from engine.casework.states import TERMINAL, CaseState
from engine.errors import Conflict, Finding, Invalid, NotFound, Severity
from engine.models.base import new_id
from engine.models.ratings import ratings
from engine.models.supervision import counters
from engine.runtime import jobs, messages
from engine.transaction import Engine, Transaction

LEVELS: Mapping[int, tuple[str, str]] = {
    1: ("非常满意", "Very satisfied"),
    2: ("满意", "Satisfied"),
    3: ("基本满意", "Fairly satisfied"),
    4: ("不满意", "Dissatisfied"),
    5: ("非常不满意", "Very dissatisfied"),
}
REASONS: Mapping[str, tuple[str, str]] = {
    "late": ("超过承诺时间", "Later than promised"),
    "materials": ("要求重复提交材料", "Papers asked for twice"),
    "notice": ("没有一次性告知", "Not told everything at once"),
    "errands": ("跑了不止一趟", "More than one errand"),
    "attitude": ("服务态度不好", "Unfriendly"),
    "online": ("网上办理不好用", "Hard to use on line"),
    "guide": ("指南与实际不符", "The guide was wrong"),
    "result": ("对结果有疑问", "The result is unclear"),
    "other": ("其他", "Something else"),
}
RERATINGS: Mapping[int, tuple[str, str]] = {
    1: ("满意", "Satisfied"),
    2: ("基本满意", "Fairly satisfied"),
    3: ("不满意", "Dissatisfied"),
}
CHANNELS = ("pc", "mobile", "qr", "tablet", "terminal", "phone", "sms")
WINDOW = timedelta(days=90)
RECTIFICATION = "bad-review"
"""Key of the service that handles a bad rating; a city without it only counts."""


class AlreadyRated(Conflict):
    """Expected a service that was not rated yet, but {case_no} was rated on {at}; one service, one rating."""

    zh = "办件 {case_no} 已于 {at} 评价；一事一评，不能重复评价。"


class NothingToRate(Conflict):
    """Expected a service that has ended within the last 90 days, but {case_no} is “{state}”; rate it when it is done."""

    zh = "办件 {case_no} 当前为“{state}”，办结后 90 天内可以评价。"


class NoAnswerYet(Conflict):
    """Expected a rectification that was answered and not rated again, but that of {case_no} is not; wait for the answer."""

    zh = "办件 {case_no} 的差评整改尚未反馈或已再次评价；请等待反馈。"


@dataclass(frozen=True, slots=True)
class Rating:
    """level: 1 very satisfied … 5 very dissatisfied. name: empty when anonymous. state: counted | verifying | answered |
    settled | escalated | invalid. answer: what the office did about a bad one."""

    id: str
    case_no: str
    item_code: str
    item_name: Mapping[str, str]
    office: str
    level: int
    channel: str
    reasons: tuple[str, ...]
    text: str
    is_anonymous: bool
    name: str
    at: datetime
    state: str
    review_no: str | None
    answer: str
    answered_at: datetime | None
    called_back_at: datetime | None
    rerating: int | None

    @property
    def is_bad(self) -> bool:
        """The two lowest levels."""
        return self.level >= 4


@dataclass(frozen=True, slots=True)
class Standing:
    """How an office or item is rated: counts by level, and the share of the three good levels in percent (None: no rating)."""

    key: str
    levels: Mapping[int, int]

    @property
    def total(self) -> int:
        """All valid ratings."""
        return sum(self.levels.values())

    @property
    def satisfied(self) -> float | None:
        """Percent of ratings that are not bad."""
        good = sum(n for level, n in self.levels.items() if level <= 3)
        return round(100 * good / self.total, 1) if self.total else None


def rate(
    engine: Engine,
    actor: Actor,
    case_no: str,
    level: int,
    *,
    reasons: Sequence[str] = (),
    text: str = "",
    is_anonymous: bool = False,
    channel: str = "pc",
) -> Rating:
    """The applicant rates a finished service. A bad rating carries a reason or a text, and opens its rectification.

    Raises NotFound, AlreadyRated, NothingToRate, Invalid."""
    with engine.begin(actor) as tx:
        row = case_rows.allowed(tx, case_no, "case.rate")
        rating = _rated(tx, row, level, reasons, text, is_anonymous=is_anonymous, channel=channel)
    _settle(engine, rating)
    return rating


def rate_by_code(
    engine: Engine,
    actor: Actor,
    case_no: str,
    query_code: str,
    level: int,
    *,
    reasons: Sequence[str] = (),
    text: str = "",
    channel: str = "qr",
) -> Rating:
    """The same without sign-in by number and query code, from a QR code, a tablet in the hall or a text message; anonymous."""
    with engine.begin(actor) as tx:
        row = case_rows.find(tx, case_no.strip().upper())
        if row is None or row["query_code"] != query_code.strip().upper():
            raise NotFound(thing=("办件", "the case"), key=case_no)
        rating = _rated(tx, row, level, reasons, text, is_anonymous=True, channel=channel)
    _settle(engine, rating)
    return rating


def _rated(
    tx: Transaction, row: Mapping[str, Any], level: int, reasons: Sequence[str], text: str, *, is_anonymous: bool, channel: str
) -> Rating:
    row = case_rows.locked(tx, row["case_no"])
    _check(tx, row, level, reasons, text, channel)
    made = _row(tx, row, level, reasons, text, is_anonymous=is_anonymous, channel=channel)
    if level >= 4:
        made |= _open_rectification(tx, row, made)
    tx.connection.execute(ratings.insert().values(**made))
    audit.write(tx, row["root_id"], "case.rated", {"level": level, "channel": channel})
    counting.add(tx, row["office"], row["item_code"], [(f"rating:{level}", 1)])
    told = {"level": level, "rating": level}
    if messages.is_awaited(tx, "case.rated", row["case_no"]):
        messages.publish(tx, "case.rated", row["case_no"], told)
    return _rating(made)


def _check(tx: Transaction, row: Mapping[str, Any], level: int, reasons: Sequence[str], text: str, channel: str) -> None:
    earlier = tx.row(sa.select(ratings.c.at).where(ratings.c.case_no == row["case_no"]))
    if earlier is not None:
        raise AlreadyRated(case_no=row["case_no"], at=f"{earlier['at']:%Y-%m-%d}")
    if not _may_be_rated(tx, row):
        raise NothingToRate(case_no=row["case_no"], state=case_rows.words(row))
    findings = []
    if level not in LEVELS:
        findings.append(_finding("rating.level", "/level", "Choose one of the five levels.", "请选择五个等级之一。"))
    if level in (4, 5) and not text.strip() and not set(reasons) & REASONS.keys():
        said = ("Tick what was wrong or write it down.", "请勾选不满意的原因或写明情况。")
        findings.append(_finding("rating.reason", "/reasons", *said))
    if channel not in CHANNELS or set(reasons) - REASONS.keys() or len(text) > 1000:
        findings.append(
            _finding("rating.value", "/text", "At most 1,000 characters; known reasons only.", "不超过 1000 字，原因须在列表中。")
        )
    if findings:
        raise Invalid(findings=findings)


def _finding(code: str, pointer: str, en: str, zh: str) -> Finding:
    return Finding(Severity.ERROR, code, pointer, en, zh)


def _may_be_rated(tx: Transaction, row: Mapping[str, Any]) -> bool:
    if CaseState(row["state"]) not in TERMINAL | {CaseState.DELIVERED} or row["state"] == CaseState.WITHDRAWN:
        return False
    ended = row["closed_at"] or row["delivered_at"] or row["submitted_at"]
    return tx.now - ended <= WINDOW and not _is_rectification(tx, row)


def _is_rectification(tx: Transaction, row: Mapping[str, Any]) -> bool:
    return tx.value(sa.select(ratings.c.id).where(ratings.c.review_no == row["case_no"])) is not None


def can_rate(tx: Transaction, case_no: str) -> bool:
    """Whether the acting person may rate this case now. Raises NotFound."""
    row = case_rows.allowed(tx, case_no, "case.rate")
    return _may_be_rated(tx, row) and of_case(tx, case_no) is None


def _row(
    tx: Transaction, row: Mapping[str, Any], level: int, reasons: Sequence[str], text: str, *, is_anonymous: bool, channel: str
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "case_no": row["case_no"],
        "item_code": row["item_code"],
        "item_zh": row["item_zh"],
        "item_en": row["item_en"],
        "office": row["office"],
        "level": level,
        "channel": channel,
        "reasons": list(dict.fromkeys(reasons)),
        "text": text.strip(),
        "is_anonymous": is_anonymous,
        "account_id": row["account_id"],
        "name": "" if is_anonymous else row["applicant_name"],
        "handled_by": row["handled_by"],
        "at": tx.now,
        "state": "counted",
        "review_no": None,
        "review_kind": "",
        "answer": "",
        "appeal": "",
        "appeal_ruling": "",
        "called_back_at": None,
        "answered_at": None,
        "rerating": None,
    }


def _open_rectification(tx: Transaction, row: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, Any]:
    """谁办理谁负责: the rectification is a case of the office that handled the service, with a clock of its own."""
    try:
        item = catalogue.item(tx, RECTIFICATION)
    except NotFound:
        return {}
    name = "匿名评价人" if made["is_anonymous"] else row["applicant_name"]
    rater = Actor(row["account_id"], name, ActorKind.CITIZEN, subject=None)
    answers = {
        "rated_case": row["case_no"],
        "office": row["office"],
        "service": row["item_zh"],
        "level": LEVELS[made["level"]][0],
        "reasons": "；".join(REASONS[reason][0] for reason in made["reasons"]),
        "text": made["text"],
        "anonymous": made["is_anonymous"],
    }
    opened = opening.open_case(replace(tx, actor=rater), replace(item, office=row["office"]), answers, {}, new_id())
    return {"state": "verifying", "review_no": opened.case_no}


def _settle(engine: Engine, rating: Rating) -> None:
    """Lets the rectification's own first steps run."""
    if rating.review_no is None:
        return
    with engine.read(Actor("", "", ActorKind.SYSTEM)) as tx:
        row = case_rows.find(tx, rating.review_no)
    if row is not None and row["root_id"]:
        jobs.drain(engine, row["root_id"], engine.settings.drain_seconds)


def _rating(row: Mapping[str, Any]) -> Rating:
    kept = {name: row[name] for name in Rating.__dataclass_fields__ if name in row}
    return Rating(**{**kept, "item_name": {"zh": row["item_zh"], "en": row["item_en"]}, "reasons": tuple(row["reasons"])})


def of_case(tx: Transaction, case_no: str) -> Rating | None:
    """The rating of a case; the caller has checked who may see the case."""
    row = tx.row(sa.select(ratings).where(ratings.c.case_no == case_no))
    return None if row is None else _rating(row)


def of_review(tx: Transaction, review_no: str) -> Rating | None:
    """The rating that a rectification is about; the caller has checked who may see it."""
    row = tx.row(sa.select(ratings).where(ratings.c.review_no == review_no))
    return None if row is None else _rating(row)


def rerate(engine: Engine, actor: Actor, case_no: str, rerating: int) -> Rating:
    """再次评价: 1 satisfied, 2 fairly, 3 dissatisfied with what was done; a 3 goes to the supervisor.

    Raises NoAnswerYet, Invalid."""
    if rerating not in RERATINGS:
        said = ("Choose one of the three levels.", "请选择三个等级之一。")
        raise Invalid(findings=(_finding("rating.level", "/rerating", *said),))
    with engine.begin(actor) as tx:
        case_rows.allowed(tx, case_no, "case.rate")
        row = tx.row(sa.select(ratings).where(ratings.c.case_no == case_no).with_for_update())
        if row is None or row["state"] != "answered":
            raise NoAnswerYet(case_no=case_no)
        state = "escalated" if rerating == 3 else "settled"
        changes = {"rerating": rerating, "rerated_at": tx.now, "state": state}
        tx.connection.execute(ratings.update().where(ratings.c.id == row["id"]).values(**changes))
        messages.publish(tx, "rating.rerated", row["review_no"], {"rerating": rerating})
    messages.sweep(engine, 50)
    return _rating({**row, **changes})


def change(tx: Transaction, review_no: str, **changes: Any) -> Rating:
    """Stores what a rectification did; for its operations. Raises NotFound."""
    row = tx.row(sa.select(ratings).where(ratings.c.review_no == review_no))
    if row is None:
        raise NotFound(thing=("差评", "the bad rating of"), key=review_no)
    tx.connection.execute(ratings.update().where(ratings.c.id == row["id"]).values(**changes))
    if changes.get("state") == "invalid":
        counting.add(tx, row["office"], row["item_code"], [(f"rating:{row['level']}", -1)])
    return _rating({**row, **changes})


def tell(tx: Transaction, rating: Rating, template: str) -> None:
    """Tells the rater what came of it; by the account even when the name is hidden."""
    account = tx.value(sa.select(ratings.c.account_id).where(ratings.c.id == rating.id))
    notices.write(tx, account, template, {"case_no": rating.case_no}, case_no=rating.case_no)


def listing(
    tx: Transaction, *, office: str | None = None, only_bad: bool = False, after: str | None = None, limit: int = 20
) -> Page[Rating]:
    """Ratings for supervisors of the office (the city's bureau sees all), newest first."""
    access.require(tx, "rating.view", access.About(office=office or tx.actor.office))
    conditions = [ratings.c.office == office] if office else []
    if not office and tx.actor.office != access.CITY_OFFICE:
        conditions = [ratings.c.office == tx.actor.office]
    if only_bad:
        conditions.append(ratings.c.level >= 4)
    return _page(tx, conditions, after, limit)


def published(
    tx: Transaction, *, item_code: str | None = None, office: str | None = None, after: str | None = None, limit: int = 20
) -> Page[Rating]:
    """公开: ratings with a text that are valid, newest first, names half hidden; for everybody."""
    conditions = [ratings.c.state != "invalid", ratings.c.text != ""]
    conditions += [ratings.c.item_code == item_code] if item_code else []
    conditions += [ratings.c.office == office] if office else []
    page = _page(tx, conditions, after, limit)
    return Page(tuple(replace(r, name=access.mask_name(r.name) if r.name else "", case_no="") for r in page.rows), page.next)


def _page(tx: Transaction, conditions: Sequence[sa.ColumnElement[bool]], after: str | None, limit: int) -> Page[Rating]:
    query = sa.select(ratings).where(*conditions)
    if after:
        query = query.where(ratings.c.id < pages.decode(after, 1)[0])
    rows = tx.rows(query.order_by(ratings.c.id.desc()).limit(limit + 1))
    return pages.cut([_rating(row) for row in rows], limit, lambda r: (r.id,))


def ranking(tx: Transaction, by: str = "office", limit: int = 50) -> tuple[Standing, ...]:
    """Offices or items (`item_code`) by satisfaction, best first, from maintained counters; published for everybody."""
    column = counters.c.office if by == "office" else counters.c.item_code
    query = (
        sa.select(column.label("key"), counters.c.measure, sa.func.sum(counters.c.n).label("n"))
        .where(counters.c.measure.in_([f"rating:{level}" for level in LEVELS]))
        .group_by(column, counters.c.measure)
    )
    found: dict[str, dict[int, int]] = {}
    for row in tx.rows(query):
        found.setdefault(row["key"], {})[int(row["measure"][-1])] = int(row["n"])
    standings = [Standing(key, {level: n for level, n in levels.items() if n > 0}) for key, levels in found.items()]
    rated = [standing for standing in standings if standing.total]
    return tuple(sorted(rated, key=lambda s: (-(s.satisfied or 0), -s.total, s.key)))[:limit]


def standing_of(tx: Transaction, item_code: str) -> Standing:
    """How one service is rated."""
    measures = [f"rating:{level}" for level in LEVELS]
    query = sa.select(counters.c.measure, sa.func.sum(counters.c.n).label("n")).where(
        counters.c.item_code == item_code, counters.c.measure.in_(measures)
    )
    return Standing(item_code, {int(row["measure"][-1]): int(row["n"]) for row in tx.rows(query.group_by(counters.c.measure))})
