"""Words for people: states, clocks, limits, facts and dates in the reader's language."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import g

from api import current
from engine.calendar import limits
from engine.calendar.explain import Step
from engine.casework import sla, special
from engine.casework.cards import KINDS
from engine.casework.sla import SlaClock
from engine.casework.states import WORDS, CaseState

_UNITS: Mapping[str, tuple[str, str]] = {
    "WD": ("个工作日", "working days"),
    "ND": ("天", "days"),
    "WH": ("个工作小时", "working hours"),
    "NH": ("小时", "hours"),
}
_LICENCE: Mapping[str, tuple[str, str]] = {
    "valid": ("有效", "Valid"),
    "expired": ("已过期", "Expired"),
    "revoked": ("已撤销", "Revoked"),
    "superseded": ("已换发", "Superseded"),
}
SOURCES: Mapping[str, tuple[str, str]] = {
    "population": ("人口基础库", "Population register"),
    "bank": ("银行账户核验", "Bank account check"),
    "subsidies": ("补贴发放库", "Subsidy register"),
    "enterprise": ("企业登记库", "Business register"),
    "enterprises": ("企业登记库", "Business register"),
    "applicant": ("申请人填报", "Given by the applicant"),
    "form": ("申请人填报", "Given by the applicant"),
    "officer": ("工作人员核实", "Checked by an officer"),
}


def t(zh: object, en: object = "") -> str:
    """The Chinese or the English text, whichever the reader asked for; Chinese when there is no English."""
    return str(zh) if current.language().startswith("zh") or not en else str(en)


def of(words: Mapping[str, str]) -> str:
    """`{zh, en}` in the reader's language."""
    return t(words.get("zh", ""), words.get("en", ""))


def state_words(state: str) -> str:
    """A case's state for people."""
    known = WORDS[CaseState(state)]
    return t(known.zh, known.en)


_LIGHTS: Mapping[str, tuple[str, str]] = {
    "green": ("正常", "On time"),
    "warning": ("预警", "Warning"),
    "yellow": ("黄牌", "Yellow"),
    "red": ("红牌", "Red"),
    "paused": ("停表", "Paused"),
    "no_limit": ("无时限", "No limit"),
    "stopped": ("已停止", "Stopped"),
}
_CARDS: Mapping[str, tuple[str, str]] = {
    "D": ("待确认", "Held"),
    "Y": ("已发", "Issued"),
    "C": ("未发", "Dropped"),
    "Q": ("已撤销", "Cancelled"),
}


def light_words(colour: str) -> str:
    """`黄牌`, `Yellow`: the same word in lists, exports and boards."""
    return t(*_LIGHTS.get(colour, (colour, colour)))


def card_status(status: str) -> str:
    """`已发`, `Issued`."""
    return t(*_CARDS.get(status, (status, status)))


def clock_words(kind: str) -> str:
    """`承诺时限`, `committed limit`."""
    zh, en = KINDS.get(kind, (kind, kind))
    return t(zh, en)


def special_words(kind: str) -> str:
    """`hearing` as `听证` or `a hearing`."""
    return t(*special.words(kind))


def limit_words(limit: str) -> str:
    """`5WD` as `5 个工作日` or `5 working days`."""
    return limits.parse(limit).words(current.language()) if limit else t("无时限", "no limit")


def left(clock: SlaClock) -> str:
    """How much of a clock is left, or how far it is over."""
    if clock.is_paused:
        return t("停表中", "paused")
    if clock.remaining is None:
        return ""
    amount = f"{abs(clock.remaining):.1f}".removesuffix(".0")
    zh, en = _UNITS[clock.unit]
    if clock.remaining < 0:
        return t(f"已超 {amount} {zh}", f"{amount} {en} over")
    return t(f"剩余 {amount} {zh}", f"{amount} {en} left")


def steps_of(clock: SlaClock) -> tuple[Step, ...]:
    """How a clock's date was computed, day by day."""
    return sla.steps_of(current.engine(), clock, _now())


def local(moment: datetime) -> datetime:
    """A moment on the city's wall clock."""
    return moment.astimezone(ZoneInfo(current.engine().settings.zone))


def when(moment: datetime | date | str | None) -> str:
    """A moment in the city's zone, `2026-11-24 09:30`; a day as it is; nothing for None."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if isinstance(moment, datetime):
        return f"{local(moment):%Y-%m-%d %H:%M}"
    return "" if moment is None else str(moment)


def _now() -> datetime:
    """The moment of this request by the city's clock, read once."""
    if "now" not in g:
        with current.engine().read(current.visitor()) as tx:
            g.now = tx.now
    moment: datetime = g.now
    return moment


def until(moment: datetime | None) -> str:
    """How far away a due moment is, in calendar days: today, tomorrow, in 3 days, 2 days ago."""
    if moment is None:
        return t("无时限", "no limit")
    days = (local(moment).date() - local(_now()).date()) // timedelta(days=1)
    near = {0: ("今天到期", "due today"), 1: ("明天到期", "due tomorrow"), -1: ("昨天到期", "was due yesterday")}
    if days in near:
        return t(*near[days])
    return t(f"{days} 天后到期", f"due in {days} days") if days > 0 else t(f"已过期 {-days} 天", f"{-days} days overdue")


def licence_status(status: str) -> str:
    """`有效`, `Valid`."""
    return t(*_LICENCE.get(status, (status, status)))


def source_words(source: object) -> str:
    """The source of a fact for people."""
    known = SOURCES.get(str(source)) or vocabulary()["sources"].get(str(source))
    zh, en = known or (str(source), str(source))
    return t(zh, en)


@cache
def vocabulary() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Names of facts and sources that services bring with them: [zh, en] by name, kept as data."""
    return tomllib.loads((Path(__file__).parent / "facts.toml").read_text("utf-8"))


def yuan(fen: int) -> str:
    """An amount of money."""
    return t(f"{fen / 100:,.2f} 元", f"CNY {fen / 100:,.2f}")


def show(value: object) -> str:
    """Any value of a form or fact as text."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return t("是", "yes") if value else t("否", "no")
    if isinstance(value, Mapping):
        return of(value) if "zh" in value else t("；", "; ").join(f"{k} {show(v)}" for k, v in value.items())
    if isinstance(value, Iterable) and not isinstance(value, str):
        return t("、", ", ").join(show(item) for item in value)
    return str(value)
