"""What the durable benchmarks stand on: a database of each kind and a platform over it."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import floor
from tests.databases import fresh

KINDS = ("sqlite", "postgres")
PATTERNS = Path(__file__).parents[1] / "tests" / "patterns"


@contextmanager
def database(kind: str, name: str) -> Iterator[tuple[str, Path]]:
    """(address, folder) of an empty database that is thrown away afterwards."""
    with TemporaryDirectory(prefix="tongban-bench-") as folder:
        url = f"sqlite:///{folder}/city.db" if kind == "sqlite" else fresh(f"bench_{name}")
        yield url, Path(folder)


def raw(kind: str, url: str, seconds: float = 1.0) -> tuple[float, float]:
    """(transactions a second, CPU µs each) of one bare case on this kind of database, just now."""
    if kind == "sqlite":
        return floor.sqlite_commits_per_second(seconds)
    return floor.postgres_commits_per_second(url.replace("+psycopg", ""), seconds)


@dataclass(frozen=True, slots=True)
class Pace:
    """What a loop did: how often a second, and its CPU in µs each."""

    per_second: float
    cpu_us: float


def repeat(work: Callable[[int], object], seconds: float = 2.0, warm: int = 20) -> Pace:
    """Calls `work(n)` for so long, in this thread, after some warm-up."""
    for n in range(warm):
        work(-1 - n)
    count, began, cpu = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began < seconds:
        work(count)
        count += 1
    return Pace(count / (time.perf_counter() - began), (time.process_time() - cpu) / count * 1e6)


def cpu_seconds(pid: int) -> float:
    """CPU a process has used so far, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
