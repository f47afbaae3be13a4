"""A legal document as PDF: the stored body, laid out on A4 with its number, seal line and verification code.

The Chinese font is one of the standard CID fonts that every PDF reader brings along, so that no font file has to be installed.
The same body gives the same bytes, so that a PDF may be compared and archived."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any

from lxml import html
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, HRFlowable, Paragraph, SimpleDocTemplate, Spacer

from engine.casework.papers import Document

FONT = "STSong-Light"


@cache
def _styles() -> dict[str, ParagraphStyle]:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    plain = ParagraphStyle("plain", fontName=FONT, fontSize=12, leading=21, wordWrap="CJK", spaceAfter=6)
    return {
        "p": ParagraphStyle("p", parent=plain, firstLineIndent=24),
        "h2": ParagraphStyle("h2", parent=plain, fontSize=18, leading=28, alignment=TA_CENTER, spaceBefore=10, spaceAfter=12),
        "doc-no": ParagraphStyle("no", parent=plain, fontSize=10, alignment=TA_RIGHT),
        "doc-seal": ParagraphStyle("seal", parent=plain, alignment=TA_RIGHT, spaceBefore=16),
        "small": ParagraphStyle("small", parent=plain, fontSize=9, leading=14),
    }


def rendered(document: Document, verify_url: str) -> bytes:
    """The PDF of a document with its body. verify_url: address at which its code is verified, drawn as QR code."""
    out = BytesIO()
    title = f"{document.title_zh} {document.number}"
    margins = {"leftMargin": 28 * mm, "rightMargin": 26 * mm, "topMargin": 30 * mm, "bottomMargin": 24 * mm}
    paper = SimpleDocTemplate(out, pagesize=A4, title=title, author=document.office, invariant=1, lang="zh-CN", **margins)
    paper.build([*_body(document.html), *_foot(document, verify_url)])
    return out.getvalue()


def _body(stored: str) -> Iterator[Flowable]:
    """Paragraphs, headings and seal lines of the stored body; anything else gives its text."""
    root: Any = html.fragment_fromstring(stored, create_parent="div")
    for element in root.iter("p", "h2", "li"):
        text = _text(element)
        if element.tag == "h2" and element.getparent().get("lang") == "en":
            yield HRFlowable(width="100%", thickness=0.5, spaceBefore=14, spaceAfter=4)
        if text:
            name = str(element.get("class") or element.tag)
            yield Paragraph(text, _styles().get(name, _styles()["p"]))


def _text(element: Any) -> str:
    """The text of an element, its line breaks kept; escaped for the layout's own markup."""
    parts = [_escaped(element.text)]
    for child in element:
        parts += ["<br/>"] if child.tag == "br" else [_escaped("".join(child.itertext()))]
        parts.append(_escaped(child.tail))
    return "".join(parts).strip()


def _escaped(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _foot(document: Document, verify_url: str) -> Iterator[Flowable]:
    yield Spacer(1, 10 * mm)
    code = QrCodeWidget(verify_url, barLevel="M")
    left, bottom, right, top = code.getBounds()
    side = 26 * mm
    drawing = Drawing(side, side, transform=[side / (right - left), 0, 0, side / (top - bottom), 0, 0])
    drawing.add(code)
    yield drawing
    said = f"核验码 / verification code：{document.code}<br/>{_escaped(verify_url)}<br/>{_issued(document.issued_at)}"
    yield Paragraph(said, _styles()["small"])


def _issued(at: datetime) -> str:
    return f"出具时间 / issued：{at:%Y-%m-%d %H:%M} UTC"
