"""Web processes are replaced one after the other under load: a balancer that asks for readiness sends nobody to a closed door."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.actors import SYSTEM
from engine.casework import invariants
from tests.databases import fresh
from tests.running import City, Process, Reply, ask, city

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
RESIDENTS, CLIENTS = 400, 3
LEAVES = {"TONGBAN_LEAVE_SECONDS": "1.5"}


class Balancer:
    """Asks every process for its readiness, as `deploy/haproxy.cfg` does, and sends requests to those that said yes."""

    def __init__(self, webs: list[Process]) -> None:
        self.webs, self.well, self.stopping = webs, list(webs), threading.Event()
        self.looking = threading.Thread(target=self._look, daemon=True)
        self.looking.start()

    def _look(self) -> None:
        while not self.stopping.wait(0.2):
            self.well = [web for web in list(self.webs) if self._says_yes(web)]

    def _says_yes(self, web: Process) -> bool:
        try:
            return ask(web.port, "GET", "/health/ready", seconds=2).status == 200
        except OSError:
            return False

    def port(self, nth: int) -> int:
        well = self.well
        return well[nth % len(well)].port


@pytest.fixture
def town(tmp_path: Path) -> Iterator[City]:
    with city(fresh("rolling"), tmp_path, residents=RESIDENTS) as seeded:
        yield seeded


def test_a_rolling_restart_fails_no_request(town: City) -> None:
    balancer = Balancer([town.web(**LEAVES), town.web(**LEAVES)])
    town.worker()
    replies: list[Reply] = []
    over = threading.Event()

    def client(first: int) -> None:
        for nth in range(first, RESIDENTS, CLIENTS):
            if over.is_set():
                return
            web = Process(town.processes[0].child, town.folder / "-", balancer.port(nth))
            replies.append(town.apply(web, nth))
            time.sleep(0.05)

    failed: list[BaseException] = []
    threading.excepthook = lambda told: failed.append(told.exc_value or RuntimeError())
    clients = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    for each in clients:
        each.start()
    codes = [_replaced(town, balancer) for _ in range(2)]
    over.set()
    for each in clients:
        each.join()
    balancer.stopping.set()
    threading.excepthook = threading.__excepthook__

    assert failed == []
    assert codes == [0, 0]
    assert len(replies) > 20
    assert {reply.status for reply in replies} <= {201, 202}
    with town.engine.read(SYSTEM) as tx:
        assert list(invariants.accounted(tx, [str(reply.body["case_no"]) for reply in replies])) == []


def _replaced(town: City, balancer: Balancer) -> int:
    """The oldest process is told to leave and another one takes its place."""
    old = balancer.webs[0]
    code = old.stop()
    balancer.webs.remove(old)
    balancer.webs.append(town.web(**LEAVES))
    return code
