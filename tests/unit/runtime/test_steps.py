"""Deploy, start and step: on both databases, rows equal waits and history is one chain."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM, Actor
from engine.bpmn.kernel import step as kernel
from engine.bpmn.terms import Status
from engine.clock import VirtualClock
from engine.errors import Invalid, NotFound
from engine.models.definitions import deployments
from engine.models.instances import history as history_table
from engine.models.instances import instances
from engine.models.tasks import human_tasks
from engine.models.work import jobs, subscriptions, timers
from engine.runtime import deploy, history, start, tasks, variables
from engine.runtime.plans import plan_of
from engine.runtime.tasks import TaskChanged, TaskClosed, TaskHeld
from engine.transaction import Engine, Transaction

PATTERNS = Path(__file__).parents[2] / "patterns"
NAMES = ["empty", "seq1", "seq5", "seq10", "exc", "ext", "par", "par50", "cyc", "human", "instant", "permit", "timer"]


def published(tx: Transaction, name: str) -> str:
    made = deploy.deploy(tx, name, {f"{name}.bpmn": (PATTERNS / f"{name}.bpmn").read_bytes()})
    deploy.publish(tx, made.id)
    return next(iter(made.definitions))


def rows_of(tx: Transaction, instance_id: str) -> set[tuple[str, str]]:
    tables = {"human": human_tasks, "timer": timers, "job": jobs}
    found = {
        (kind, row["wait_id"])
        for kind, table in tables.items()
        for row in tx.rows(sa.select(table).where(table.c.instance_id == instance_id))
        if row.get("state") not in ("completed", "cancelled")
    }
    waiting = tx.rows(sa.select(subscriptions).where(subscriptions.c.instance_id == instance_id))
    return found | {(row["kind"], row["wait_id"]) for row in waiting}


def waits_of(tx: Transaction, instance_id: str) -> set[tuple[str, str]]:
    row = tx.rows(sa.select(instances).where(instances.c.id == instance_id))[0]
    state = kernel.decode(row["state"])
    return {(wait.kind.value, wait.id) for wait in kernel.waits(plan_of(tx, row["definition_id"]), state)}


@pytest.mark.parametrize("name", NAMES)
def test_rows_equal_waits_after_every_step(engine: Engine, name: str) -> None:
    with engine.begin(SYSTEM) as tx:
        made = start.start(tx, published(tx, name), {"amount": 600})
        assert rows_of(tx, made.id) == waits_of(tx, made.id)

        for task in tasks.list_open(tx, made.id):
            tasks.complete(tx, task["id"], {"ok": True})
            assert rows_of(tx, made.id) == waits_of(tx, made.id)


def test_an_instance_without_waits_ends_in_the_transaction_that_starts_it(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        made = start.start(tx, published(tx, "instant"), {"amount": 600})

    assert made.status is Status.COMPLETED


def test_an_unpublished_process_cannot_be_started(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        deploy.deploy(tx, "human", {"human.bpmn": (PATTERNS / "human.bpmn").read_bytes()})

        with pytest.raises(NotFound, match="HUMAN"):
            start.start(tx, "HUMAN")


def test_the_same_idempotency_key_gives_the_same_instance(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        process = published(tx, "human")

        first = start.start(tx, process, idempotency_key="k1")
        again = start.start(tx, process, idempotency_key="k1")

    assert first == again


def test_new_instances_take_the_newest_version_and_running_ones_keep_theirs(engine: Engine) -> None:
    source = (PATTERNS / "human.bpmn").read_bytes()
    with engine.begin(SYSTEM) as tx:
        process = published(tx, "human")
        old = start.start(tx, process)
        second = deploy.deploy(tx, "human", {"human.bpmn": source.replace(b'name="Review"', b'name="Second look"')})
        deploy.publish(tx, second.id)
        new = start.start(tx, process)

        assert [t["name"] for t in tasks.list_open(tx, old.id)] == ["Review"]
        assert [t["name"] for t in tasks.list_open(tx, new.id)] == ["Second look"]


def test_a_file_that_is_not_bpmn_is_refused_and_nothing_is_stored(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        with pytest.raises(Invalid):
            deploy.deploy(tx, "bad", {"bad.bpmn": b"not xml at all"})

        assert tx.rows(sa.select(deployments)) == []


def test_completing_a_task_twice_is_refused_with_who_did_it_and_when(engine: Engine, officer: Actor) -> None:
    with engine.begin(officer) as tx:
        made = start.start(tx, published(tx, "human"))
        task = tasks.list_open(tx, made.id)[0]
        tasks.complete(tx, task["id"])

        with pytest.raises(TaskClosed, match="limin"):
            tasks.complete(tx, task["id"])


def test_a_task_held_by_another_cannot_be_claimed(engine: Engine, officer: Actor) -> None:
    with engine.begin(officer) as tx:
        made = start.start(tx, published(tx, "human"))
        task = tasks.list_open(tx, made.id)[0]
        tasks.claim(tx, task["id"], assignee="wangqiang")

        with pytest.raises(TaskHeld, match="wangqiang"):
            tasks.claim(tx, task["id"])


def test_a_stale_version_is_refused(engine: Engine, officer: Actor) -> None:
    with engine.begin(officer) as tx:
        made = start.start(tx, published(tx, "human"))
        task = tasks.list_open(tx, made.id)[0]
        tasks.claim(tx, task["id"])

        with pytest.raises(TaskChanged, match="version 1"):
            tasks.complete(tx, task["id"], expected_version=task["version"])


def test_variables_of_a_completion_reach_the_instance(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        made = start.start(tx, published(tx, "human"), {"amount": 5})
        tasks.complete(tx, tasks.list_open(tx, made.id)[0]["id"], {"outcome": "grant"})

        assert variables.of(tx, made.id) == {"amount": 5, "outcome": "grant"}


def test_history_is_one_chain_and_lists_what_happened_in_order(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        made = start.start(tx, published(tx, "human"))
        tasks.complete(tx, tasks.list_open(tx, made.id)[0]["id"])
        history.append(tx, made.root_id, "case.noted", {"note": "x"})
        kinds = [event.kind for event in history.of(tx, made.root_id)]

    assert kinds[0] == "event.received"
    assert kinds[-2:] == ["instance.ended", "case.noted"]
    assert list(history.verify(engine)) == []


def test_one_changed_byte_of_history_is_found(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        made = start.start(tx, published(tx, "human"))
        tasks.complete(tx, tasks.list_open(tx, made.id)[0]["id"], {"outcome": "grant"})
    with engine.begin(SYSTEM) as tx:
        second = history_table.c.seq == 2
        text = tx.value(sa.select(history_table.c.entries).where(second))
        tx.connection.execute(history_table.update().where(second).values(entries=text.replace("grant", "grand")))

    assert [broken.seq for broken in history.verify(engine)] == [2]


def test_history_that_was_cut_off_is_found(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        made = start.start(tx, published(tx, "human"))
        tasks.complete(tx, tasks.list_open(tx, made.id)[0]["id"])
    with engine.begin(SYSTEM) as tx:
        tx.connection.execute(history_table.delete().where(history_table.c.seq == 2))

    assert [broken.seq for broken in history.verify(engine)] == [1]


def test_history_written_under_a_clock_of_another_zone_is_whole(engine: Engine, clock: VirtualClock) -> None:
    clock.now = clock.now.astimezone(ZoneInfo("Asia/Shanghai"))
    with engine.begin(SYSTEM) as tx:
        start.start(tx, published(tx, "human"))

    assert list(history.verify(engine)) == []
