"""What kind of file some bytes are, by their content: a name and a header can say anything."""

from engine.errors import Invalid, TooLarge

MOST_BYTES = 20 * 1024 * 1024
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_OFFICE = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"OFD.xml": "application/ofd",
}
SHOWN_INLINE = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif"})
"""Kinds a browser may show beside the form; all others are downloaded."""


class KindRefused(Invalid):
    """Expected a PDF, a picture (PNG, JPEG, GIF), a Word, Excel or OFD file, but “{name}” is none by its content."""

    zh = "只能上传 PDF、图片（PNG、JPEG、GIF）、Word、Excel 或 OFD 文件，“{name}”的内容不是其中任何一种。"


class FileTooLarge(TooLarge):
    """Expected “{name}” of at most {limit} MB, but it has {found} MB."""

    zh = "“{name}”不得超过 {limit} MB，实际为 {found} MB。"


class FileEmpty(Invalid):
    """Expected a file with content, but “{name}” is empty; choose it again."""

    zh = "“{name}”是空文件，请重新选择。"


def checked(name: str, content: bytes) -> str:
    """The media type of an upload. Raises FileEmpty, FileTooLarge, KindRefused."""
    if not content:
        raise FileEmpty(name=name)
    if len(content) > MOST_BYTES:
        raise FileTooLarge(name=name, limit=MOST_BYTES // 1024**2, found=f"{len(content) / 1024**2:.1f}")
    found = sniffed(content)
    if found is None:
        raise KindRefused(name=name)
    return found


def sniffed(content: bytes) -> str | None:
    """The media type by content, None for what is not accepted."""
    for magic, media_type in _MAGIC:
        if content.startswith(magic):
            return media_type
    if content[:4] == b"PK\x03\x04":
        head = content[:8192] + content[-8192:]
        return next((media_type for mark, media_type in _OFFICE.items() if mark in head), None)
    return None
