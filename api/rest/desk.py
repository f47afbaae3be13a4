"""What an officer keeps and does at the desk beside the verbs: supplement, materials, deputies, filters, cards, dates."""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from api import current
from api.rest.room import PageAsked, Plain, Room, page_of
from api.rest.shapes import ClockShown
from api.rest.tasks import Done
from api.rest.verb_shapes import VerbReason
from engine.casework import cards, cards_settling, cases, inbox, inbox_marks, material_checks, sla, substitution
from engine.casework.inbox import Completed
from engine.casework.inbox_marks import SavedFilter
from engine.casework.pages import Page
from engine.casework.substitution import Substitution
from engine.errors import NotFound
from engine.transaction import Transaction

rest = Room("rest_desk", __name__, description="办公桌 · Desk")
TEXT = validate.Length(max=4000)


class Wanting(Schema):
    """One thing that is missing or wrong."""

    name = fields.String(required=True, validate=validate.Length(1, 200))
    reason = fields.String(load_default="", validate=TEXT)


class SupplementAsked(Schema):
    """items: everything at once; the law allows one notice. days: as 5WD, empty takes the item's."""

    items = fields.List(fields.Nested(Wanting), required=True, validate=validate.Length(1, 50))
    reason = fields.String(load_default="", validate=TEXT)
    days = fields.String(load_default="", validate=validate.Length(max=10))


class Verdict(Schema):
    """verdict: ok or not_ok, with what is wrong."""

    verdict = fields.String(required=True, validate=validate.OneOf(["ok", "not_ok"]))
    note = fields.String(load_default="", validate=TEXT)


class Verdicts(Schema):
    """By the material's Chinese name."""

    materials = fields.Dict(keys=fields.String(), values=fields.Nested(Verdict), required=True)


class Deputy(Schema):
    """principal_id: for an absent colleague, by a supervisor. items: codes of services, empty for all."""

    deputy_id = fields.String(required=True, validate=validate.Length(1, 100))
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    items = fields.List(fields.String(), load_default=list, validate=validate.Length(max=200))
    reason = fields.String(load_default="", validate=TEXT)
    principal_id = fields.String(load_default=None, allow_none=True)


class DeputyShown(Schema):
    """A substitution; it holds from starts_at until ends_at or ended_at."""

    id = fields.String(required=True)
    principal_id = fields.String(required=True)
    principal_name = fields.String(required=True)
    deputy_id = fields.String(required=True)
    deputy_name = fields.String(required=True)
    items = Plain(required=True)
    starts_at = fields.DateTime(required=True)
    ends_at = fields.DateTime(required=True)
    ended_at = fields.DateTime(required=True, allow_none=True)
    reason = fields.String(required=True)


class FilterGiven(Schema):
    """query: parameters of the lists (q, light, item_code, group, element_id, office)."""

    name = fields.String(required=True, validate=validate.Length(1, 60))
    query = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    is_shared = fields.Boolean(load_default=False)


class FilterShown(FilterGiven):
    """A saved filter; owner_name: who shares it."""

    id = fields.String(required=True)
    is_mine = fields.Boolean(required=True)
    owner_name = fields.String(required=True)


class CardShown(Schema):
    """A card of e-supervision. status: held, issued, cancelled, dropped."""

    id = fields.String(required=True)
    case_no = fields.String(required=True)
    level = fields.String(required=True)
    status = fields.String(required=True)
    office = fields.String(required=True)
    issued_at = fields.DateTime(required=True)
    due_at = fields.DateTime(required=True, allow_none=True)
    text_zh = fields.String(required=True)
    text_en = fields.String(required=True)
    cancel_reason = Plain(required=True, allow_none=True)


class StepShown(Schema):
    """A stretch of days and what they count as."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class ClockExplained(ClockShown):
    """steps: how its date was computed, day by day."""

    steps = fields.List(fields.Nested(StepShown), required=True)


@rest.post("/tasks/<task_id>/supplement")
@rest.arguments(SupplementAsked)
@rest.response(200, Done)
def supplement(given: dict[str, Any], task_id: str) -> Completed:
    """一次性告知补正 · Returns a case to its applicant once, naming everything that is missing"""
    asked = (given["items"], given["reason"])
    return inbox.return_for_supplement(current.engine(), current.required(), task_id, *asked, days=given["days"])


@rest.put("/tasks/<task_id>/materials")
@rest.arguments(Verdicts)
@rest.response(204)
def materials(given: dict[str, Any], task_id: str) -> None:
    """逐项审核 · Says of each material whether it is in order; what is not feeds the supplement notice"""
    said = {name: (check["verdict"], check["note"]) for name, check in given["materials"].items()}
    with current.engine().begin(current.required()) as tx:
        material_checks.check(tx, task_id, said)


@rest.get("/substitutions", endpoint="substitutions")
@rest.response(200, DeputyShown(many=True))
def deputies() -> list[Substitution]:
    """委托代理 · Given by or to oneself, newest first"""
    with current.engine().read(current.required()) as tx:
        return list(substitution.mine(tx))


@rest.post("/substitutions")
@rest.arguments(Deputy)
@rest.response(201, DeputyShown)
def appoint(given: dict[str, Any]) -> Substitution:
    """委托 · Appoints a deputy from one moment to another"""
    with current.engine().begin(current.required()) as tx:
        return substitution.appoint(tx, **given)


@rest.delete("/substitutions/<substitution_id>")
@rest.response(204)
def end(substitution_id: str) -> None:
    """收回委托 · Ends a substitution"""
    with current.engine().begin(current.required()) as tx:
        substitution.end(tx, substitution_id)


@rest.get("/filters", endpoint="filters")
@rest.response(200, FilterShown(many=True))
def filters() -> list[SavedFilter]:
    """筛选 · One's own filters, then those colleagues share"""
    with current.engine().read(current.required()) as tx:
        return list(inbox_marks.filters(tx))


@rest.post("/filters")
@rest.arguments(FilterGiven)
@rest.response(201, FilterShown)
def save_filter(given: dict[str, Any]) -> SavedFilter:
    """保存筛选 · Keeps the parameters of a list under a name"""
    with current.engine().begin(current.required()) as tx:
        return inbox_marks.save(tx, given["name"], given["query"], is_shared=given["is_shared"])


@rest.delete("/filters/<filter_id>")
@rest.response(204)
def forget_filter(filter_id: str) -> None:
    """删除筛选 · Deletes one's own filter"""
    with current.engine().begin(current.required()) as tx:
        inbox_marks.forget(tx, filter_id)


@rest.get("/cards", endpoint="cards")
@rest.arguments(PageAsked, location="query")
@rest.response(200, page_of(CardShown))
def issued(asked: dict[str, Any]) -> Page[Mapping[str, object]]:
    """监察牌 · Cards, newest first"""
    with current.engine().read(current.required()) as tx:
        return cards.listing(tx, after=asked["after"], limit=asked["limit"])


_SETTLE: Mapping[str, Callable[[Transaction, str, str], None]] = {
    "confirm": lambda tx, card_id, _: cards_settling.confirm(tx, card_id),
    "drop": cards_settling.drop,
    "cancel": cards_settling.cancel,
    "appeal": cards_settling.appeal,
    "uphold": lambda tx, card_id, said: cards_settling.settle(tx, card_id, said, is_upheld=True),
    "reject": lambda tx, card_id, said: cards_settling.settle(tx, card_id, said, is_upheld=False),
}


@rest.post("/cards/<card_id>/<what>")
@rest.arguments(VerbReason)
@rest.response(204)
def settle(given: dict[str, str], card_id: str, what: str) -> None:
    """监察牌处理 · confirm, drop, cancel with a reason; appeal, uphold, reject"""
    actor = current.required()
    if what not in _SETTLE:
        raise NotFound(thing=("操作", "the action"), key=what)
    with current.engine().begin(actor) as tx:
        _SETTLE[what](tx, card_id, given["reason"])


@rest.get("/cases/<case_no>/clocks")
@rest.response(200, ClockExplained(many=True))
def clocks(case_no: str) -> list[Mapping[str, object]]:
    """时限怎么算的 · Every clock of a case with the steps that led to its date"""
    with current.engine().begin(current.required()) as tx:
        cases.read(tx, case_no)
        found = sla.of_case(tx, case_no)
        shown = [{name: getattr(clock, name) for name in ClockShown().fields} for clock in found]
        return [{**row, "steps": sla.steps_of(tx.engine, clock, tx.now)} for row, clock in zip(shown, found, strict=True)]
