"""Fixtures for every test: an engine on each database, a clock that stands still, people who act."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.actors import Actor, ActorKind
from engine.calendar.china import ChinaCalendar
from engine.clock import VirtualClock
from engine.settings import Settings
from engine.transaction import Engine
from tests.databases import empty, shared

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> VirtualClock:
    """Monday 2026-11-23, 10:00 in Shenzhen."""
    return VirtualClock(MONDAY)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, clock: VirtualClock, tmp_path: Path) -> Engine:
    """An empty platform without operations or connectors, on each database."""
    database = shared(request.param)
    empty(database)
    return Engine(Settings(str(database.url), tmp_path), database, ChinaCalendar(), clock=clock)


@pytest.fixture
def sqlite_engine(clock: VirtualClock, tmp_path: Path) -> Engine:
    """The same on SQLite alone, where the database makes no difference."""
    database = shared("sqlite")
    empty(database)
    return Engine(Settings("sqlite://", tmp_path), database, ChinaCalendar(), clock=clock)


@pytest.fixture
def officer() -> Actor:
    """李敏 of the market regulator."""
    groups = frozenset({"food-intake", "food-review"})
    return Actor("limin", "李敏", ActorKind.OFFICER, frozenset({"caseworker"}), groups, office="scjg")


@pytest.fixture(scope="session")
def third_party() -> Path:
    """The folder of third-party cases; a test that needs it is skipped when it does not lie beside the project."""
    folder = SHARED / "conformance"
    if not folder.exists():
        pytest.skip("the third-party cases do not lie beside the project (../shared/conformance)")
    return folder
