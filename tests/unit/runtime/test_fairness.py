"""Fair turns: a connector that hangs, a service with a heap of work and a crowd of waiting requests hold up nobody else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import Event

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.bpmn.terms import Status
from engine.models.work import jobs as rows
from engine.ports import Check
from engine.runtime import calls, deploy, jobs, places, start
from engine.transaction import Engine
from tests.unit.casework import city


@dataclass
class Answering:
    """A connector that answers once its gate is open."""

    gate: Event = field(default_factory=Event)
    asked: list[str] = field(default_factory=list)

    def call(self, payload: Mapping[str, object], *, idempotency_key: str, timeout_seconds: float) -> Mapping[str, object]:
        self.asked.append(idempotency_key)
        self.gate.wait(20)
        return {}

    def check(self) -> Check:
        return Check(True, "well", "正常")


@pytest.fixture
def hung() -> Iterator[Answering]:
    """A connector that does not answer while the test runs."""
    made = Answering()
    yield made
    made.gate.set()
    calls.finish(10)


@pytest.fixture
def quick() -> Answering:
    """A connector that answers at once."""
    made = Answering()
    made.gate.set()
    return made


@pytest.fixture
def two_services(engine: Engine, hung: Answering, quick: Answering, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """One service that asks the hung connector, one that asks the quick one."""
    monkeypatch.setattr(jobs, "PATIENCE", 0.3)
    wired = replace(engine, connectors={"slow.ask": hung, "quick.ask": quick})
    with wired.begin(SYSTEM) as tx:
        for key in ("slow", "quick"):
            drawn = city.call("ask", f"{key}.ask") + '<endEvent id="e"/>' + city.flow("s", "ask") + city.flow("ask", "e")
            head = f'{city.HEAD}<process id="{key}" name="{key}" isExecutable="true"><startEvent id="s"/>'
            diagram = f"{head}{drawn}</process></definitions>"
            deploy.publish(tx, deploy.deploy(tx, key, {f"{key}.bpmn": diagram.encode()}).id)
    return wired


def begun(engine: Engine, key: str, how_many: int = 1) -> list[str]:
    with engine.begin(SYSTEM) as tx:
        return [start.start(tx, key).id for _ in range(how_many)]


def status(engine: Engine, instance_id: str) -> Status:
    with engine.read(SYSTEM) as tx:
        return start.get(tx, instance_id).status


def test_one_job_that_hangs_holds_up_no_other(two_services: Engine, hung: Answering) -> None:
    begun(two_services, "slow")
    jobs.sweep(two_services, "w")

    (later,) = begun(two_services, "quick")
    jobs.sweep(two_services, "w")

    assert len(hung.asked) == 1
    assert status(two_services, later) is Status.COMPLETED


def test_a_heap_for_a_slow_connector_takes_its_share_of_the_calls_and_no_more(two_services: Engine, hung: Answering) -> None:
    begun(two_services, "slow", 40)
    others = begun(two_services, "quick", 5)

    for _ in range(3):
        jobs.sweep(two_services, "w")

    assert len(hung.asked) == calls.SHARE
    assert {status(two_services, each) for each in others} == {Status.COMPLETED}


def test_within_a_lane_the_higher_priority_comes_first(two_services: Engine) -> None:
    made = begun(two_services, "quick", 3)
    with two_services.begin(SYSTEM) as tx:
        tx.connection.execute(rows.update().where(rows.c.instance_id == made[2]).values(priority=90))

    (first,) = jobs.lease(two_services, "w", 1)

    assert first["instance_id"] == made[2]


def test_a_request_that_finds_no_place_to_wait_leaves_its_job_to_a_worker(
    two_services: Engine, quick: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "OF_ONE_LANE", 0)
    with two_services.begin(SYSTEM, keeps_jobs=True) as tx:
        instance_id = start.start(tx, "quick").id

    jobs.follow(tx, instance_id)
    is_asked = bool(quick.asked)
    with two_services.read(SYSTEM) as reading:
        (row,) = reading.rows(sa.select(rows))
    jobs.sweep(two_services, "w")

    assert not is_asked
    assert (row["state"], row["attempts"]) == ("waiting", 0)
    assert status(two_services, instance_id) is Status.COMPLETED


def test_a_place_is_given_back() -> None:
    for _ in range(places.IN_ALL + 1):
        assert places.take({"a:b"})
        places.leave({"a:b"})
