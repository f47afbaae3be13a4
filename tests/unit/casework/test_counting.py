"""Counters of the boards: changes are added by any number of folders at once, each exactly once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.casework import boards
from engine.models.supervision import counter_changes, counters
from engine.transaction import Engine


@pytest.mark.parametrize("_", range(3))
def test_folders_that_begin_the_same_counters_at_once_lose_nothing(engine: Engine, _: int) -> None:
    made = [{"id": f"{nth:04}", "office": "o", "item_code": "I", "measure": f"m{nth % 20}", "delta": 1} for nth in range(400)]
    with engine.begin(SYSTEM) as tx:
        tx.insert(counter_changes, made)

    with ThreadPoolExecutor(4) as folders:
        folded = list(folders.map(lambda _: boards.fold(engine, 100), range(8)))

    with engine.read(SYSTEM) as tx:
        counts = tx.connection.execute(sa.select(counters.c.n)).scalars().all()
    assert sum(folded) == 400
    assert counts == [20] * 20
