"""Keyset pages: a slice of a list and the cursor of the next one; never an offset, never a count of everything."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import orjson

from engine.errors import Invalid

Row = TypeVar("Row")
CAP = 100
"""Counters on lists stop here and read `99+`: counting a million rows would cost seconds (PERFORMANCE)."""


class CursorUnreadable(Invalid):
    """Expected a page cursor as the list gave it, but it reads {text}; open the list again from its first page."""

    zh = "翻页标记“{text}”无法识别，请从第一页重新打开列表。"


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """rows: one slice in the list's order. next: opaque cursor of the following slice, None on the last one."""

    rows: tuple[Row, ...]
    next: str | None = None


def encode(values: Sequence[str | None]) -> str:
    """An opaque cursor out of the sort key of a row (texts or None)."""
    return urlsafe_b64encode(orjson.dumps(list(values))).decode().rstrip("=")


def decode(text: str, size: int) -> list[str | None]:
    """The sort key back; size: how many values it must have. Raises CursorUnreadable."""
    try:
        values = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (Error, ValueError):
        raise CursorUnreadable(text=text) from None
    if not isinstance(values, list) or len(values) != size or not all(v is None or isinstance(v, str) for v in values):
        raise CursorUnreadable(text=text)
    return values


def cut(rows: Sequence[Row], limit: int, key: Callable[[Row], Sequence[str | None]]) -> Page[Row]:
    """The page of a query that asked for `limit + 1` rows."""
    kept = tuple(rows[:limit])
    return Page(kept, encode(key(kept[-1])) if len(rows) > limit else None)
