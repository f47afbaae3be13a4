"""What the machine can do without us: the raw commit of one case, so that every durable figure is a ratio of the same minute."""

import sqlite3
import time
from pathlib import Path
from tempfile import TemporaryDirectory

STATE = "x" * 1000
HISTORY = "y" * 250


def sqlite_commits_per_second(seconds: float = 1.0, history_rows: int = 4) -> tuple[float, float]:
    """(transactions a second, CPU µs each): one instance row and its history rows, WAL with full synchronisation."""
    with TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "floor.db", isolation_level=None)
        connection.executescript(
            "pragma journal_mode=wal; pragma synchronous=full; create table instance(id text primary key, state text);"
            "create table history(id text, seq int, data text, primary key(id, seq));"
        )
        count, began, cpu = 0, time.perf_counter(), time.process_time()
        while time.perf_counter() - began < seconds:
            connection.execute("begin immediate")
            connection.execute("insert into instance values (?, ?)", (f"i{count}", STATE))
            connection.executemany(
                "insert into history values (?, ?, ?)", [(f"i{count}", n, HISTORY) for n in range(history_rows)]
            )
            connection.execute("commit")
            count += 1
        elapsed, used = time.perf_counter() - began, time.process_time() - cpu
        connection.close()
    return count / elapsed, used / count * 1e6


def postgres_commits_per_second(url: str, seconds: float = 1.0, history_rows: int = 4) -> tuple[float, float]:
    """The same as one statement on PostgreSQL through psycopg; url: a libpq one."""
    import psycopg

    statement = (
        "with i as (insert into floor_instance values (%s, %s)) "
        "insert into floor_history select %s, n, %s from generate_series(1, %s) n"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("drop table if exists floor_instance; drop table if exists floor_history")
        connection.execute("create table floor_instance(id text primary key, state text)")
        connection.execute("create table floor_history(id text, seq int, data text, primary key(id, seq))")
        count, began, cpu = 0, time.perf_counter(), time.process_time()
        while time.perf_counter() - began < seconds:
            key = f"i{count}"
            connection.execute(statement, (key, STATE, key, HISTORY, history_rows), prepare=True)
            count += 1
        elapsed, used = time.perf_counter() - began, time.process_time() - cpu
        connection.execute("drop table floor_instance; drop table floor_history")
    return count / elapsed, used / count * 1e6
