"""Implementation lists as files: CSV, Excel and JSON, one row an item, written and read by the same columns."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

import orjson
from lxml import etree

from engine.casework.supply.columns import COLUMNS
from engine.errors import Invalid, TooLarge

MOST_BYTES = 32 * 1024 * 1024
MOST_ROWS = 20_000
KINDS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


class FileUnreadable(Invalid):
    """Expected a CSV, Excel (.xlsx) or JSON file of services with a column “code”, but {name} is none: {why}."""

    zh = "{name} 不是含“code”列的 CSV、Excel（.xlsx）或 JSON 事项文件：{why}。"


def written(rows: Iterable[Mapping[str, str]], kind: str) -> bytes:
    """A file of rows. kind: csv | xlsx | json."""
    if kind == "json":
        return orjson.dumps(list(rows), option=orjson.OPT_INDENT_2)
    keys = [column.key for column in COLUMNS]
    lines = [keys, *([row.get(key, "") for key in keys] for row in rows)]
    return _csv(lines) if kind == "csv" else _xlsx(lines)


def _csv(lines: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([[_safe(cell) for cell in line] for line in lines])
    return ("\ufeff" + out.getvalue()).encode()


def _safe(cell: str) -> str:
    """A text that begins like a formula is quoted, so that opening the file runs nothing."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell


def _xlsx(lines: Iterable[Sequence[str]]) -> bytes:
    """The smallest workbook that spreadsheets open: one sheet of texts, its first line frozen."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", _TYPES)
        book.writestr("_rels/.rels", _relations("officeDocument", "xl/workbook.xml"))
        book.writestr("xl/workbook.xml", _BOOK)
        book.writestr("xl/_rels/workbook.xml.rels", _relations("worksheet", "worksheets/sheet1.xml"))
        body = "".join(f"<row>{''.join(map(_written_cell, line))}</row>" for line in lines)
        book.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{_NS}">{_FROZEN}<sheetData>{body}</sheetData></worksheet>')
    return out.getvalue()


def _written_cell(text: str) -> str:
    clean = "".join(c for c in text if c >= " " or c in "\n\t")
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(clean)}</t></is></c>'


def _relations(kind: str, target: str) -> str:
    inner = f'<Relationship Id="r1" Type="{_REL}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


_FROZEN = '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews>'
_BOOK = f'<workbook xmlns="{_NS}" xmlns:r="{_REL}"><sheets><sheet name="items" sheetId="1" r:id="r1"/></sheets></workbook>'
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_OFFICE}.worksheet+xml"/></Types>'
)


def read(name: str, content: bytes) -> list[dict[str, str]]:
    """The rows of a file by heading, empty ones left out. Raises FileUnreadable, TooLarge."""
    if len(content) > MOST_BYTES:
        raise TooLarge(thing=("文件", "The file"), limit="32 MiB", found=f"{len(content)} B")
    try:
        rows = _read_json(content) if content.lstrip()[:1] in (b"[", b"{") else _with_headings(_lines(content))
    except (ValueError, KeyError, IndexError, zipfile.BadZipFile, etree.XMLSyntaxError, csv.Error) as error:
        raise FileUnreadable(name=name, why=str(error)[:200]) from error
    found = [row for row in rows if any(row.values())]
    if len(found) > MOST_ROWS:
        raise TooLarge(thing=("文件", "The file"), limit=f"{MOST_ROWS}", found=str(len(found)))
    if not found or any("code" not in row for row in found):
        raise FileUnreadable(name=name, why="code")
    return found


def _read_json(content: bytes) -> list[dict[str, str]]:
    given = orjson.loads(content)
    rows = given if isinstance(given, list) else given["items"]
    return [{str(key): "" if value is None else str(value) for key, value in row.items()} for row in map(dict, rows)]


def _lines(content: bytes) -> Iterator[Sequence[str]]:
    if content[:4] == b"PK\x03\x04":
        yield from _sheet(content)
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    for line in csv.reader(io.StringIO(text, newline=""), strict=True):
        yield [cell[1:] if cell[:2] in ("'=", "'+", "'-", "'@") else cell for cell in line]


def _with_headings(lines: Iterator[Sequence[str]]) -> list[dict[str, str]]:
    """Headings are keys, or the columns' Chinese or English names."""
    names = {name: column.key for column in COLUMNS for name in (column.zh, column.en)}
    heads = [names.get(cell.strip(), cell.strip()) for cell in next(lines, ())]
    return [{head: cell.strip() for head, cell in zip(heads, line, strict=False) if head} for line in lines]


def _sheet(content: bytes) -> Iterator[Sequence[str]]:
    """The lines of a workbook's first sheet."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        if sum(entry.file_size for entry in book.infolist()) > MOST_BYTES * 8:
            raise TooLarge(thing=("文件", "The file"), limit="256 MiB", found=">")
        names = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml"))
        shared = _shared(book.read("xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in book.namelist() else []
        root = _xml(book.read(names[0]))
    for row in root.iter(f"{_SHEET}row"):
        yield _cells(row, shared)


def _xml(content: bytes) -> etree._Element:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False))


def _shared(content: bytes) -> list[str]:
    return ["".join(t.text or "" for t in entry.iter(f"{_SHEET}t")) for entry in _xml(content).iter(f"{_SHEET}si")]


def _cells(row: etree._Element, shared: Sequence[str]) -> list[str]:
    found: list[str] = []
    for cell in row.iter(f"{_SHEET}c"):
        place = _place(str(cell.get("r") or ""), len(found))
        found += [""] * (place - len(found))
        found.append(_cell_text(cell, shared))
    return found


def _place(reference: str, default: int) -> int:
    """Column number of `AB12`, from 0."""
    letters = [c for c in reference if c.isalpha()][:3]
    if not letters:
        return default
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter.upper()) - 64
    return number - 1


def _cell_text(cell: etree._Element, shared: Sequence[str]) -> str:
    if cell.get("t") == "inlineStr":
        return "".join(t.text or "" for t in cell.iter(f"{_SHEET}t"))
    value = cell.findtext(f"{_SHEET}v") or ""
    if cell.get("t") == "b":
        return "是" if value == "1" else "否"
    return shared[int(value)] if cell.get("t") == "s" and value else value
