"""Archive export 归档移交: a closed case as one signed package that can be read, and verified, without this platform."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from engine.actors import Actor
from engine.casework import access, archive_page, case_rows, documents, form_files, offices, pdf, sealed, timeline
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
    known = archive_page.labels(form_files.application_form(tx, case["deployment_id"]))
    yield "answers.json", _json(list(_answers(case["answers"], known)))
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
    named = [(f"documents/{nth:02d}-{paper.kind}", paper) for nth, paper in enumerate(papers, 1)]
    for name, paper in named:
        yield f"{name}.html", archive_page.framed(f"{paper.title_zh} {paper.number}", paper.html)
        yield f"{name}.pdf", pdf.rendered(paper, f"{tx.engine.settings.base_url.rstrip('/')}/verify/{paper.code}")
    linked = [(f"{name}.pdf", paper) for name, paper in named]
    yield "index.html", archive_page.page(case, known, lines, linked, offices.of(tx, case["office"]).local)


def _history(tx: Transaction, case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The chain as it is stored, so that its hashes can be computed again."""
    roots = sa.select(instances.c.root_id).where(instances.c.business_key == case["case_no"])
    query = sa.select(history).where(history.c.root_id.in_(roots)).order_by(history.c.root_id, history.c.seq)
    return tx.rows(query)


def _answers(answers: Mapping[str, object], known: archive_page.Labels) -> Iterator[dict[str, object]]:
    """What was handed in, with the labels of its form; without a form by key."""
    for key, value in answers.items():
        field = known.get(key)
        zh, en = (field.label, field.label_en) if field else (key, key)
        yield {"key": key, "label": zh, "label_en": en, "value": value}


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


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS, default=_plain)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value) if value is not None else None
