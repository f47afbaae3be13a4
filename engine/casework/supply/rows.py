"""An implementation list as one flat row of texts and back, for pages and files; unchanged fields stay as they were."""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import orjson

from engine.casework.supply.columns import BY_KEY, COLUMNS, Cell, Column, headings
from engine.errors import Finding, Invalid, Severity

Record = Mapping[str, object]
Row = Mapping[str, str]
_YES = frozenset({"是", "yes", "true", "1", "y", "√"})
_NO = frozenset({"否", "no", "false", "0", "n", ""})
_EXCEL_ZERO = date(1899, 12, 30)


def of(record: Record) -> dict[str, str]:
    """Every field of a manifest as text, in the order of the columns."""
    return {column.key: _text(column, _at(record, column.path)) for column in COLUMNS}


def applied(base: Record, row: Row) -> dict[str, object]:
    """The manifest with a row's fields put in; fields whose text did not change, and what no column names, are left alone.

    Raises Invalid with one finding for each cell that cannot be read."""
    made: dict[str, Any] = deepcopy(dict(base))
    before, findings = of(base), list(_unknown(row))
    for key, text in row.items():
        column = BY_KEY.get(key)
        if column is None or text.strip() == before[key]:
            continue
        try:
            _put(made, column.path, _value(column, text.strip(), _at(base, column.path)))
        except ValueError as error:
            said = (f"{column.en}: “{error}” cannot be read.", f"{column.zh}：“{error}”无法识别。")
            findings.append(Finding(Severity.ERROR, "record.unreadable", f"/{key}", *said))
    if findings:
        raise Invalid(findings=findings)
    return made


def _unknown(row: Row) -> Iterator[Finding]:
    for key in row:
        if key not in BY_KEY:
            said = (f"There is no field {key}.", f"没有字段 {key}。")
            yield Finding(Severity.ERROR, "record.field", f"/{key}", *said)


def _at(record: Record, path: Sequence[str]) -> object:
    value: object = record
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _put(record: dict[str, Any], path: Sequence[str], value: object) -> None:
    *above, last = path
    for part in above:
        inner = record.get(part)
        record[part] = dict(inner) if isinstance(inner, Mapping) else {}
        record = record[part]
    if value is None:
        record.pop(last, None)
    else:
        record[last] = value


def _text(column: Column, value: object) -> str:
    if column.kind == "rows":
        return "\n".join(_line(column, row) for row in value) if isinstance(value, list | tuple) else ""
    return _plain(value)


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _line(column: Column, row: object) -> str:
    pieces = [piece for cell in column.cells for piece in _pieces(cell, _of_row(cell, row))]
    return " | ".join(piece.replace("\n", " ").replace("|", "／") for piece in pieces).rstrip(" |")


def _of_row(cell: Cell, row: object) -> object:
    if not isinstance(row, Mapping):
        return row if cell.name in ("", "name") else None
    if cell.name:
        return row.get(cell.name)
    return row if "zh" in row else row.get("name", row.get("text"))


def _pieces(cell: Cell, value: object) -> list[str]:
    match cell.kind:
        case "words":
            found = value if isinstance(value, Mapping) else {"zh": _plain(value), "en": _plain(value)}
            return [str(found.get("zh", "")), str(found.get("en", ""))]
        case "pairs":
            return ["; ".join(f"{k}={_several(v)}" for k, v in value.items()) if isinstance(value, Mapping) else ""]
        case "options":
            rows = value if isinstance(value, list | tuple) else ()
            return ["; ".join(f"{o['value']}={o['label']['zh']}/{o['label']['en']}" for o in rows)]
    return [_plain(value)]


def _value(column: Column, text: str, before: object) -> object:
    """The value of a text; None where nothing was said. Raises ValueError with the part that cannot be read."""
    match column.kind:
        case "rows":
            old = before if isinstance(before, list | tuple) else ()
            return [_row(column, line, old) for line in text.splitlines() if line.strip()]
        case "list":
            return _list(text)
        case "number":
            return _number(text)
        case "flag":
            return _flag(text)
        case "date":
            return _date(text) if text else None
        case "choice":
            return _choice(column, text) if text else None
    return text or None


def _row(column: Column, line: str, before: Sequence[object]) -> object:
    unchanged = next((row for row in before if _line(column, row) == line.strip()), None)
    if unchanged is not None:
        return unchanged
    pieces = [piece.strip() for piece in line.split("|")]
    most = len(headings(column))
    if len(pieces) > most:
        raise ValueError(line.strip())
    pieces += [""] * (most - len(pieces))
    if column.cells[0].name == "":
        return {"zh": pieces[0], "en": pieces[1] or pieces[0]}
    kept = next((dict(row) for row in before if isinstance(row, Mapping) and _line(column, row).split(" | ")[0] == pieces[0]), {})
    made: dict[str, object] = kept
    for cell in column.cells:
        value = _cell(cell, [pieces.pop(0) for _ in range(2 if cell.kind == "words" else 1)])
        if value in (None, "", [], {}):
            made.pop(cell.name, None)
        else:
            made[cell.name] = value
    return made


def _cell(cell: Cell, pieces: Sequence[str]) -> object:
    match cell.kind:
        case "words":
            return {"zh": pieces[0], "en": pieces[1] or pieces[0]} if any(pieces) else None
        case "pairs":
            return dict(map(_condition, _list(pieces[0])))
        case "options":
            return [_option(part) for part in _list(pieces[0])]
        case "list":
            return _list(pieces[0])
        case "number":
            return _number(pieces[0]) if pieces[0] else None
        case "flag":
            return _flag(pieces[0])
    return pieces[0]


def _list(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;；\n]", text) if part.strip()]


def _several(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _pair(text: str) -> tuple[str, str]:
    key, is_there, value = text.partition("=")
    if not is_there:
        raise ValueError(text)
    return key.strip(), value.strip()


def _condition(text: str) -> tuple[str, object]:
    """`key=a` or, for any of several values, `key=a,b`."""
    key, value = _pair(text)
    several = [part.strip() for part in re.split(r"[,，]", value) if part.strip()]
    return key, several if len(several) > 1 else value


def _option(text: str) -> dict[str, object]:
    value, label = _pair(text)
    zh, _, en = label.partition("/")
    return {"value": value, "label": {"zh": zh.strip(), "en": en.strip() or zh.strip()}}


def _number(text: str) -> int:
    if not re.fullmatch(r"\d{1,12}(\.0+)?", text or "0"):
        raise ValueError(text)
    return int(float(text or "0"))


def _flag(text: str) -> bool:
    if text.lower() not in _YES | _NO:
        raise ValueError(text)
    return text.lower() in _YES


def _date(text: str) -> str:
    """An ISO date; a spreadsheet's day number is one, too."""
    if re.fullmatch(r"\d{4,6}(\.0+)?", text):
        return (_EXCEL_ZERO + timedelta(days=int(float(text)))).isoformat()
    return date.fromisoformat(text[:10].replace("/", "-")).isoformat()


def _choice(column: Column, text: str) -> str:
    for value, zh, en in column.options:
        if text in (value, zh, en) or (text.isdigit() and text.zfill(2) == value):
            return value
    raise ValueError(text)


def as_json(record: Record) -> bytes:
    """A record as a file, the same bytes for the same record."""
    return orjson.dumps(record, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
