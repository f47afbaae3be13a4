"""XML from strangers: no document type, no entities, no network, bounded size, depth and number of elements."""

from collections.abc import Iterator

from lxml import etree

from engine.errors import Finding, Invalid, Severity, TooLarge

_MOST_BYTES = 10 * 1024 * 1024
_MOST_DEPTH = 200
_MOST_ELEMENTS = 500_000


def parse(source: bytes) -> etree._Element:
    """The root element. Raises Invalid or TooLarge."""
    if len(source) > _MOST_BYTES:
        raise TooLarge(thing="DMN", limit=f"{_MOST_BYTES} bytes", found=f"{len(source)} bytes")
    parser = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        return _feed(parser, source)
    except etree.XMLSyntaxError as error:
        raise refused(
            "dmn.xml", None, f"The file is no well-formed XML: {error.msg}.", f"文件不是格式良好的 XML：{error.msg}。"
        ) from error


def _feed(parser: etree.XMLPullParser, source: bytes) -> etree._Element:
    depth = count = 0
    for start in range(0, len(source), 65_536):
        parser.feed(source[start : start + 65_536])
        for event, _ in parser.read_events():
            depth += 1 if event == "start" else -1
            count += event == "start"
            if depth > _MOST_DEPTH or count > _MOST_ELEMENTS:
                raise TooLarge(thing="DMN", limit=f"{_MOST_DEPTH} levels, {_MOST_ELEMENTS} elements", found="more")
    root = parser.close()
    if root.getroottree().docinfo.internalDTD is not None:
        raise refused(
            "dmn.doctype",
            None,
            "A document type is not allowed; remove `<!DOCTYPE …>`.",
            "不允许文档类型声明，请删除 <!DOCTYPE …>。",
        )
    return root


def refused(code: str, pointer: str | None, en: str, zh: str) -> Invalid:
    """The refusal with this one finding."""
    return Invalid(findings=(Finding(Severity.ERROR, code, pointer, en, zh),))


def local(element: etree._Element) -> str:
    """The tag without its namespace; '' for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The child elements with one of these local names, in order."""
    for child in element:
        if local(child) in names:
            yield child


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child element with this local name."""
    return next(children(element, name), None)


def text(element: etree._Element | None) -> str | None:
    """The content of the `text` child, stripped; None without one."""
    inner = None if element is None else child(element, "text")
    return None if inner is None else (inner.text or "").strip()
