"""A worker is cut off from the database and comes back; the server throws everybody out: nothing is lost or done twice."""

import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.casework import invariants
from engine.models.cases import cases
from tests.databases import fresh
from tests.running import City, city, until

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
CASES = 24


class Wire:
    """A line to the server that can be cut: nothing passes any more, and nobody is told, as when a cable is pulled."""

    def __init__(self, url: str) -> None:
        parsed = sa.make_url(url)
        place = str(parsed.query.get("host") or parsed.host)
        self.target = f"{place}/.s.PGSQL.{parsed.port or 5432}" if place.startswith("/") else (place, parsed.port or 5432)
        self.whole = threading.Event()
        self.whole.set()
        self.door = socket.create_server(("127.0.0.1", 0))
        direct = parsed.difference_update_query(["host"])
        self.url = direct.set(host="127.0.0.1", port=self.door.getsockname()[1]).render_as_string(hide_password=False)
        threading.Thread(target=self._open, daemon=True).start()

    def _open(self) -> None:
        while True:
            try:
                caller, _ = self.door.accept()
            except OSError:
                return
            kind = socket.AF_UNIX if isinstance(self.target, str) else socket.AF_INET
            server = socket.socket(kind)
            server.connect(self.target)
            threading.Thread(target=self._carry, args=(caller, server), daemon=True).start()

    def _carry(self, caller: socket.socket, server: socket.socket) -> None:
        other = {caller: server, server: caller}
        with caller, server:
            while True:
                ready, _, _ = select.select([caller, server], [], [], 1.0)
                self.whole.wait()
                for side in ready:
                    try:
                        part = side.recv(65536)
                        if not part:
                            return
                        other[side].sendall(part)
                    except OSError:
                        return

    def close(self) -> None:
        """Mends the line and takes no more calls."""
        self.whole.set()
        self.door.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[City]:
    with city(fresh("partition"), tmp_path, residents=CASES) as seeded:
        yield seeded


def closed(town: City) -> int:
    with town.engine.read(SYSTEM) as tx:
        return int(tx.value(sa.select(sa.func.count()).select_from(cases).where(cases.c.state == "closed")))


def test_a_worker_that_was_cut_off_loses_its_work_to_others_and_does_nothing_twice(town: City) -> None:
    wire = Wire(town.engine.settings.database_url)
    slow = {"TONGBAN_SIMULATED_SECONDS": "0.3", "TONGBAN_SILENCE_SECONDS": "2"}
    web = town.web(TONGBAN_DRAIN_SECONDS="0")
    lonely = town.worker(TONGBAN_DATABASE_URL=wire.url, **slow)
    for nth in range(CASES):
        assert town.apply(web, nth).status == 202
    until(lambda: closed(town) > 0)

    wire.whole.clear()
    at_the_cut = closed(town)
    rescuer = town.worker(**slow)
    until(lambda: closed(town) == CASES)
    wire.close()
    codes = [lonely.stop(60), rescuer.stop(60)]

    assert at_the_cut < CASES
    assert codes == [0, 0]
    with town.engine.read(SYSTEM) as tx:
        assert [str(violation) for violation in invariants.check(tx)] == []


def test_when_the_server_throws_everybody_out_again_and_again_nothing_is_lost(town: City) -> None:
    slow = {"TONGBAN_SIMULATED_SECONDS": "0.1"}
    web, hands = town.web(TONGBAN_DRAIN_SECONDS="0"), [town.worker(**slow) for _ in range(2)]
    everybody = sa.text(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    )
    accepted = []
    for nth in range(CASES):
        until(lambda nth=nth: (reply := town.apply(web, nth)).status in (201, 202) and accepted.append(reply) is None)
        if nth % 6 == 3:
            with town.engine.database.connect() as connection:
                connection.execute(everybody)
    until(lambda: closed(town) == CASES)
    codes = [hand.stop(60) for hand in hands]

    assert codes == [0, 0]
    with town.engine.read(SYSTEM) as tx:
        assert list(invariants.accounted(tx, [str(reply.body["case_no"]) for reply in accepted])) == []
        assert [str(violation) for violation in invariants.check(tx)] == []
