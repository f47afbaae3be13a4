"""BPMN XML parsed as a stranger's: no DOCTYPE, no entities, no network, bounded in size and depth.

A DOCTYPE is looked for in what the parser found, never by searching the bytes: UTF-16 and UTF-7 hide it from a search."""

from lxml import etree

from engine.bpmn.read.names import BPMN
from engine.errors import Finding, Invalid, Severity

MAX_BYTES = 10 * 1024 * 1024
MAX_ELEMENTS = 250_000
MAX_DEPTH = 200
_ENCODINGS = frozenset(
    [
        "utf-8",
        "utf-16",
        "utf-16le",
        "utf-16be",
        "us-ascii",
        "ascii",
        "iso-8859-1",
        "iso-8859-15",
        "windows-1252",
        "gbk",
        "gb2312",
        "gb18030",
    ]
)


def parse(source: bytes) -> etree._Element:
    """The `definitions` element. Raises Invalid with one located finding when this is no harmless, well-formed BPMN file."""
    if len(source) > MAX_BYTES:
        raise _refused(
            "bpmn.xml.size",
            f"The file is larger than {MAX_BYTES // 1024 // 1024} MB.",
            f"文件超过 {MAX_BYTES // 1024 // 1024} MB。",
        )
    root = _tree(source)
    _refuse_doctype(root)
    _refuse_excess(root)
    if root.tag != f"{{{BPMN}}}definitions":
        raise _refused(
            "bpmn.xml.root",
            f"Expected a BPMN 2.0 file that begins with `definitions`, found {_shown(root)}.",
            f"应为以 definitions 开头的 BPMN 2.0 文件，实际为 {_shown(root)}。",
        )
    return root


def _tree(source: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(source, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        line, column = getattr(error, "position", (0, 0))
        reason = str(error).split(", line", maxsplit=1)[0] or "not XML"
        raise _refused(
            "bpmn.xml.syntax",
            f"The file is not well-formed XML: {reason} (line {line}, column {column}).",
            f"文件不是格式正确的 XML：{reason}（第 {line} 行第 {column} 列）。",
        ) from error


def _refuse_doctype(root: etree._Element) -> None:
    info = root.getroottree().docinfo
    has_doctype: bool = bool(info.doctype) or info.internalDTD is not None  # type: ignore[attr-defined]  # not in the stubs
    if has_doctype:
        raise _refused("bpmn.xml.doctype", "Remove the DOCTYPE: BPMN needs none.", "请删除 DOCTYPE 声明：BPMN 文件不需要它。")
    if (info.encoding or "utf-8").lower() not in _ENCODINGS:
        raise _refused(
            "bpmn.xml.encoding",
            f"The encoding {info.encoding} is not read; save the file as UTF-8.",
            f"不支持 {info.encoding} 编码，请另存为 UTF-8。",
        )


def _refuse_excess(root: etree._Element) -> None:
    depth = count = 0
    for action, _ in etree.iterwalk(root, events=("start", "end")):
        if action == "end":
            depth -= 1
            continue
        depth += 1
        count += 1
        if depth > MAX_DEPTH:
            raise _refused(
                "bpmn.xml.depth", f"The file nests deeper than {MAX_DEPTH} elements.", f"元素嵌套超过 {MAX_DEPTH} 层。"
            )
        if count > MAX_ELEMENTS:
            raise _refused(
                "bpmn.xml.elements", f"The file has more than {MAX_ELEMENTS} elements.", f"元素超过 {MAX_ELEMENTS} 个。"
            )


def _shown(root: etree._Element) -> str:
    name = etree.QName(root)
    return f"`{name.localname}` of namespace `{name.namespace}`" if name.namespace else f"`{name.localname}` without a namespace"


def _refused(code: str, en: str, zh: str) -> Invalid:
    return Invalid(findings=[Finding(Severity.ERROR, code, None, en, zh)])
