"""Is an implementation list complete, and does anything in it contradict itself, the basic catalogue or other services?"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.calendar import limits
from engine.casework import manifest as manifests
from engine.casework.supply.columns import BY_KEY, COLUMNS
from engine.casework.supply.rows import Record, of
from engine.errors import Finding, Severity, TongbanError
from engine.models.catalogue import offices, service_items
from engine.models.library import catalogue_entries, data_elements, licence_types
from engine.transaction import Transaction

_CODE = re.compile(r"[A-Za-z0-9_-]{3,36}")


@dataclass(frozen=True, slots=True)
class Known:
    """What the city has, read once for any number of lists.

    offices: key → (level, division). entries: basic code → (status, levels). named: (office, name) → code. offered: (basic code,
    office) → code."""

    offices: Mapping[str, tuple[str, str]]
    entries: Mapping[str, tuple[str, str]]
    licences: frozenset[str]
    elements: frozenset[str]
    named: Mapping[tuple[str, str], str]
    offered: Mapping[tuple[str, str], str]


def known(tx: Transaction) -> Known:
    """Reads what lists are checked against."""
    items = tx.rows(sa.select(service_items.c.code, service_items.c.office, service_items.c.name_zh, service_items.c.entry))
    return Known(
        {r["key"]: (r["level"], r["region"]) for r in tx.rows(sa.select(offices))},
        {r["code"]: (r["status"], r["levels"]) for r in tx.rows(sa.select(catalogue_entries))},
        frozenset(tx.connection.execute(sa.select(licence_types.c.key)).scalars()),
        frozenset(tx.connection.execute(sa.select(data_elements.c.code)).scalars()),
        {(r["office"], r["name_zh"]): r["code"] for r in items},
        {(r["entry"], r["office"]): r["code"] for r in items if r["entry"]},
    )


def examine(record: Record, city: Known) -> tuple[Finding, ...]:
    """Findings with the field they are about: errors stop publication, warnings are for the reviewer."""
    return tuple(finding for check in _CHECKS for finding in check(record, city))


def _error(key: str, code: str, en: str, zh: str) -> Finding:
    return Finding(Severity.ERROR, f"record.{code}", f"/{key}", en, zh)


def _warning(key: str, code: str, en: str, zh: str) -> Finding:
    return Finding(Severity.WARNING, f"record.{code}", f"/{key}", en, zh)


def _complete(record: Record, city: Known) -> Iterator[Finding]:
    """完整性."""
    row = of(record)
    for column in COLUMNS:
        if column.is_required and not row[column.key]:
            yield _error(column.key, "missing", f"{column.en} is missing.", f"缺少{column.zh}。")
    if not _CODE.fullmatch(row["code"] or "-"):
        yield _error("code", "code", "The code has 3 to 36 letters and digits.", "实施编码应为 3 至 36 位字母或数字。")
    if row["name.zh"] and len(row["name.zh"]) > 200:
        yield _error("name.zh", "long", "The name has at most 200 characters.", "事项名称不得超过 200 字。")
    if not row["materials"] and row["task_type"] == "01":
        said = ("A licence without materials: is nothing asked for?", "行政许可事项未列申请材料，请确认是否无需提交。")
        yield _warning("materials", "none", *said)


def _limits(record: Record, city: Known) -> Iterator[Finding]:
    """The promise within the law, the links within the promise."""
    table = manifests.table(record, "limits")
    days: dict[str, int] = {}
    for name, value in table.items():
        if f"limits.{name}" not in BY_KEY or not value:
            continue
        try:
            parsed = limits.parse(str(value))
        except TongbanError as error:
            yield _error(f"limits.{name}", "limit", error.sentence("en"), error.sentence("zh"))
            continue
        if str(value).endswith("WD"):
            days[name] = parsed.amount
    promised, lawful = days.get("committed"), days.get("statutory")
    if promised is not None and lawful is not None and promised > lawful:
        said = (
            f"{promised} working days are promised, the law allows {lawful}.",
            f"承诺 {promised} 个工作日，超过法定 {lawful} 个工作日。",
        )
        yield _error("limits.committed", "promise", *said)
    total = sum(int(m) for link in _tables(record, "links") for m in re.findall(r"^(\d+)WD$", str(link.get("limit") or "")))
    lawful_most = lawful if lawful is not None else promised
    if lawful_most is not None and total > lawful_most:
        said = (
            f"The links take {total} working days, the limit is {lawful_most}.",
            f"各环节合计 {total} 个工作日，超过时限 {lawful_most} 个工作日。",
        )
        yield _error("links", "total", *said)


def _body(record: Record, city: Known) -> Iterator[Finding]:
    """The office is there, on its level, and may implement the entry of the basic catalogue."""
    row = of(record)
    office = city.offices.get(row["office"])
    if row["office"] and office is None:
        yield _error("office", "office", f"There is no office {row['office']}.", f"没有单位 {row['office']}。")
    if office is not None and row["level"] and office[0] != row["level"]:
        said = (
            f"The office is of level {office[0]}, not {row['level']}.",
            f"该单位层级为 {office[0]}，与行使层级 {row['level']} 不一致。",
        )
        yield _error("level", "level", *said)
    entry = row["catalog_code"]
    if entry and entry not in city.entries:
        yield _error("catalog_code", "entry", f"The basic catalogue has no {entry}.", f"基本目录中没有 {entry}。")
    elif entry:
        status, levels = city.entries[entry]
        if status != "in_force":
            yield _error("catalog_code", "abolished", f"{entry} is abolished.", f"基本目录 {entry} 已取消。")
        if row["level"] and f"|{row['level']}|" not in levels:
            said = (
                f"{entry} is not implemented on level {row['level']}.",
                f"基本目录 {entry} 不由该层级实施（{levels.strip('|')}）。",
            )
            yield _warning("level", "entry-level", *said)


def _conflicts(record: Record, city: Known) -> Iterator[Finding]:
    """冲突: one service twice."""
    row = of(record)
    same = city.named.get((row["office"], row["name.zh"]))
    if same is not None and same != row["code"]:
        said = (f"The office offers {same} under this name.", f"该单位已有同名事项 {same}。")
        yield _error("name.zh", "twice", *said)
    offered = city.offered.get((row["catalog_code"], row["office"]))
    if row["catalog_code"] and offered is not None and offered != row["code"]:
        said = (f"The office implements this entry as {offered}.", f"该单位已以 {offered} 实施同一基本目录。")
        yield _error("catalog_code", "offered", *said)
    if row["effective_from"] and row["effective_to"] and row["effective_to"] <= row["effective_from"]:
        yield _error("effective_to", "dates", "It ends before it begins.", "取消日期不晚于生效日期。")


def _materials(record: Record, city: Known) -> Iterator[Finding]:
    """情形 → 材料 → 字段 → 数据来源: each step leads somewhere."""
    choices = {str(s.get("key")): _values(s) for s in _tables(record, "situations")}
    seen: set[str] = set()
    for material in _tables(record, "materials"):
        name, key = manifests.words(material.get("name")), str(material.get("key") or "")
        if not name["zh"] or (key and key in seen):
            said = (
                f"Material “{name['en'] or key}” has no name, or its key is used twice.",
                f"材料“{name['zh'] or key}”缺少名称或键重复。",
            )
            yield _error("materials", "material", *said)
        seen.add(key)
        kind = str(material.get("licence_type") or "")
        if kind and kind not in city.licences:
            said = (f"“{name['en']}”: no licence type {kind}.", f"材料“{name['zh']}”：没有证照类型 {kind}。")
            yield _error("materials", "licence", *said)
        for element in manifests.texts(material.get("fields")):
            if element not in city.elements:
                said = (f"“{name['en']}”: no data element {element}.", f"材料“{name['zh']}”：数据元标准中没有 {element}。")
                yield _error("materials", "element", *said)
        for question, answer in _named(manifests.table(material, "when")):
            if question not in choices or (choices[question] and answer not in choices[question]):
                said = (
                    f"“{name['en']}”: no situation {question}={answer}.",
                    f"材料“{name['zh']}”：没有情形 {question}={answer}。",
                )
                yield _error("materials", "situation", *said)
        if not material.get("issuer"):
            yield _warning("materials", "issuer", f"“{name['en']}”: who issues it?", f"材料“{name['zh']}”未写明出具单位。")


def _named(when: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """(question, answer) of each situation a row is for."""
    for question, answers in when.items():
        for answer in answers if isinstance(answers, list | tuple) else [answers]:
            yield question, str(answer)


def _values(situation: Mapping[str, Any]) -> tuple[str, ...]:
    options = situation.get("options")
    return tuple(str(o.get("value")) for o in options if isinstance(o, Mapping)) if isinstance(options, list | tuple) else ()


def _tables(record: Record, name: str) -> tuple[Mapping[str, Any], ...]:
    rows = manifests.rows(manifests.table(record, "item").get(name))
    return tuple(row for row in rows if isinstance(row, Mapping))


_CHECKS: tuple[Callable[[Record, Known], Iterator[Finding]], ...] = (_complete, _limits, _body, _conflicts, _materials)
