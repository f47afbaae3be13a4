"""Two web processes and two workers on one PostgreSQL: they share the load, and nothing is done twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.casework import invariants
from engine.models.cases import cases
from engine.models.work import jobs, workers
from tests.databases import fresh
from tests.running import City, city, until

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
CASES = 40
LATER = {"TONGBAN_DRAIN_SECONDS": "0"}
"""Requests leave their look-ups to the workers."""


@pytest.fixture
def town(tmp_path: Path) -> Iterator[City]:
    with city(fresh("shared_load"), tmp_path, residents=CASES) as seeded:
        yield seeded


def closed(town: City) -> int:
    with town.engine.read(SYSTEM) as tx:
        return int(tx.value(sa.select(sa.func.count()).select_from(cases).where(cases.c.state == "closed")))


def violations(town: City) -> list[str]:
    with town.engine.read(SYSTEM) as tx:
        return [str(violation) for violation in invariants.check(tx)]


def test_two_webs_and_two_workers_share_the_load_and_nothing_is_done_twice(town: City) -> None:
    webs = [town.web(**LATER), town.web(**LATER)]
    hands = [town.worker(TONGBAN_SIMULATED_SECONDS="0.02") for _ in range(2)]

    with ThreadPoolExecutor(8) as crowd:
        replies = list(crowd.map(lambda nth: town.apply(webs[nth % 2], nth), range(CASES)))
        again = list(crowd.map(lambda nth: town.apply(webs[(nth + 1) % 2], nth), range(CASES)))
    until(lambda: closed(town) == CASES)
    codes = [hand.stop() for hand in hands]

    assert {reply.status for reply in replies} <= {201, 202}
    assert [reply.body["case_no"] for reply in again] == [reply.body["case_no"] for reply in replies]
    assert codes == [0, 0]
    assert all("job.released" not in hand.log.read_text("utf-8") for hand in hands)
    assert violations(town) == []


def test_a_killed_workers_leases_are_taken_over_and_no_case_is_lost_or_done_twice(town: City) -> None:
    web = town.web(**LATER)
    slow = {"TONGBAN_SIMULATED_SECONDS": "0.2", "TONGBAN_SILENCE_SECONDS": "2"}
    victim = town.worker(**slow)
    with ThreadPoolExecutor(8) as crowd:
        replies = list(crowd.map(lambda nth: town.apply(web, nth), range(CASES)))
    until(lambda: closed(town) > 0)

    victim.kill()
    with town.engine.read(SYSTEM) as tx:
        held = tx.value(sa.select(sa.func.count()).select_from(jobs).where(jobs.c.state == "leased"))
    town.worker(**slow)
    until(lambda: closed(town) == CASES)

    assert held > 0
    assert {reply.status for reply in replies} <= {201, 202}
    assert violations(town) == []


def test_a_worker_that_is_told_to_stop_finishes_its_batch_and_leaves_no_lease(town: City) -> None:
    web = town.web(**LATER)
    hand = town.worker(TONGBAN_SIMULATED_SECONDS="0.2")
    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(lambda nth: town.apply(web, nth), range(CASES)))
    until(lambda: closed(town) > 0)

    code = hand.stop()

    with town.engine.read(SYSTEM) as tx:
        leased = tx.rows(sa.select(jobs.c.id).where(jobs.c.state == "leased"))
        seen = tx.rows(sa.select(workers.c.id).where(workers.c.kind == "worker"))
    assert (code, leased, seen) == (0, [], [])
    assert violations(town) == []


def test_a_web_process_that_is_told_to_stop_answers_what_it_has_taken(town: City) -> None:
    web, other = town.web(TONGBAN_SIMULATED_SECONDS="0.3"), town.web()

    with ThreadPoolExecutor(8) as crowd:
        asked = [crowd.submit(town.apply, web, nth) for nth in range(6)]
        until(lambda: _opened(town) > 0)
        code = web.stop()
        replies = [answer.result() for answer in asked]
    after = town.apply(other, 20)

    assert code == 0
    assert {reply.status for reply in replies} <= {201, 202}
    assert after.status == 201


def _opened(town: City) -> int:
    with town.engine.read(SYSTEM) as tx:
        return int(tx.value(sa.select(sa.func.count()).select_from(cases)))
