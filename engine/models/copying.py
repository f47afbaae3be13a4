"""Copying a whole city between databases, whatever their kinds, and proving afterwards that nothing is missing.

Rows go through the models' own types, so that a moment or a JSON text is the same on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from typing import Any

import sqlalchemy as sa

from engine.errors import Conflict
from engine.models.migrations.draft import all_tables

BATCH = 1000
_PASSING = frozenset({"workers"})
"""Signs of life of processes: they belong to where they run."""


class NotEmpty(Conflict):
    """Expected an empty city to copy into, but table {table} has rows; give a fresh database."""

    zh = "目标数据库的表 {table} 中已有数据；请使用一个空库。"


class NotTheSame(Conflict):
    """Expected both databases to be equal after the copy, but {count} tables differ: {tables}; nothing was switched over."""

    zh = "复制后有 {count} 张表不一致：{tables}；未做切换。"


def tables() -> list[sa.Table]:
    """Every table of a city, those that others refer to first."""
    return [table for table in all_tables().sorted_tables if table.name not in _PASSING]


def copy(source: sa.Connection, target: sa.Connection) -> dict[str, int]:
    """Copies every row; how many by table. Raises NotEmpty. The caller's transactions make it one snapshot and one commit."""
    for table in tables():
        if target.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is not None:
            raise NotEmpty(table=table.name)
    return {table.name: _copy(table, source, target) for table in tables()}


def _copy(table: sa.Table, source: sa.Connection, target: sa.Connection) -> int:
    rows, count = iter(_rows(table, source)), 0
    while batch := list(islice(rows, BATCH)):
        target.execute(table.insert(), batch)
        count += len(batch)
    return count


def verify(source: sa.Connection, target: sa.Connection) -> None:
    """Compares every row of every table. Raises NotTheSame."""
    different = [table.name for table in tables() if digest(table, source) != digest(table, target)]
    if different:
        raise NotTheSame(count=len(different), tables=", ".join(different))


def digest(table: sa.Table, connection: sa.Connection) -> tuple[int, str]:
    """(rows, a hash over all their values), whatever the order they lie in."""
    count, whole = 0, 0
    for row in _rows(table, connection):
        whole ^= int.from_bytes(sha256(repr(sorted(row.items())).encode()).digest(), "big")
        count += 1
    return count, f"{whole:064x}"


def _rows(table: sa.Table, connection: sa.Connection) -> Iterator[dict[str, Any]]:
    """One after the other, without holding the table in memory."""
    streamed = connection.execution_options(yield_per=BATCH).execute(sa.select(table))
    for row in streamed.mappings():
        yield dict(row)
