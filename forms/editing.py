"""Changing a form as data: components added, moved, taken away, and the few words a designer writes about each of them.

A place is the way of indexes to a component, `2` or `2.0` inside a group. What the editor does not know stays as it was."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from forms.model import BLOCKS, CHOICES, SEVERAL, TEXTS

Json = dict[str, Any]
VALUED = TEXTS | CHOICES | SEVERAL | {"number", "checkbox", "datetime", "filepicker"}
TYPES: Mapping[str, tuple[str, str]] = {
    "textfield": ("单行文本", "Text"),
    "textarea": ("多行文本", "Long text"),
    "number": ("数字", "Number"),
    "checkbox": ("勾选", "Tick box"),
    "radio": ("单选", "One of several"),
    "select": ("下拉选择", "Drop-down"),
    "checklist": ("多选", "Several of these"),
    "taglist": ("标签多选", "Tags"),
    "datetime": ("日期时间", "Date and time"),
    "filepicker": ("上传文件", "File"),
    "group": ("分组", "Group"),
    "dynamiclist": ("可增行列表", "Rows"),
    "text": ("说明文字", "Words"),
    "html": ("HTML 文字", "HTML text"),
    "image": ("图片", "Picture"),
    "table": ("表格", "Table"),
    "documentPreview": ("文件预览", "Documents"),
    "expression": ("计算值", "Computed value"),
    "separator": ("分隔线", "Line"),
    "spacer": ("空白", "Space"),
}
"""What may be added, in the order of the list."""


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that is said about a component. path: where in the JSON. how: text | area | flag | number | options.

    kinds: the components that have it."""

    name: str
    zh: str
    en: str
    path: tuple[str, ...]
    how: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Row:
    """A component of the outline."""

    place: str
    kind: str
    key: str
    label: str
    label_en: str
    depth: int


_ALL = frozenset(TYPES)
_INPUTS = VALUED | {"dynamiclist"}
COLUMNS: tuple[Column, ...] = (
    Column("label", "名称（中文）", "Label (Chinese)", ("label",), "text", _ALL - {"separator", "spacer", "expression"}),
    Column(
        "label_en",
        "名称（英文）",
        "Label (English)",
        ("properties", "label_en"),
        "text",
        _ALL - {"separator", "spacer", "expression"},
    ),
    Column("key", "标识（key）", "Key", ("key",), "text", _INPUTS | {"expression", "group"}),
    Column("required", "必填", "Required", ("validate", "required"), "flag", _INPUTS),
    Column("hint", "填写说明（中文）", "Hint (Chinese)", ("description",), "text", VALUED),
    Column("hint_en", "填写说明（英文）", "Hint (English)", ("properties", "help_en"), "text", VALUED),
    Column(
        "options",
        "选项：每行 值 | 中文 | 英文",
        "Options, a line each: value | Chinese | English",
        ("values",),
        "options",
        CHOICES | SEVERAL,
    ),
    Column("subtype", "类型：date、time、datetime", "Kind: date, time, datetime", ("subtype",), "text", frozenset({"datetime"})),
    Column("min_length", "最少字数", "Least characters", ("validate", "minLength"), "number", TEXTS),
    Column("max_length", "最多字数", "Most characters", ("validate", "maxLength"), "number", TEXTS),
    Column("min", "最小值", "Least", ("validate", "min"), "number", frozenset({"number"})),
    Column("max", "最大值", "Most", ("validate", "max"), "number", frozenset({"number"})),
    Column("decimals", "小数位数", "Decimals", ("decimalDigits",), "number", frozenset({"number"})),
    Column("pattern", "正则表达式", "Pattern", ("validate", "pattern"), "text", TEXTS),
    Column(
        "format",
        "号码格式：id-number、uscc、mobile、bank-account、email",
        "Format: id-number, uscc, mobile, bank-account, email",
        ("properties", "format"),
        "text",
        TEXTS,
    ),
    Column(
        "check",
        "校验规则（FEEL，value 为本项的值）",
        "Check (FEEL; value is this answer)",
        ("properties", "check"),
        "text",
        VALUED,
    ),
    Column("check_zh", "校验不通过时的提示（中文）", "What is said then (Chinese)", ("properties", "check_zh"), "text", VALUED),
    Column("check_en", "校验不通过时的提示（英文）", "What is said then (English)", ("properties", "check_en"), "text", VALUED),
    Column("hide", "隐藏条件（FEEL）", "Hidden when (FEEL)", ("conditional", "hide"), "text", _ALL),
    Column("readonly", "只读条件（FEEL 或 true）", "Only shows when (FEEL or true)", ("readonly",), "text", VALUED),
    Column("source", "数据来源，如 population.name", "Source, such as population.name", ("properties", "source"), "text", VALUED),
    Column("trust", "最低可信等级：A–D", "Least grade of trust: A to D", ("properties", "trust"), "text", VALUED),
    Column("mask", "掩码显示", "Shown masked", ("properties", "mask"), "flag", TEXTS),
    Column(
        "nodes",
        "按环节的权限，如 review: read, decide: hide",
        "By step, such as review: read, decide: hide",
        ("properties", "nodes"),
        "text",
        _ALL - {"separator", "spacer"},
    ),
    Column("default", "默认值", "Default", ("defaultValue",), "text", VALUED - SEVERAL - {"filepicker", "checkbox"}),
    Column("source_of", "数据（FEEL）", "Data (FEEL)", ("dataSource",), "text", frozenset({"table", "documentPreview"})),
    Column("expression", "表达式（FEEL）", "Expression (FEEL)", ("expression",), "text", frozenset({"expression"})),
    Column(
        "picture",
        "图片：data:image/… 或本站路径",
        "Picture: data:image/… or a path of this site",
        ("source",),
        "text",
        frozenset({"image"}),
    ),
    Column("row", "布局行", "Row of the layout", ("layout", "row"), "text", _ALL),
    Column("columns", "宽度（1–16）", "Width (1 to 16)", ("layout", "columns"), "number", _ALL),
)
_LABELS = {"text": "text", "html": "content", "image": "alt", "datetime": "dateLabel", "documentPreview": "title"}


def columns_of(component: Json) -> tuple[Column, ...]:
    """What may be said about a component."""
    return tuple(column for column in COLUMNS if component.get("type") in column.kinds)


def _path(column: Column, component: Json) -> tuple[str, ...]:
    kind = str(component.get("type"))
    if column.name == "label":
        return ("timeLabel",) if kind == "datetime" and component.get("subtype") == "time" else (_LABELS.get(kind, "label"),)
    return ("path",) if column.name == "key" and kind in BLOCKS else column.path


def outline(data: Json) -> tuple[Row, ...]:
    """All components in order."""
    return tuple(_rows(data, "", 0))


def _rows(level: Json, at: str, depth: int) -> Iterator[Row]:
    for nth, component in enumerate(level.get("components", [])):
        said = values_of(component)
        yield Row(
            f"{at}{nth}", str(component.get("type")), said.get("key", ""), said.get("label", ""), said.get("label_en", ""), depth
        )
        yield from _rows(component, f"{at}{nth}.", depth + 1)


def at(data: Json, place: str) -> Json | None:
    """The component at a place; None when there is none."""
    level: Json | None = data
    for index in place.split("."):
        inner = level.get("components", []) if level is not None else []
        level = inner[int(index)] if index.isdecimal() and int(index) < len(inner) else None
    return level


def values_of(component: Json) -> dict[str, str]:
    """What is said about a component, as texts of inputs."""
    return {column.name: _shown(column, _got(component, _path(column, component))) for column in columns_of(component)}


def _got(component: Json, path: tuple[str, ...]) -> object:
    found: object = component
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _shown(column: Column, value: object) -> str:
    if column.how == "options" and isinstance(value, list):
        rows = (row for row in value if isinstance(row, dict))
        return "\n".join(" | ".join(filter(None, (row.get("value"), row.get("label"), row.get("label_en")))) for row in rows)
    if column.how == "flag":
        return "true" if value in (True, "true") else ""
    return "" if value is None else "true" if value is True else "" if value is False else str(value)


def changed(data: Json, place: str, given: Mapping[str, str]) -> Json:
    """The form with what was written about one component; what is left empty is taken away."""
    made = deepcopy(data)
    component = at(made, place)
    for column in columns_of(component) if component is not None else ():
        if column.name in given or column.how == "flag":
            _put(component or {}, _path(column, component or {}), _meant(column, given.get(column.name, "").strip()))
    return made


def _meant(column: Column, text: str) -> object:
    if not text:
        return None
    if column.how == "flag":
        return True if column.name == "required" else "true"
    if column.how == "options":
        return [_option(line) for line in text.splitlines() if line.strip()]
    if column.how == "number" and text.replace(".", "", 1).removeprefix("-").isdecimal():
        return float(text) if "." in text else int(text)
    return True if column.name == "readonly" and text == "true" else text


def _option(line: str) -> Json:
    value, label, english = (*(part.strip() for part in line.split("|")), "", "")[:3]
    return {"value": value, "label": label or value, **({"label_en": english} if english else {})}


def _put(component: Json, path: tuple[str, ...], value: object) -> None:
    *heads, last = path
    for head in heads:
        component = component.setdefault(head, {}) if value is not None else component.get(head, {})
    if value is None:
        component.pop(last, None)
    else:
        component[last] = value


def added(data: Json, kind: str, inside: str = "") -> tuple[Json, str]:
    """(the form with a new component at the end, its place). inside: place of a group or list."""
    made = deepcopy(data)
    block = at(made, inside) if inside else None
    into = block if block is not None and block.get("type") in BLOCKS else made
    into.setdefault("components", []).append(_new(kind, {row.key for row in outline(data)}))
    prefix = f"{inside}." if into is not made else ""
    return made, f"{prefix}{len(into['components']) - 1}"


def _new(kind: str, taken: set[str]) -> Json:
    key = next(name for n in range(1, 10_000) if (name := f"field_{n}") not in taken)
    zh, en = TYPES[kind]
    made: Json = {"type": kind, "id": key}
    if kind not in ("separator", "spacer", "expression"):
        made |= {_LABELS.get(kind, "label"): zh, "properties": {"label_en": en}}
    if kind in VALUED | {"expression"}:
        made["key"] = key
    more: Mapping[str, Json] = {
        "dynamiclist": {"path": key, "isRepeating": True, "components": [{"type": "textfield", "key": "name", "label": "名称"}]},
        "group": {"components": []},
        "expression": {"expression": "=null"},
        "datetime": {"subtype": "date"},
        "table": {"dataSource": "=[]"},
        "documentPreview": {"dataSource": "=[]"},
    }
    if kind in CHOICES | SEVERAL:
        made["values"] = [{"value": "yes", "label": "是", "label_en": "Yes"}, {"value": "no", "label": "否", "label_en": "No"}]
    return {**made, **more.get(kind, {})}


def removed(data: Json, place: str) -> Json:
    """The form without a component."""
    made = deepcopy(data)
    head, _, last = place.rpartition(".")
    if at(made, place) is not None:
        ((at(made, head) or made) if head else made)["components"].pop(int(last))
    return made


def moved(data: Json, place: str, by: int) -> tuple[Json, str]:
    """(the form with a component one place up (-1) or down (1) among its neighbours, where it is then)."""
    made = deepcopy(data)
    head, _, last = place.rpartition(".")
    if at(made, place) is None:
        return made, place
    level = ((at(made, head) or made) if head else made)["components"]
    here = int(last)
    there = min(max(here + by, 0), len(level) - 1)
    level.insert(there, level.pop(here))
    return made, f"{head}.{there}" if head else str(there)


def written(data: Json) -> bytes:
    """The form as a file."""
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()
