"""The embedded city, web and worker in one process on SQLite: killed in the middle of a batch and started again."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.casework import invariants
from engine.models.cases import cases
from tests.running import Reply, city, until

pytestmark = pytest.mark.slow
CASES = 30


def test_an_embedded_city_that_is_killed_in_a_batch_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    settings = {"TONGBAN_DRAIN_SECONDS": "0", "TONGBAN_SIMULATED_SECONDS": "0.2", "TONGBAN_SILENCE_SECONDS": "1"}
    with city(f"sqlite:///{tmp_path / 'city.db'}", tmp_path, residents=CASES) as town:

        def count(*conditions: sa.ColumnElement[bool]) -> int:
            with town.engine.read(SYSTEM) as tx:
                return int(tx.value(sa.select(sa.func.count()).select_from(cases).where(*conditions)))

        def tried(nth: int) -> Reply | None:
            try:
                return town.apply(first, nth)
            except OSError:
                return None

        first = town.whole(**settings)
        with ThreadPoolExecutor(6) as crowd:
            asked = [crowd.submit(tried, nth) for nth in range(CASES)]
            until(lambda: count() >= CASES // 3)
            first.kill()
            replies = [answer.result() for answer in asked]
        second = town.whole(**settings)
        repeated = [town.apply(second, nth) for nth in range(CASES)]
        until(lambda: count(cases.c.state == "closed") == CASES)

        acknowledged = [reply.body["case_no"] for reply in replies if reply is not None]
        with town.engine.read(SYSTEM) as tx:
            found = [*invariants.check(tx), *invariants.accounted(tx, map(str, acknowledged))]
        assert {reply.status for reply in repeated} <= {201, 202}
        assert [str(violation) for violation in found] == []
        assert count() == CASES
