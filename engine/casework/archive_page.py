"""The page of an archive package that people read: facts, answers, reasons, documents and history of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

import forms

if TYPE_CHECKING:
    from engine.casework.papers import Document
    from engine.casework.view import Line

_STYLE = (
    "body{max-width:60rem;margin:2rem auto;padding:0 1rem;font:16px/1.6 sans-serif;color:#1a1a1a}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;"
    "border-bottom:1px solid #ddd}th{width:18rem;font-weight:normal;color:#555}"
)
_OUTCOMES = {"grant": "准予 / granted", "refuse": "不予 / refused"}
Labels = Mapping[str, forms.Field]


def labels(form: forms.Form | None) -> Labels:
    """The fields of a form by key, those inside groups included."""
    return {field.key: field for field in form.leaves()} if form else {}


def page(
    case: Mapping[str, Any],
    known: Labels,
    lines: Sequence[Line],
    papers: Sequence[tuple[str, Document]],
    local: Callable[[datetime], datetime],
) -> bytes:
    """The whole page. known: fields of the application's form; papers: (address in the package, document)."""
    facts = [("事项 / service", f"{case['item_zh']} / {case['item_en']}"), ("申请人 / applicant", case["applicant_name"])]
    facts += [("证件号码 / number", case["applicant_no"])]
    facts += [("结果 / outcome", _OUTCOMES.get(case["outcome"] or "", case["result"] or case["state"]))]
    given = [_answer(key, value, known) for key, value in case["answers"].items()]
    why = [(str(number), _both(reason)) for number, reason in enumerate(case["reasons"], 1)]
    told = [(f"{local(line.at):%Y-%m-%d %H:%M}", _told(line)) for line in lines]
    linked = "".join(f'<li><a href="{escape(name)}">{escape(f"{it.title_zh} {it.number}")}</a></li>' for name, it in papers)
    parts = [f"<h1>{escape(case['case_no'])}</h1>", _list("基本信息 / facts", facts), _list("申请信息 / answers", given)]
    parts += [_list("理由 / reasons", why), f"<h2>文书 / documents</h2><ul>{linked}</ul>", _list("办理记录 / history", told)]
    return framed(case["case_no"], "".join(parts))


def framed(title: str, body: str) -> bytes:
    """A page of its own around a safe body."""
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="zh-CN"><head>{head}</head><body>{body}</body></html>'.encode()


def _list(title: str, rows: Sequence[tuple[str, str]]) -> str:
    lines = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"<h2>{escape(title)}</h2><table>{lines}</table>"


def _told(line: Line) -> str:
    return f"{line.zh} / {line.en}" + (f"（{line.who}）" if line.who else "")


def _answer(key: str, value: object, known: Labels) -> tuple[str, str]:
    field = known.get(key)
    return (f"{field.label} / {field.label_en}" if field else key), _shown(value, field)


def _shown(value: object, field: forms.Field | None) -> str:
    """A value as people read it: options by their label, lists one after the other, rows of a table with their columns' names."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是 / yes" if value else "否 / no"
    if isinstance(value, Mapping):
        columns = {child.key: child for child in field.children} if field else {}
        return "，".join("：".join(_answer(str(key), inner, columns)) for key, inner in value.items())
    if isinstance(value, list | tuple):
        return "；".join(_shown(inner, field) for inner in value)
    words = {str(option.value): f"{option.label} / {option.label_en}" for option in field.options} if field else {}
    return words.get(str(value), str(value))


def _both(reason: Mapping[str, object]) -> str:
    zh, en = str(reason.get("zh") or ""), str(reason.get("en") or "")
    return zh if zh == en or not en else f"{zh} / {en}"
