"""Archive export 归档移交: a closed case as one signed package that can be read, and verified, without this platform."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from typing import Any

import orjson
import sqlalchemy as sa

import forms
from engine.actors import Actor
from engine.casework import access, case_rows, documents, form_files, offices, pdf, sealed, timeline
from engine.casework.documents import Document
from engine.casework.view import Line
from engine.errors import Conflict, NotFound, Unavailable
from engine.models import copying
from engine.models.cases import documents as papers_kept
from engine.models.instances import history, instances
from engine.models.verbs import case_files
from engine.settings import secret_of
from engine.transaction import Engine, Transaction

_OWN_PLACE = ("cases", "documents", "submissions", "notices", "disposals", "destructions")
"""Tables that have a place of their own in a package, or none."""
_SECRET = ("query_code",)


class StillOpen(Conflict):
    """Expected a closed case, but {case_no} is “{state}”; export it when it is closed."""

    zh = "只能导出已办结的办件，{case_no} 当前为“{state}”；请在办结后导出。"


def export(engine: Engine, actor: Actor, case_no: str) -> bytes:
    """The package. Raises NotFound, StillOpen, NotYours, Unavailable when a file of the case cannot be had."""
    with engine.begin(actor) as tx:
        access.require(tx, "archive.export")
        case = case_rows.find(tx, case_no.strip().upper())
        if case is None:
            raise NotFound(thing=("办件", "the case"), key=case_no)
        if case["is_open"]:
            raise StillOpen(case_no=case["case_no"], state=case["state"])
        access.record_read(tx, "archive.export", case_no=case["case_no"], subject=case["applicant_no"], purpose=case["item_code"])
        packed = dict(_packed(tx, case))
        attached = tx.find_all(case_files, case_no=case["case_no"], order=("id",))
        facts = _facts(tx, case)
    packed.update(_attached(engine, attached))
    return sealed.seal(packed, facts, sealed.key_of(secret_of(engine.settings)))


def _facts(tx: Transaction, case: Mapping[str, Any]) -> dict[str, object]:
    root = tx.find(instances, "chain_length", "chain_head", id=case["root_id"]) or {}
    named = {name: case[name] for name in ("case_no", "item_code", "item_zh", "item_en", "office", "state", "outcome")}
    moments = {name: _plain(case[name]) for name in ("submitted_at", "closed_at")}
    chain = {"rows": root.get("chain_length"), "head": root.get("chain_head")}
    return {**named, **moments, "history": chain, "exported_at": _plain(tx.now), "exported_by": tx.actor.name}


def _packed(tx: Transaction, case: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """(name, content) of everything but uploaded files."""
    yield "case.json", _json({name: value for name, value in case.items() if name not in _SECRET})
    answers = list(_answers(tx, case))
    yield "answers.json", _json(answers)
    yield "reasons.json", _json(case["reasons"])
    lines = timeline.of_case(tx, case["root_id"], is_for_applicant=False)
    yield "timeline.json", _json([{"at": line.at, "who": line.who, "zh": line.zh, "en": line.en} for line in lines])
    yield "history.json", _json(_history(tx, case))
    for table in copying.tables():
        if "case_no" in table.c and table.name not in _OWN_PLACE:
            rows = tx.find_all(table, case_no=case["case_no"])
            if rows:
                yield f"records/{table.name}.json", _json(rows)
    papers = [documents.stored(row) for row in tx.find_all(papers_kept, case_no=case["case_no"], order=("id",))]
    for nth, paper in enumerate(papers, 1):
        yield from _paper(tx, nth, paper)
    yield "index.html", _index(tx, case, answers, lines, papers)


def _history(tx: Transaction, case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The chain as it is stored, so that its hashes can be computed again."""
    roots = sa.select(instances.c.root_id).where(instances.c.business_key == case["case_no"])
    query = sa.select(history).where(history.c.root_id.in_(roots)).order_by(history.c.root_id, history.c.seq)
    return tx.rows(query)


def _answers(tx: Transaction, case: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    """What was handed in, with the labels of its form; without a form by key."""
    form = form_files.application_form(tx, case["deployment_id"])
    labels = dict(_labels(form.fields)) if form else {}
    for key, value in case["answers"].items():
        zh, en = labels.get(key, (key, key))
        yield {"key": key, "label": zh, "label_en": en, "value": value}


def _labels(fields: tuple[forms.Field, ...]) -> Iterator[tuple[str, tuple[str, str]]]:
    for field in fields:
        if field.key:
            yield field.key, (field.label, field.label_en)
        yield from _labels(field.children)


def _paper(tx: Transaction, nth: int, paper: Document) -> Iterator[tuple[str, bytes]]:
    """A legal document as HTML and PDF."""
    name = f"documents/{nth:02d}-{paper.kind}"
    yield f"{name}.html", _page(f"{paper.title_zh} {paper.number}", paper.html)
    yield f"{name}.pdf", pdf.rendered(paper, f"{tx.engine.settings.base_url.rstrip('/')}/verify/{paper.code}")


def _attached(engine: Engine, rows: list[dict[str, Any]]) -> Iterator[tuple[str, bytes]]:
    """Uploaded files, those taken off the case included."""
    for nth, row in enumerate(rows, 1):
        name = re.sub(r"[^\w.\-]+", "_", row["name"])[-100:].lstrip(".") or "file"
        try:
            content = engine.documents.get(row["sha256"]) if engine.documents else None
        except KeyError:
            content = None
        if content is None:
            raise Unavailable(thing=(f"文件“{row['name']}”", f"the file “{row['name']}”"), retry_seconds=60)
        yield f"files/{nth:02d}-{name}", content


def _index(
    tx: Transaction, case: Mapping[str, Any], answers: list[dict[str, object]], lines: tuple[Line, ...], papers: list[Document]
) -> bytes:
    """The case on one page, for people."""
    local = offices.of(tx, case["office"]).local
    rows = [("事项 / service", f"{case['item_zh']} / {case['item_en']}"), ("申请人 / applicant", case["applicant_name"])]
    rows += [("证件号码 / number", case["applicant_no"]), ("结果 / result", case["outcome"] or case["result"] or case["state"])]
    given = [(f"{row['label']} / {row['label_en']}", _shown(row["value"])) for row in answers]
    why = [("", str(reason.get("zh") or "") + " / " + str(reason.get("en") or "")) for reason in case["reasons"]]
    told = [(f"{local(line.at):%Y-%m-%d %H:%M}", f"{line.zh} / {line.en}（{line.who}）") for line in lines]
    linked = [_link(f"documents/{nth:02d}-{paper.kind}.pdf", paper) for nth, paper in enumerate(papers, 1)]
    parts = [f"<h1>{escape(case['case_no'])}</h1>", _list("基本信息 / facts", rows), _list("申请信息 / answers", given)]
    parts += [
        _list("理由 / reasons", why),
        f"<h2>文书 / documents</h2><ul>{''.join(linked)}</ul>",
        _list("办理记录 / history", told),
    ]
    return _page(case["case_no"], "".join(parts))


def _link(name: str, paper: Document) -> str:
    return f'<li><a href="{escape(name)}">{escape(paper.title_zh)} {escape(paper.number)}</a></li>'


def _list(title: str, rows: list[tuple[str, str]]) -> str:
    lines = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"<h2>{escape(title)}</h2><table>{lines}</table>"


def _page(title: str, body: str) -> bytes:
    head = f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
    return f"{head}<body>{body}</body></html>".encode()


def _shown(value: object) -> str:
    return value if isinstance(value, str) else _json(value).decode()


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS, default=_plain)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value) if value is not None else None
