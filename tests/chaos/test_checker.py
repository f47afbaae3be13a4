"""The checker proves itself: each fault is planted, and found under its own name; a city that is whole has none."""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.actors import SYSTEM
from engine.casework import invariants
from engine.clock import VirtualClock
from engine.models.migrations import upgrade
from engine.ports import Check
from engine.runtime import deploy, jobs, messages, start, timers
from engine.settings import Settings
from engine.transaction import Engine
from processes import demo
from processes.platform import build
from tests.chaos.ledger import POST

ERRAND = Path(__file__).parent / "errand.bpmn"
_ROOT = "(select root_id from cases where state = 'closed' limit 1)"
_WAITING = "(select root_id from human_tasks where state = 'open' limit 1)"
FAULTS = {
    "a token is lost": (
        f"update instances set state = (select state from instances where id = {_ROOT}) where id = {_WAITING}",
        "history.other_state",
    ),
    "a wait without its row": ("delete from human_tasks where state = 'open'", "wait.without_row"),
    "a timer is lost": ("delete from timers", "wait.without_row"),
    "a job is lost": ("delete from jobs", "wait.without_row"),
    "a subscription is lost": ("delete from subscriptions", "wait.without_row"),
    "a row without its wait": ("update human_tasks set state = 'open' where state = 'completed'", "row.without_wait"),
    "a step is done twice": (
        f"create temp table t as select * from history where root_id = {_WAITING} and seq = 1;"
        "update t set seq = 900; insert into history select * from t",
        "history.illegal",
    ),
    "history is changed": (f"update history set actor_id = 'x' where root_id = {_ROOT} and seq = 1", "chain"),
    "history is cut": (
        f"delete from history where root_id = {_ROOT} and seq = (select max(seq) from history where root_id = {_ROOT})",
        "chain",
    ),
    "an instance vanishes": (f"delete from instances where id = {_WAITING}", "row.without_instance"),
    "an ended instance says nothing": (f"update instances set ended_at = null where id = {_ROOT}", "instance.ended_at"),
    "a parked job is silent": ("update jobs set state = 'incident'", "job.parked_silently"),
    "a closed task is listed": ("update human_tasks set state = 'cancelled' where state = 'open'", "candidate.of_closed_task"),
    "a request is lost": ("delete from cases where state = 'closed'", "request.without_case"),
    "a licence is issued twice": (
        "create temp table t as select * from licences where case_no in (select case_no from cases) limit 1;"
        "update t set id = 'x', number = 'x', code = 'x';"
        "insert into licences select * from t",
        "licence.count",
    ),
    "a closed case's clock runs": ("update sla_clocks set stopped_at = null", "clock.of_closed_case"),
    "a clock is wrong": ("update sla_clocks set due_at = '2020-01-01 00:00:00' where stopped_at is null", "clock.due_at"),
    "a clock that stands still is wrong": (
        "update sla_clocks set due_at = '2099-01-01 00:00:00' where colour = 'paused' and stopped_at is null",
        "clock.due_at",
    ),
    "a case is open and closed": ("update cases set is_open = 1 where state = 'closed'", "case.state"),
    "a counter is wrong": ("update counters set n = n + 1; update counter_changes set delta = delta + 1", "counter"),
    "a message went nowhere": ("update messages set state = 'delivered', receiver = 'nobody'", "message.nowhere"),
    "a timer fired early": ("update history set at = '2020-01-01 00:00:00' where entries like '%\"Fire\"%'", "timer.early"),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city with cases at every stage, an errand that waits for its ledger, and a message that nobody has taken."""
    file: Path = tmp_path_factory.mktemp("whole") / "city.db"
    engine = opened(file)
    demo.load(engine)
    with engine.begin(SYSTEM) as tx:
        made = deploy.deploy(tx, "errands", {"errand.bpmn": ERRAND.read_bytes()})
        deploy.publish(tx, made.id)
        start.start(tx, "waiter")
        start.start(tx, "errand", {"no": 1})
        messages.publish(tx, "nobody.listens")
    _reach_the_signature(engine)
    with engine.begin(SYSTEM) as tx:
        start.start(tx, "errand", {"no": 2})
    engine.database.dispose()
    return file


def _reach_the_signature(engine: Engine) -> None:
    """The first errand's outside work is done and its timer has fired."""
    clock = VirtualClock(datetime.now(UTC))
    played = replace(engine, clock=clock, connectors={POST: Willing()})
    for _ in range(4):
        jobs.sweep(played, "test")
        clock.advance(timedelta(seconds=1))
        timers.sweep(played)


class Willing:
    """A ledger that takes everything."""

    def call(self, payload: object, *, idempotency_key: str, timeout_seconds: float) -> Mapping[str, object]:
        return {}

    def check(self) -> Check:
        return Check(True, "", "")


@pytest.fixture
def engine(whole: Path, tmp_path: Path) -> Iterator[Engine]:
    """A copy of it, to be spoilt."""
    shutil.copy(whole, tmp_path / "city.db")
    copied = opened(tmp_path / "city.db")
    yield copied
    copied.database.dispose()


def opened(file: Path) -> Engine:
    upgrade(f"sqlite:///{file}")
    return build(Settings(f"sqlite:///{file}", file.parent))


def codes(engine: Engine) -> set[str]:
    with engine.read(SYSTEM) as tx:
        return {violation.code for violation in invariants.check(tx)}


def test_a_city_that_is_whole_has_no_violation(engine: Engine) -> None:
    assert codes(engine) == set()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_under_its_name(engine: Engine, fault: str) -> None:
    statements, code = FAULTS[fault]
    with closing(sqlite3.connect(str(engine.database.url.database))) as connection:
        connection.executescript(statements)

    assert code in codes(engine)


def test_an_acknowledged_request_that_is_not_there_is_lost(engine: Engine) -> None:
    with engine.read(SYSTEM) as tx:
        (lost,) = invariants.accounted(tx, ["SCJG-20260101-0000000"])

    assert lost.code == "request.lost"


def test_an_effect_that_the_receiver_does_not_know_or_did_twice_is_found(engine: Engine) -> None:
    with engine.read(SYSTEM) as tx:
        found = [violation.code for violation in invariants.effects(tx, {"a:1": 1, "b:1": 2}, {"fetch"})]

    assert "effect.twice" in found
    assert "effect.lost" in found
