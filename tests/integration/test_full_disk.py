"""The disk is full: what cannot be written is refused whole and said so; with room again everything goes on."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.calendar.china import ChinaCalendar
from engine.models.migrations import upgrade
from engine.runtime import database, deploy, invariants, start
from engine.settings import Settings
from engine.transaction import Engine, is_passing

PATTERN = Path(__file__).parents[1] / "patterns" / "human.bpmn"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    url = f"sqlite:///{tmp_path / 'city.db'}"
    upgrade(url)
    opened = Engine(Settings(url, tmp_path), database.connect(url), ChinaCalendar())
    with opened.begin(SYSTEM) as tx:
        deploy.publish(tx, deploy.deploy(tx, "human", {"human.bpmn": PATTERN.read_bytes()}).id)
    return opened


def room(engine: Engine, pages: int) -> None:
    """So many pages more may be written, through whichever connection."""
    with engine.database.connect() as connection:
        used = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    engine.database.dispose()
    sa.event.listen(engine.database, "connect", lambda line, _: line.execute(f"PRAGMA max_page_count={used + pages}"))


def started(engine: Engine, name: str) -> None:
    with engine.begin(SYSTEM) as tx:
        start.start(tx, "HUMAN", {"amount": 900, "text": "x" * 20_000}, idempotency_key=name)


def fill(engine: Engine, acknowledged: list[str]) -> None:
    for nth in range(100):
        started(engine, f"{nth}")
        acknowledged.append(f"{nth}")


def test_what_does_not_fit_is_refused_whole_and_everything_goes_on_with_room_again(engine: Engine) -> None:
    room(engine, 60)
    acknowledged: list[str] = []
    with pytest.raises(sa.exc.OperationalError, match="disk is full") as refused:
        fill(engine, acknowledged)

    room(engine, 100_000)
    started(engine, "later")

    assert is_passing(refused.value)
    assert acknowledged
    with engine.read(SYSTEM) as tx:
        known = set(tx.connection.execute(sa.text("select key from idempotency")).scalars())
        assert known == {f"start:{name}" for name in [*acknowledged, "later"]}
        assert [str(violation) for violation in invariants.check(tx)] == []
