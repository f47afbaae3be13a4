"""The steps lead from an empty database to the models, one after the other, whoever starts them."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.models.migrations import apply, pending, upgrade
from engine.models.migrations.draft import STEPS, missing
from tests.databases import fresh


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'new.db'}" if request.param == "sqlite" else fresh("migration")


def test_the_steps_lead_to_the_models(url: str) -> None:
    upgrade(url)

    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        operations = missing(connection).upgrade_ops
    assert operations is not None
    assert [str(operation) for operation in operations.ops] == []


def test_an_upgrade_that_is_repeated_changes_nothing(url: str) -> None:
    upgrade(url)
    upgrade(url)

    assert pending(url) == []


@pytest.mark.postgres
def test_two_processes_may_upgrade_at_once() -> None:
    url = fresh("migration_race")

    with ThreadPoolExecutor(2) as both:
        list(both.map(upgrade, [url, url]))

    assert pending(url) == []


def test_steps_are_one_chain_in_the_order_of_their_numbers() -> None:
    texts = [path.read_text("utf-8") for path in sorted(STEPS.glob("[0-9]*.py"))]
    revisions = [re.search(r'^revision = "(\d+)"', text, re.M).group(1) for text in texts]  # type: ignore[union-attr]
    parents = re.findall(r'^down_revision = (?:"(\d+)"|None)', "\n".join(texts), re.M)

    assert parents == ["", *revisions[:-1]]


def test_a_step_takes_nothing_away() -> None:
    taken = [path.name for path in STEPS.glob("[0-9]*.py") if re.search(r"op\.(drop|rename)_", path.read_text("utf-8"))]

    assert taken == []


def test_steps_import_no_models() -> None:
    assert [path.name for path in STEPS.glob("[0-9]*.py") if "engine" in path.read_text("utf-8")] == []


def test_a_database_between_two_steps_says_what_is_pending(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        apply(connection, "0001")

    assert pending(url) == [path.stem[:4] for path in sorted(STEPS.glob("[0-9]*.py"))][1:]
