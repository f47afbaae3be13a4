"""CSV of a list: the columns and words of the screen, every row of the filter rather than the page in view."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import StringIO
from typing import TypeVar

from flask import Response

from engine.casework.pages import Page

Row = TypeVar("Row")
MOST = 10_000


def every(fetch: Callable[[str | None], Page[Row]], most: int = MOST) -> Iterator[Row]:
    """All rows of a list, page by page, up to `most`."""
    after, count = None, 0
    while True:
        page = fetch(after)
        for row in page.rows:
            yield row
            count += 1
            if count >= most:
                return
        if not page.next:
            return
        after = page.next


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A download that spreadsheets open in the right encoding and in which no cell is a formula."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([[_plain(cell) for cell in row] for row in rows])
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _plain(cell: object) -> str:
    """A text that begins like a formula is quoted, so that opening a file runs nothing."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
