"""A real PgBouncer in transaction mode between the city and PostgreSQL: few server connections, many clients, nothing lost."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.casework import applications, cases, inbox, invariants
from engine.models.migrations import upgrade
from engine.settings import Settings
from engine.transaction import Engine
from processes.platform import build
from tests.databases import fresh
from tests.unit.casework.city import HEAD_OF_OFFICE, INTAKE, SHOP, open_city
from worker import schedule

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgres,
    pytest.mark.skipif(shutil.which("pgbouncer") is None, reason="pgbouncer is not installed here"),
]
ROOT = Path(__file__).parents[2]
SERVERS, CLIENTS, EACH = 3, 6, 5


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def pooled(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database behind a pooler that runs on the file we ship, with three connections to the server."""
    direct, port = sa.make_url(fresh("bouncer")), _free_port()
    host = str(direct.query.get("host") or direct.host)
    server = f"host={host} port={direct.port or 5432} user={direct.username}"
    given = (ROOT / "deploy/pgbouncer.ini").read_text("utf-8")
    given = given.replace("host=127.0.0.1 port=5432 dbname=tongban", f"{server} dbname={direct.database}")
    given = given.replace("listen_port = 6432", f"listen_port = {port}").replace("scram-sha-256", "any")
    given = given.replace("default_pool_size = 40", f"default_pool_size = {SERVERS}")
    file = tmp_path / "pgbouncer.ini"
    file.write_text(f"{given}\nunix_socket_dir =\n", "utf-8")
    is_root = os.geteuid() == 0  # it refuses to be root; then it is whoever owns the server's socket
    who = ["-u", Path(host).owner() if host.startswith("/") else "nobody"] if is_root else []
    process = subprocess.Popen(["pgbouncer", *who, "-q", str(file)])
    while not _answers(port):
        assert process.poll() is None
        time.sleep(0.02)
    yield f"postgresql://tongban@127.0.0.1:{port}/tongban?pooler=transaction"
    process.terminate()
    process.wait()


@pytest.fixture
def city(pooled: str, tmp_path: Path) -> Iterator[Engine]:
    """The small city behind the pooler, migrated through it."""
    upgrade(pooled)
    made = build(replace(Settings(pooled, tmp_path), drain_seconds=0.0))
    yield open_city(made)
    made.database.dispose()


def test_many_clients_share_three_connections_and_nothing_is_lost(city: Engine) -> None:
    hearts = [schedule.start(replace(city, worker_id=f"worker-{n}")) for n in range(2)]

    def apply(nth: int) -> list[str]:
        keys = [f"{nth}-{k}" for k in range(EACH)]
        return [applications.apply(city, SHOP, "SC-001", {}, idempotency_key=key).case_no for key in keys]

    with ThreadPoolExecutor(CLIENTS) as pool:
        opened = [case_no for found in pool.map(apply, range(CLIENTS)) for case_no in found]
    with city.begin(INTAKE) as tx:
        tasks = inbox.pool(tx, limit=100).rows
    for task in tasks:
        inbox.complete(city, INTAKE, task.task_id, {"action": "refuse"})
    for heart in hearts:
        heart.stop()

    with city.begin(HEAD_OF_OFFICE) as tx:
        assert not any(cases.read(tx, case_no).closed_at is None for case_no in opened)
    with city.read(SYSTEM) as tx:
        assert [str(violation) for violation in invariants.check(tx)] == []
        here = "from pg_stat_activity where datname = current_database()"
        listening = tx.value(sa.text(f"select count(*) {here} and query like 'LISTEN%'"))
        servers = tx.value(sa.text(f"select count(*) {here}"))
    assert len(opened) == len(tasks) == CLIENTS * EACH
    assert servers <= SERVERS
    assert listening == 0
