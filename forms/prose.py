"""Texts and HTML of a form as HTML that is safe to embed: a few kinds of elements, links to real addresses, nothing else."""

import re
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser

_KEPT = frozenset({"p", "br", "hr", "b", "strong", "i", "em", "u", "code", "ul", "ol", "li", "blockquote", "h2", "h3", "h4"})
_SILENCED = frozenset({"script", "style", "iframe", "object", "template", "svg", "math", "noscript", "title", "head", "textarea"})
_LOWERED = {"h1": "h2", "h5": "h4", "h6": "h4"}
"""A page has one first heading, and it is not the form's."""
_ADDRESS = re.compile(r"(https?://|mailto:|tel:|/(?!/)|#)[^\s\"'<>\\]*", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml)[;,][^\"'<>\\]*|/(?!/)[^\s\"'<>\\]*")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_MARKS = ((re.compile(r"\*\*(.+?)\*\*"), "strong"), (re.compile(r"\*(.+?)\*"), "em"), (re.compile(r"`(.+?)`"), "code"))
_ITEM = re.compile(r"(?:[-*+]|(\d+)[.)])\s+(.*)")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")


def is_address(text: str) -> bool:
    """Whether a link may lead there: a web, mail or telephone address, or a place of this site."""
    return _ADDRESS.fullmatch(text) is not None


def is_picture(text: str) -> bool:
    """Whether a page may show the picture: it is inside the form, or lies on this site."""
    return not text or _PICTURE.fullmatch(text) is not None


def from_html(source: str) -> str:
    """The text of an HTML component with its emphasis, lists and links; scripts, styles, frames and attributes are gone."""
    cleaning = _Cleaning()
    cleaning.feed(source)
    cleaning.close()
    return cleaning.whole()


class _Cleaning(HTMLParser):
    """Copies what is kept; every element it opens it also closes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._open: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = _LOWERED.get(tag, tag)
        if tag in _SILENCED:
            self._silent += 1
        elif self._silent:
            return
        elif tag in ("br", "hr"):
            self._pieces.append(f"<{tag}>")
        elif tag in _KEPT:
            self._begin(tag, f"<{tag}>")
        elif tag == "a" and is_address(href := dict(attrs).get("href") or ""):
            self._begin("a", f'<a href="{escape(href)}" rel="noopener noreferrer">')

    def _begin(self, tag: str, text: str) -> None:
        self._pieces.append(text)
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        tag = _LOWERED.get(tag, tag)
        if tag in _SILENCED:
            self._silent = max(0, self._silent - 1)
        elif tag in self._open and not self._silent:
            while (last := self._open.pop()) != tag:
                self._pieces.append(f"</{last}>")
            self._pieces.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._pieces.append(escape(data))

    def whole(self) -> str:
        return "".join([*self._pieces, *(f"</{tag}>" for tag in reversed(self._open))])


def from_markdown(source: str) -> str:
    """Paragraphs, headings, lists, emphasis and links of a text component; HTML in it is shown as it is written."""
    return "".join(_block(block) for block in re.split(r"\n\s*\n", source.strip()) if block.strip())


def _block(block: str) -> str:
    lines = [line.strip() for line in block.strip().splitlines()]
    pieces: list[str] = []
    plain: list[str] = []
    while lines:
        heading, rule, items = _HEADING.fullmatch(lines[0]), re.fullmatch(r"-{3,}|\*{3,}", lines[0]), list(_items(lines))
        if not (heading or rule or items):
            plain.append(_inline(lines.pop(0)))
            continue
        pieces += _paragraph(plain)
        plain = []
        if items:
            name = "ol" if items[0][0] else "ul"
            pieces.append(f"<{name}>{''.join(f'<li>{_inline(text)}</li>' for _, text in items)}</{name}>")
        elif heading:
            level = min(4, len(heading[1]) + 1)
            pieces.append(f"<h{level}>{_inline(heading[2])}</h{level}>")
        else:
            pieces.append("<hr>")
        lines = lines[max(1, len(items)) :]
    return "".join(pieces + _paragraph(plain))


def _items(lines: list[str]) -> Iterator[tuple[str, str]]:
    """(number, text) of the list that begins with the first line."""
    for line in lines:
        item = _ITEM.fullmatch(line)
        if item is None:
            return
        yield item[1] or "", item[2]


def _paragraph(lines: list[str]) -> list[str]:
    return [f"<p>{'<br>'.join(lines)}</p>"] if lines else []


def _inline(text: str) -> str:
    pieces, last = [], 0
    for link in _LINK.finditer(text):
        words = _marked(link[1])
        pieces += [_marked(text[last : link.start()])]
        pieces += [f'<a href="{escape(link[2])}" rel="noopener noreferrer">{words}</a>' if is_address(link[2]) else words]
        last = link.end()
    return "".join([*pieces, _marked(text[last:])])


def _marked(text: str) -> str:
    text = escape(text)
    for pattern, name in _MARKS:
        text = pattern.sub(rf"<{name}>\1</{name}>", text)
    return text
