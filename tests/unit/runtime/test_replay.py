"""Replay: the states of a case rebuilt from history alone, and the proof that breaks when one byte was changed."""

from datetime import timedelta

import orjson
import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.clock import VirtualClock
from engine.models.instances import history, instances
from engine.runtime import changes, invariants, messages, migrations, replay, start, timers
from engine.transaction import Engine
from tests.unit.runtime.test_changes import PARALLEL, done, straight
from tests.unit.runtime.versions import flow, publish, signers, timer, user

CHILD = straight(user("work"), names=("work",)) + timer("late", "work", "PT1H") + user("remind") + flow("late", "remind")
CALLER = straight(
    user("sign", signers()), '<callActivity id="c" calledElement="called"/>', user("last"), names=("sign", "c", "last")
)


def a_busy_case(engine: Engine, clock: VirtualClock) -> str:
    """Signers, a call, a timer, a suspension, a return and a migration."""
    with engine.begin(SYSTEM) as tx:
        publish(tx, CHILD, "called")
        publish(tx, CALLER)
        made = start.start(tx, "P", {"signers": ["a", "b"], "amount": 3}).id
    clock.advance(timedelta(minutes=5))
    with engine.begin(SYSTEM) as tx:
        changes.add_instance(tx, made, "sign", {"signer": "c"}, "加签")
        done(tx, made, "sign", {"agree": True})
        done(tx, made, "sign")
        done(tx, made, "sign")
    clock.advance(timedelta(minutes=61))
    timers.sweep(engine)
    with engine.begin(SYSTEM) as tx:
        changes.suspend(tx, made, "核查")
        changes.resume(tx, made)
        changes.send_back(tx, made, "sign", "重签")
        migrations.migrate(tx, made, publish(tx, CALLER.replace('name="last"', 'name="最后"')))
        done(tx, made, "sign")
    messages.sweep(engine)
    return made


def test_every_state_follows_from_the_recorded_events(engine: Engine, clock: VirtualClock) -> None:
    made = a_busy_case(engine, clock)

    with engine.read(SYSTEM) as tx:
        proof = replay.prove(tx, made)
        assert list(invariants.check(tx)) == []

    assert proof.differences == ()
    assert (proof.instances, proof.events > 10) == (2, True)


def test_any_past_moment_is_shown_by_its_place_and_by_its_time(engine: Engine, clock: VirtualClock) -> None:
    began = clock.now
    made = a_busy_case(engine, clock)

    with engine.read(SYSTEM) as tx:
        first = replay.at(tx, made, seq=1)
        later = replay.at(tx, made, moment=began + timedelta(minutes=6))

    assert [(each.event, each.standing) for each in first] == [("Start", ("sign", "sign"))]
    assert [each.standing for each in later if each.instance_id != made] == [("work",)]
    assert later[0].variables["agree"] is True


@pytest.mark.parametrize("what", ["state", "history"])
def test_a_changed_state_or_event_breaks_the_proof(engine: Engine, clock: VirtualClock, what: str) -> None:
    made = a_busy_case(engine, clock)

    with engine.begin(SYSTEM) as tx:
        if what == "state":
            stored = tx.value(sa.select(instances.c.state).where(instances.c.id == made))
            forged = stored.replace('"amount":3', '"amount":4')
            tx.connection.execute(instances.update().where(instances.c.id == made).values(state=forged))
        else:
            row = tx.rows(sa.select(history).where(history.c.root_id == made, history.c.seq == 1))[0]
            entries = orjson.loads(row["entries"])
            entries[0][2]["variables"]["amount"] = 4
            text = orjson.dumps(entries).decode()
            tx.connection.execute(history.update().where(history.c.root_id == made, history.c.seq == 1).values(entries=text))

    with engine.read(SYSTEM) as tx:
        assert not replay.prove(tx, made).holds


def test_restarted_instances_can_be_proved_too(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, PARALLEL)
        old = start.start(tx, "P").id
        changes.cancel(tx, old, "")
        made = changes.restart(tx, old, "decide", "").id

        assert replay.prove(tx, made).holds
        assert replay.prove(tx, old).holds
