"""Changing running instances: what broke other products when work went back, stood still or was added is tested here."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.bpmn.terms import Status
from engine.clock import VirtualClock
from engine.errors import Conflict, NotFound
from engine.models.work import timers as timer_rows
from engine.runtime import changes, history, incidents, jobs, start, tasks, timers, variables
from engine.transaction import Engine, Transaction
from processes.connectors.facts import FactsConnector
from tests.unit.runtime.versions import flow, publish, signers, timer, user

PARALLEL = (
    '<startEvent id="s"/><endEvent id="e"/><parallelGateway id="f"/><parallelGateway id="j"/>'
    + user("apply")
    + user("a")
    + user("a2")
    + user("b")
    + user("decide")
    + flow("s", "apply", "f", "a", "a2", "j")
    + flow("f", "b", "j", "decide", "e")
)


def straight(*tasks_drawn: str, names: tuple[str, ...]) -> str:
    return '<startEvent id="s"/><endEvent id="e"/>' + "".join(tasks_drawn) + flow("s", *names, "e")


def open_elements(tx: Transaction, instance_id: str) -> list[str]:
    return sorted(task["element_id"] for task in tasks.list_open(tx, instance_id))


def done(tx: Transaction, instance_id: str, element: str, answers: Mapping[str, object] | None = None) -> None:
    tasks.complete(tx, tasks.list_open(tx, instance_id, element_id=element)[0]["id"], answers or {})


@pytest.mark.parametrize("sequential", [False, True])
def test_sending_back_to_a_countersigned_task_makes_new_tasks_for_every_signer(engine: Engine, sequential: bool) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, straight(user("sign", signers(sequential=sequential)), user("decide"), names=("sign", "decide")))
        made = start.start(tx, "P", {"signers": ["a", "b"]}).id
        done(tx, made, "sign")
        done(tx, made, "sign")

        changes.send_back(tx, made, "sign", "印章不清")

        assert open_elements(tx, made) == ["sign"] * (1 if sequential else 2)
        done(tx, made, "sign")
        done(tx, made, "sign")
        assert open_elements(tx, made) == ["decide"]


@pytest.mark.parametrize("sequential", [False, True])
def test_sending_back_out_of_a_countersigned_task_leaves_no_signer_behind(engine: Engine, sequential: bool) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, straight(user("apply"), user("sign", signers(sequential=sequential)), names=("apply", "sign")))
        made = start.start(tx, "P", {"signers": ["a", "b", "c"]}).id
        done(tx, made, "apply")
        done(tx, made, "sign")

        changes.send_back(tx, made, "apply", "")

        assert open_elements(tx, made) == ["apply"]
        done(tx, made, "apply")
        assert open_elements(tx, made) == ["sign"] * (1 if sequential else 3)


def test_sending_back_before_parallel_branches_takes_all_of_them_along(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, PARALLEL)
        made = start.start(tx, "P").id
        done(tx, made, "apply")
        done(tx, made, "b")

        changes.send_back(tx, made, "apply", "")

        assert open_elements(tx, made) == ["apply"]
        done(tx, made, "apply")
        assert open_elements(tx, made) == ["a", "b"]


def test_sending_back_within_one_branch_leaves_the_other_as_it_is(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, PARALLEL)
        made = start.start(tx, "P").id
        for element in ("apply", "a", "b"):
            done(tx, made, element)

        changes.send_back(tx, made, "a", "")

        assert open_elements(tx, made) == ["a"]
        for element in ("a", "a2"):
            done(tx, made, element)
        assert open_elements(tx, made) == ["decide"]


def test_the_ways_back_are_what_was_passed_and_lies_before(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, PARALLEL)
        made = start.start(tx, "P").id
        done(tx, made, "apply")
        done(tx, made, "b")

        assert [way.element_id for way in changes.ways_back(tx, made)] == ["apply"]


def test_a_reminder_runs_again_after_a_return(engine: Engine, clock: VirtualClock) -> None:
    body = straight(user("apply"), user("review"), names=("apply", "review"))
    body += timer("late", "review", "PT1H") + user("remind") + flow("late", "remind")
    with engine.begin(SYSTEM) as tx:
        publish(tx, body)
        made = start.start(tx, "P").id
        done(tx, made, "apply")
    clock.advance(timedelta(minutes=50))
    with engine.begin(SYSTEM) as tx:
        changes.send_back(tx, made, "apply", "")
        assert tx.rows(sa.select(timer_rows)) == []
        done(tx, made, "apply")
    clock.advance(timedelta(minutes=59))
    timers.sweep(engine)
    with engine.read(SYSTEM) as tx:
        assert open_elements(tx, made) == ["review"]
    clock.advance(timedelta(minutes=2))

    timers.sweep(engine)

    with engine.read(SYSTEM) as tx:
        assert open_elements(tx, made) == ["remind", "review"]


def test_an_added_signer_may_refuse_and_the_outcome_of_each_is_kept_apart(engine: Engine) -> None:
    loop = (
        '<multiInstanceLoopCharacteristics camunda:collection="signers" camunda:elementVariable="signer">'
        "<completionCondition>agree = false</completionCondition></multiInstanceLoopCharacteristics>"
    )
    with engine.begin(SYSTEM) as tx:
        publish(tx, straight(user("sign", loop), user("next"), names=("sign", "next")))
        made = start.start(tx, "P", {"signers": ["a", "b"]}).id
        changes.add_instance(tx, made, "sign", {"signer": "c"}, "加签")
        assert open_elements(tx, made) == ["sign"] * 3
        done(tx, made, "sign", {"agree": True})
        assert open_elements(tx, made) == ["sign"] * 2

        added = tasks.list_open(tx, made)[-1]
        tasks.complete(tx, added["id"], {"agree": False})

        assert open_elements(tx, made) == ["next"]


def test_a_removed_signer_is_not_waited_for(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, straight(user("sign", signers()), user("next"), names=("sign", "next")))
        made = start.start(tx, "P", {"signers": ["a", "b"]}).id
        first, second = tasks.list_open(tx, made)

        changes.remove_instance(tx, made, second["wait_id"], "减签")
        tasks.complete(tx, first["id"])

        assert open_elements(tx, made) == ["next"]


@pytest.mark.parametrize(
    ("condition", "needed"),
    [
        ("", 3),
        ("nrOfCompletedInstances &gt;= 1", 1),
        ("nrOfCompletedInstances / nrOfInstances &gt;= 0.6", 2),
    ],
)
@pytest.mark.parametrize("sequential", [False, True])
def test_each_way_of_signing_together_starts_and_ends(engine: Engine, condition: str, needed: int, sequential: bool) -> None:
    kind = ' isSequential="true"' if sequential else ""
    loop = f'<multiInstanceLoopCharacteristics{kind} camunda:collection="signers" camunda:elementVariable="signer">'
    loop += (
        f"<completionCondition>{condition}</completionCondition>" if condition else ""
    ) + "</multiInstanceLoopCharacteristics>"
    with engine.begin(SYSTEM) as tx:
        publish(tx, straight(user("sign", loop), user("next"), names=("sign", "next")))
        made = start.start(tx, "P", {"signers": ["a", "b", "c"]}).id

        for _ in range(needed):
            assert "sign" in open_elements(tx, made)
            done(tx, made, "sign")

        assert open_elements(tx, made) == ["next"]


def test_a_suspended_instance_keeps_the_time_that_remained_and_so_does_all_it_called(engine: Engine, clock: VirtualClock) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, straight(user("work"), names=("work",)) + timer("late", "work", "PT1H") + flow("late", "e"), "called")
        publish(tx, straight('<callActivity id="c" calledElement="called"/>', names=("c",)))
        made = start.start(tx, "P").id
    clock.advance(timedelta(minutes=40))
    with engine.begin(SYSTEM) as tx:
        changes.suspend(tx, made, "核查")
        with pytest.raises(Conflict):
            done(tx, made, "work")
    clock.advance(timedelta(days=3))
    timers.sweep(engine)

    with engine.begin(SYSTEM) as tx:
        changes.resume(tx, made)

        (row,) = tx.rows(sa.select(timer_rows))
        assert row["due_at"] - tx.now == timedelta(minutes=20)


def test_a_job_of_a_suspended_instance_is_taken_only_after_the_resumption(engine: Engine) -> None:
    engine = replace(engine, connectors={"x": FactsConnector({})})
    with engine.begin(SYSTEM) as tx:
        publish(tx, straight('<serviceTask id="ask" camunda:type="external" camunda:topic="x"/>', names=("ask",)))
        made = start.start(tx, "P").id
        changes.suspend(tx, made, "")
    assert jobs.lease(engine, "w", 10) == []

    with engine.begin(SYSTEM) as tx:
        changes.resume(tx, made)

    assert len(jobs.lease(engine, "w", 10)) == 1


def test_cancelling_ends_what_was_called_too(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, straight(user("work"), names=("work",)), "called")
        publish(tx, straight('<callActivity id="c" calledElement="called"/>', names=("c",)))
        made = start.start(tx, "P").id

        changes.cancel(tx, made, "作废")

        assert open_elements(tx, made) == []
        assert start.get(tx, made).status is Status.CANCELLED


def test_a_running_instance_is_done_again_from_any_step(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, PARALLEL)
        made = start.start(tx, "P", {"amount": 1}).id
        for element in ("apply", "a"):
            done(tx, made, element)

        changes.restart(tx, made, "decide", "", {"amount": 2})

        assert open_elements(tx, made) == ["decide"]
        assert variables.of(tx, made)["amount"] == 2


def test_an_ended_instance_is_done_again_as_a_new_one_with_its_variables(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, PARALLEL)
        old = start.start(tx, "P", {"amount": 1}, business_key="K1").id
        changes.cancel(tx, old, "")

        made = changes.restart(tx, old, "decide", "重新审批")

        assert made.id != old
        assert (open_elements(tx, made.id), made.business_key) == (["decide"], "K1")
        assert variables.of(tx, made.id)["amount"] == 1
        assert any(line.kind == "instance.restarted" for line in history.of(tx, old))


def test_a_token_is_moved_away_from_an_incident(engine: Engine) -> None:
    body = (
        '<startEvent id="s"/><exclusiveGateway id="g"/><endEvent id="e"/>'
        + user("x")
        + user("y")
        + flow("s", "g")
        + flow("x", "e")
    )
    for target in ("x", "y"):
        body += (
            f'<sequenceFlow id="g_{target}" sourceRef="g" targetRef="{target}"><conditionExpression xsi:type="tFormalExpression">'
            f'way = "{target}"</conditionExpression></sequenceFlow>'
        )
    with engine.begin(SYSTEM) as tx:
        publish(tx, body)
        made = start.start(tx, "P").id
        (trouble,) = incidents.listing(tx)

        changes.move_token(tx, made, (), ("x",), "", incident_id=trouble["id"])

        assert incidents.listing(tx) == []
        assert open_elements(tx, made) == ["x"]
        done(tx, made, "x")
        assert start.get(tx, made).status is Status.COMPLETED


def test_what_is_not_there_cannot_be_moved_and_nothing_changes(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, PARALLEL)
        made = start.start(tx, "P").id

        with pytest.raises(NotFound):
            changes.send_back(tx, made, "nowhere", "")
        with pytest.raises(changes.NotBehind):
            changes.send_back(tx, made, "decide", "")
        with pytest.raises(changes.NothingThere):
            changes.move_token(tx, made, ("decide",), ("apply",), "")

        assert open_elements(tx, made) == ["apply"]
