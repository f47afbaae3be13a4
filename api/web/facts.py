"""Reasons, facts and answers as people read them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import forms
from api import current
from api.web import words
from engine.casework import uploads
from engine.casework.inbox import TaskView
from forms.model import SILENT

_FACTS: Mapping[str, tuple[str, str]] = {
    "name": ("姓名", "Name"),
    "birth_date": ("出生日期", "Date of birth"),
    "age": ("年龄", "Age"),
    "hukou": ("户籍", "Household registration"),
    "gender": ("性别", "Sex"),
    "is_alive": ("生存状态", "Living"),
    "account_holder": ("账户户名", "Account holder"),
    "account": ("银行账号", "Bank account"),
    "monthly_fen": ("每月金额", "Monthly amount"),
    "level": ("档次", "Tier"),
    "company_name": ("企业名称", "Company"),
    "licence_no": ("营业执照编号", "Business licence no."),
    "bank": ("开户银行", "Bank"),
    "address_code": ("标准地址编码", "Address code"),
    "capital": ("注册资本（万元）", "Capital (10,000 yuan)"),
    "scope": ("经营范围", "Scope"),
    "ratio": ("缴存比例（%）", "Contribution (%)"),
    "measure": ("措施", "Measure"),
    "from": ("自", "From"),
    "until": ("至", "Until"),
    "rule": ("规则版本", "Rule"),
    "degree": ("学历", "Degree"),
    "category": ("类别", "Category"),
    "settle_at": ("落户地址", "Settles at"),
    "project": ("项目名称", "Project"),
    "sector": ("行业", "Sector"),
    "investment": ("总投资（万元）", "Investment (10,000 yuan)"),
    "district": ("所在区", "District"),
    "quota": ("核定用量", "Quota"),
    "seals": ("印章", "Seals"),
    "staff": ("人数", "Staff"),
    "amount": ("金额", "Amount"),
    "address": ("地址", "Address"),
    "business": ("经营项目", "Business items"),
    "uscc": ("统一社会信用代码", "Unified social credit code"),
    "legal_representative": ("法定代表人", "Legal representative"),
}
_OUTPUTS: Mapping[str, tuple[str, str]] = {
    "check": ("检查项", "Check"),
    "result": ("结论", "Finding"),
    "zh": ("中文说明", "In Chinese"),
    "en": ("英文说明", "In English"),
    "source": ("来源", "Source"),
}
_KINDS = {"pass": "ok", "passed": "ok", "yes": "ok", "true": "ok", "fail": "no", "failed": "no", "no": "no", "false": "no"}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a decision. kind: ok | no | ask. source: where the fact came from, in words."""

    kind: str
    text: str
    source: str


def fact_words(name: str) -> str:
    """The name of a fact such as `population.birth_date` for people; the name itself when it is not known."""
    short = name.rsplit(".", 1)[-1]
    zh, en = _FACTS.get(short) or _named().get(re.sub(r"^p\d+_", "", short), (name, name))
    return words.t(zh, en)


@cache
def _named() -> Mapping[str, tuple[str, str]]:
    return {name: (zh, en) for name, (zh, en) in words.vocabulary()["facts"].items()}


def fact_value(name: str, value: object) -> str:
    """The value of a fact for people: enumerated ones by their name, what is counted in fen as money."""
    if name.endswith("_fen") and isinstance(value, int):
        return words.yuan(value)
    if (known := words.vocabulary()["values"].get(f"{name.rsplit('.', 1)[-1]}.{value}")) is not None:
        return words.t(*known)
    return words.show(value)


def output_words(name: str) -> str:
    """The head of a decision table's output column: those of every table of checks in words, others as the table says."""
    return words.t(*_OUTPUTS.get(name, (name, name)))


def reason(given: object) -> Reason:
    """A reason as stored: a text, or a table with zh, en, result and source."""
    if not isinstance(given, Mapping):
        return Reason("ok", str(given), "")
    kind = _KINDS.get(str(given.get("result", given.get("status", "pass"))).lower(), "ask")
    text = words.t(given.get("zh") or given.get("text") or given.get("name") or "", given.get("en") or "")
    source = given.get("source")
    return Reason(kind, text, words.source_words(source) if source else "")


def field_id(pointer: str) -> str:
    """The id of the field a finding points at: `/members/0/name` → `f-members-0-name`."""
    return "f-" + re.sub(r"[^\w]+", "-", pointer.strip("/"))


def rows_of(form: forms.Form | None, answers: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """(label, value) of what was handed in, in the form's order; without a form by key."""
    if form is None:
        yield from ((fact_words(key), words.show(value)) for key, value in answers.items())
        return
    for view in forms.view(form, answers, read_only=True):
        yield from _row(view)


def _row(view: forms.FieldView) -> Iterator[tuple[str, str]]:
    for child in view.children:
        yield from _row(child)
    if view.key and not view.children:
        yield words.t(view.label, view.label_en), show_field(view)


def show_field(view: forms.FieldView) -> str:
    """What a field holds, in words."""
    return words.show(_chosen(view))


def _chosen(view: forms.FieldView) -> object:
    """The labels of chosen options and the names of files rather than their values."""
    if view.kind == "filepicker":
        return [file.name for file in uploaded(view.value)]
    labels = {option.value: words.t(option.label, option.label_en) for option in view.options}
    if isinstance(view.value, list):
        return [labels.get(v, v) if isinstance(v, str) else v for v in view.value]
    return labels.get(view.value, view.value) if isinstance(view.value, str) else view.value


def marks_of(views: Iterable[forms.FieldView], before: str = "") -> Iterator[tuple[str, str]]:
    """(name, label) of everything that can be marked as wrong: fields in groups and lines, and those of each row."""
    for view in views:
        if view.children:
            yield from marks_of(view.children, _row_words(view) if view.kind == "row" else before)
        elif view.key and view.kind not in SILENT:
            yield view.name, before + words.t(view.label, view.label_en)


def _row_words(view: forms.FieldView) -> str:
    return words.t("第 %s 行：", "Row %s: ") % view.label


def mark_words(name: str, view: TaskView, views: Iterable[forms.FieldView]) -> str:
    """What a marked field is called: on this page, in the form it was marked in, or in the application; else its name."""
    elsewhere = ((view.marked_in, view.data), (view.application_form, view.answers))
    drawn = (views, *(forms.view(form, answers) for form, answers in elsewhere if form is not None))
    return next((label for level in drawn for key, label in marks_of(level) if key == name), name)


def uploaded(ids: object) -> tuple[uploads.Upload, ...]:
    """The files an answer names, as far as the reader may know them."""
    if not isinstance(ids, list) or not ids or current.actor() is None:
        return ()
    with current.engine().read(current.required()) as tx:
        return uploads.named(tx, ids)
