"""Moving running instances to another version: planned by group, done one by one, and nothing of theirs is lost."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.clock import VirtualClock
from engine.errors import NotFound
from engine.models.instances import instances
from engine.models.tasks import human_tasks
from engine.models.work import jobs, subscriptions
from engine.models.work import timers as timer_rows
from engine.runtime import changes, messages, migrations, start, tasks, timers
from engine.runtime.migrations import CannotMove
from engine.transaction import Engine, Transaction
from tests.unit.runtime.test_changes import done, open_elements, straight
from tests.unit.runtime.versions import flow, publish, timer, user


def reviewed(name: str = "review", *after: str, due: str = "PT1H") -> str:
    """A review with a reminder, and what comes after it."""
    body = straight(user(name, dueDate="2026-12-01T00:00:00Z"), *(user(each) for each in after), names=(name, *after))
    return body + timer("late", name, due) + user("remind") + flow("late", "remind")


def row(tx: Transaction, instance_id: str) -> dict[str, object]:
    return tx.rows(sa.select(instances).where(instances.c.id == instance_id))[0]


def test_a_task_keeps_its_id_draft_holder_and_due_date(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        old = publish(tx, reviewed())
        made = start.start(tx, "P").id
        (before,) = tasks.list_open(tx, made)
        tasks.claim(tx, before["id"], assignee="limin")
        tasks.save_draft(tx, before["id"], {"opinion": "同意"})
        new = publish(tx, reviewed("review", "second"))

        migrations.migrate(tx, made, new)

        after = tasks.get(tx, before["id"])
        kept = ("id", "draft", "assignee", "due_at", "created_at", "priority")
        assert {name: after[name] for name in kept} == {name: tasks.get(tx, before["id"])[name] for name in kept}
        assert (after["assignee"], after["draft"], after["due_at"]) == ("limin", {"opinion": "同意"}, before["due_at"])
        assert (after["definition_id"], row(tx, made)["definition_id"], old != new) == (new, new, True)
        done(tx, made, "review")
        assert open_elements(tx, made) == ["second"]


def test_a_timer_that_runs_keeps_its_moment_and_fires_in_the_new_version(engine: Engine, clock: VirtualClock) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, reviewed())
        made = start.start(tx, "P").id
        (due,) = (timer["due_at"] for timer in tx.rows(sa.select(timer_rows)))
    clock.advance(timedelta(minutes=30))
    with engine.begin(SYSTEM) as tx:
        migrations.migrate(tx, made, publish(tx, reviewed(due="P30D")))
        assert [timer["due_at"] for timer in tx.rows(sa.select(timer_rows))] == [due]
    clock.advance(timedelta(minutes=31))

    timers.sweep(engine)

    with engine.read(SYSTEM) as tx:
        assert open_elements(tx, made) == ["remind", "review"]


def test_a_job_keeps_its_id_and_a_subscription_its_age(engine: Engine, clock: VirtualClock) -> None:
    both = (
        '<startEvent id="s"/><parallelGateway id="f"/><serviceTask id="ask" camunda:type="external" camunda:topic="x"/>'
        '<intermediateCatchEvent id="c"><messageEventDefinition messageRef="paid"/></intermediateCatchEvent>'
    ) + flow("s", "f", "ask")
    both += flow("f", "c")
    with engine.begin(SYSTEM) as tx:
        publish(tx, both)
        made = start.start(tx, "P").id
        (job,), (waiting,) = tx.rows(sa.select(jobs)), tx.rows(sa.select(subscriptions))
    clock.advance(timedelta(hours=1))
    with engine.begin(SYSTEM) as tx:
        renamed = both.replace('"ask"', '"ask2"').replace("f_ask", "f_ask2")
        new = publish(tx, renamed)

        migrations.migrate(tx, made, new, {"ask": "ask2"})

        (moved,), (still,) = tx.rows(sa.select(jobs)), tx.rows(sa.select(subscriptions))
        assert (moved["id"], moved["element_id"], moved["idempotency_key"]) == (job["id"], "ask2", job["idempotency_key"])
        assert still["created_at"] == waiting["created_at"]


def test_elements_are_matched_by_id_and_type_and_then_by_name(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        old = publish(tx, straight('<userTask id="t1" name="审查"/>', names=("t1",)))
        made = start.start(tx, "P").id
        new = publish(tx, straight('<userTask id="t2" name="审查"/>', user("x"), names=("t2", "x")))

        plan = migrations.dry_run(tx, old, new)

        assert plan.mapping["t1"] == "t2"
        assert (plan.will_move, plan.cannot) == (1, 0)
        migrations.migrate(tx, made, new)
        assert open_elements(tx, made) == ["t2"]


def test_the_plan_says_for_each_group_what_will_happen_and_changes_nothing(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        old = publish(tx, straight(user("a"), user("b"), names=("a", "b")))
        first, second, third = (start.start(tx, "P").id for _ in range(3))
        done(tx, third, "a")
        new = publish(tx, straight(user("a"), names=("a",)))

        plan = migrations.dry_run(tx, old, new)

        groups = {group.elements: (group.count, group.can_move) for group in plan.groups}
        assert groups == {("a",): (2, True), ("b",): (1, False)}
        (refused,) = (group for group in plan.groups if not group.can_move)
        assert refused.reasons[0].pointer == "b"
        assert plan.unmapped == ("b",)
        assert {row(tx, each)["definition_id"] for each in (first, second, third)} == {old}


def test_a_batch_moves_what_can_move_exactly_as_planned(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        old = publish(tx, straight(user("a"), user("b"), names=("a", "b")))
        made = [start.start(tx, "P").id for _ in range(5)]
        for instance_id in made[:2]:
            done(tx, instance_id, "a")
        new = publish(tx, straight(user("a"), user("c"), names=("a", "c")))
        plan = migrations.dry_run(tx, old, new)

    moved = list(migrations.batch(engine, old, new, actor=SYSTEM))

    assert sum(each.has_moved for each in moved) == plan.will_move == 3
    assert sum(not each.has_moved for each in moved) == plan.cannot == 2
    assert all(each.reasons[0].zh for each in moved if not each.has_moved)


def test_an_instance_that_cannot_move_is_refused_by_element_and_stays(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, straight(user("a"), names=("a",)))
        made = start.start(tx, "P").id
        new = publish(tx, straight('<serviceTask id="a" camunda:type="external" camunda:topic="x"/>', names=("a",)))

        with pytest.raises(CannotMove) as refused:
            migrations.migrate(tx, made, new)

        assert [finding.pointer for finding in refused.value.findings] == ["a"]
        done(tx, made, "a")


def test_a_mapping_must_name_what_is_there(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        old = publish(tx, straight(user("a"), names=("a",)))
        new = publish(tx, straight(user("b"), names=("b",)))

        with pytest.raises(NotFound):
            migrations.dry_run(tx, old, new, {"a": "nowhere"})


def test_a_catcher_of_another_kind_is_armed_afresh_on_a_boundary_and_refused_in_the_flow(
    engine: Engine,
) -> None:
    def caught(kind: str) -> str:
        return f'<intermediateCatchEvent id="c">{kind}</intermediateCatchEvent>'

    hour = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
    signal = '<signalEventDefinition signalRef="go"/>'
    with engine.begin(SYSTEM) as tx:
        publish(tx, reviewed())
        made = start.start(tx, "P").id
        new = publish(tx, reviewed().replace(hour, signal))
        migrations.migrate(tx, made, new)
        assert tx.rows(sa.select(timer_rows)) == []
        assert [each["kind"] for each in tx.rows(sa.select(subscriptions))] == ["signal"]
        messages.broadcast(tx, "go")
        assert open_elements(tx, made) == ["remind", "review"]

        publish(tx, straight(caught(hour), names=("c",)), "Q")
        other = start.start(tx, "Q").id
        with pytest.raises(CannotMove):
            migrations.migrate(tx, other, publish(tx, straight(caught(signal), names=("c",)), "Q"))


def test_a_suspended_instance_moves_too_and_goes_on_with_what_remained(engine: Engine, clock: VirtualClock) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, reviewed())
        made = start.start(tx, "P").id
    clock.advance(timedelta(minutes=50))
    with engine.begin(SYSTEM) as tx:
        changes.suspend(tx, made, "")
        migrations.migrate(tx, made, publish(tx, reviewed("review", "next")))
    clock.advance(timedelta(days=2))
    with engine.begin(SYSTEM) as tx:
        changes.resume(tx, made)

        (still,) = tx.rows(sa.select(timer_rows))
        assert still["due_at"] - tx.now == timedelta(minutes=10)


def test_an_ended_task_of_the_old_version_is_left_as_it_was(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        old = publish(tx, straight(user("a"), user("b"), names=("a", "b")))
        made = start.start(tx, "P").id
        done(tx, made, "a")
        migrations.migrate(tx, made, publish(tx, straight(user("a"), user("b"), user("c"), names=("a", "b", "c"))))

        (ended,) = tx.rows(sa.select(human_tasks).where(human_tasks.c.state == "completed"))
        assert ended["definition_id"] == old
