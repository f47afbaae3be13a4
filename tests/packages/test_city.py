"""The seeded city is as good as a real one: cases under every light, and a history that verifies."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.actors import SYSTEM
from engine.casework import boards, catalogue
from engine.models.migrations import upgrade
from engine.runtime import history
from engine.settings import Settings
from engine.transaction import Engine
from processes import demo
from processes.people import person
from processes.platform import build


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("seeded")
    settings = Settings(f"sqlite:///{folder / 'city.db'}", Path(folder), demo=True)
    upgrade(settings.database_url)
    engine = build(settings)
    demo.load(engine)
    yield engine
    engine.database.dispose()


def test_the_history_of_every_seeded_case_is_whole(seeded: Engine) -> None:
    assert list(history.verify(seeded)) == []


def test_cases_stand_under_every_light(seeded: Engine) -> None:
    boards.fold(seeded, 1000)
    with seeded.read(person("liuli").actor()) as tx:
        lights = boards.board(tx).total

    assert min(lights.green, lights.warning, lights.yellow, lights.red, lights.paused) > 0


def test_seeding_a_second_time_changes_nothing(seeded: Engine) -> None:
    with seeded.read(SYSTEM) as tx:
        before = len(catalogue.registered(tx))

    demo.load(seeded)

    with seeded.read(SYSTEM) as tx:
        assert len(catalogue.registered(tx)) == before
