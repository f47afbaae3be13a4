"""The statements of every hour: found by key, counted, inserted, changed, removed; each built once for its table and its columns.

Building a statement costs more than sending it; one that is built once is also looked up by what it is, not by what it says."""

from functools import lru_cache

import sqlalchemy as sa

Names = tuple[str, ...]
Rows = sa.Select[tuple[object, ...]]
MOST = 1024


@lru_cache(MOST)
def select(
    table: sa.Table, keys: Names, columns: Names = (), order: Names = (), *, locks: bool = False
) -> sa.Select[tuple[object, ...]]:
    """Rows by their keys, given as `_name`. columns: all when none is named."""
    query = sa.select(*(table.c[name] for name in columns) if columns else table.c).where(*_are(table, keys))
    query = query.order_by(*(table.c[name] for name in order))
    return query.with_for_update() if locks else query


@lru_cache(MOST)
def count(table: sa.Table, keys: Names) -> sa.Select[int]:
    """How many rows have these keys."""
    return sa.select(sa.func.count()).select_from(table).where(*_are(table, keys))


@lru_cache(MOST)
def insert(table: sa.Table) -> sa.Insert:
    """A new row; its columns are the names of what is given."""
    return table.insert()


@lru_cache(MOST)
def update(table: sa.Table, keys: Names) -> sa.Update:
    """Changes rows by their keys, given as `_name`; the columns are the other names of what is given."""
    return table.update().where(*_are(table, keys))


@lru_cache(MOST)
def delete(table: sa.Table, keys: Names) -> sa.Delete:
    """Removes rows by their keys, given as `_name`; a list of values removes them all."""
    return table.delete().where(*_are(table, keys))


def _are(table: sa.Table, keys: Names) -> list[sa.ColumnElement[bool]]:
    """Equal to a value, or to one of several where the key is written `name[]`."""
    return [_is(table.c[key.removesuffix("[]")], key) for key in keys]


def _is(column: sa.ColumnElement[object], key: str) -> sa.ColumnElement[bool]:
    name = "_" + key
    return column.in_(sa.bindparam(name, expanding=True)) if key.endswith("[]") else column == sa.bindparam(name)
