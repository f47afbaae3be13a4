"""Erasing: every row that belongs to a business key, in every table, found by what the models call their columns.

A table that is added later and says `case_no`, `root_id` or `task_id` of its rows is emptied with the others; nobody has to
remember to name it here."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256

import sqlalchemy as sa

from engine.models import copying
from engine.models.instances import instances
from engine.models.tasks import human_tasks
from engine.transaction import Transaction

Keys = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Erased:
    """What is gone. rows: how many by table. digest: SHA-256 over all of them. chains: (rows, head) by root."""

    rows: Mapping[str, int]
    digest: str
    chains: Mapping[str, tuple[int, str]]


def erase(tx: Transaction, business_key: str, keys: Keys, *, spared: Sequence[str] = ()) -> Erased:
    """Deletes the key's instances with all they left, and every row that bears one of `keys` (column name → values).

    spared: tables that are left alone."""
    chains = _chains(tx, business_key)
    found = {**keys, **_of_instances(tx, business_key)}
    rows: dict[str, int] = {}
    hashes: list[bytes] = []
    for table in reversed([table for table in copying.tables() if table.name not in spared]):
        gone = _taken(tx, table, found, business_key)
        if gone:
            rows[str(table.name)] = len(gone)  # orjson takes no quoted_name
            hashes += gone
    return Erased(rows, sha256(b"".join(sorted(hashes))).hexdigest(), chains)


def _chains(tx: Transaction, business_key: str) -> Mapping[str, tuple[int, str]]:
    """The roots that bear the key, and how far their histories go."""
    is_root = sa.and_(instances.c.business_key == business_key, instances.c.id == instances.c.root_id)
    query = sa.select(instances.c.id, instances.c.chain_length, instances.c.chain_head).where(is_root)
    return {row.id: (row.chain_length, row.chain_head) for row in tx.connection.execute(query)}


def _of_instances(tx: Transaction, business_key: str) -> Keys:
    """How rows name the instances of a key and their tasks."""
    of_key = sa.select(instances.c.root_id).where(instances.c.business_key == business_key)
    roots = list(tx.connection.execute(of_key.distinct()).scalars())
    members = list(tx.connection.execute(sa.select(instances.c.id).where(instances.c.root_id.in_(roots))).scalars())
    work = list(tx.connection.execute(sa.select(human_tasks.c.id).where(human_tasks.c.root_id.in_(roots))).scalars())
    named = {"root_id": roots, "from_root_id": roots, "instance_id": members, "receiver": members, "task_id": work}
    return {**named, "business_key": [business_key]}


def _taken(tx: Transaction, table: sa.Table, keys: Keys, business_key: str) -> list[bytes]:
    """Deletes a table's rows of the keys; a hash of each."""
    is_one: list[sa.ColumnElement[bool]] = [table.c[name].in_(given) for name, given in keys.items() if given and name in table.c]
    if "correlation_key" in table.c:  # a message that nobody took: its key is the case number, or ends with it
        key = table.c.correlation_key
        is_one += [key == business_key, key.endswith(f"/{business_key}", autoescape=True)]
    if not is_one:
        return []
    gone = tx.rows(sa.select(table).where(sa.or_(*is_one)))
    if gone:
        tx.connection.execute(table.delete().where(sa.or_(*is_one)))
    return [sha256(repr((table.name, sorted(row.items()))).encode()).digest() for row in gone]


@contextmanager
def overwriting(tx: Transaction) -> Iterator[None]:
    """Within it, SQLite overwrites with zeros whatever is deleted."""
    is_embedded = tx.connection.dialect.name == "sqlite"
    if is_embedded:
        tx.connection.exec_driver_sql("PRAGMA secure_delete=ON")
    yield
    if is_embedded:
        tx.connection.exec_driver_sql("PRAGMA secure_delete=OFF")


def scrub(database: sa.Engine) -> None:
    """Takes what deleted rows left in free space out of the files: VACUUM, and on SQLite an emptied write-ahead log."""
    if database.dialect.name == "sqlite":
        with closing(database.raw_connection()) as raw:  # no transaction may be open, and SQLAlchemy would begin one
            raw.cursor().execute("VACUUM")
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("VACUUM")
        connection.invalidate()
