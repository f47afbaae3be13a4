"""A short storm on each database; `make chaos` runs long ones."""

from pathlib import Path

import pytest

from tests.chaos.storm import Storm
from tests.databases import fresh

pytestmark = pytest.mark.slow
KILLS = {"sqlite": 5, "postgres": 15}


@pytest.mark.parametrize("db", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_whatever_is_killed_nothing_is_lost_and_nothing_is_done_twice(db: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'city.db'}" if db == "sqlite" else fresh("storm")

    result = Storm(url, tmp_path, db=db, seed=7).rage(KILLS[db])

    assert [str(violation) for violation in result.violations] == []
    assert result.kills >= KILLS[db]
    assert result.errands > 0
    assert result.requests > 0
