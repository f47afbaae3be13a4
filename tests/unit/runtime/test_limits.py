"""What spins or explodes becomes an incident that names the loop; the worker that met it goes on with its other work."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.actors import SYSTEM
from engine.bpmn.terms import SendMessage, Status
from engine.clock import VirtualClock
from engine.runtime import incidents, jobs, messages, post, start, tasks, timers
from engine.transaction import Engine
from tests.unit.runtime.test_changes import straight
from tests.unit.runtime.versions import flow, publish, user

SPIN = '<startEvent id="s"/><exclusiveGateway id="g"/><scriptTask id="again"><script>n = n + 1</script></scriptTask>' + flow(
    "s", "g", "again", "g"
)
MANY = "<multiInstanceLoopCharacteristics><loopCardinality>{}</loopCardinality></multiInstanceLoopCharacteristics>"


def the_incident(engine: Engine) -> dict[str, object]:
    with engine.read(SYSTEM) as tx:
        (found,) = incidents.listing(tx)
    return dict(found)


def test_a_loop_that_never_rests_is_an_incident_that_names_it(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, SPIN)
        started = time.process_time()
        made = start.start(tx, "P", {"n": 0})

    assert time.process_time() - started < 5
    assert made.status is Status.ACTIVE
    found = the_incident(engine)
    assert found["code"] == "budget.spent"
    assert "again" in str(found["en"])


@pytest.mark.parametrize("count", ["1000000000", "20001", "-1"])
def test_a_billion_instances_are_refused_by_an_incident(engine: Engine, count: str) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, straight(user("t", MANY.format(count)), names=("t",)))
        start.start(tx, "P")

    assert (the_incident(engine)["code"], the_incident(engine)["element_id"]) == ("loop.extent", "t")


def test_calls_that_go_round_are_an_incident_at_the_call(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, '<startEvent id="s"/><endEvent id="e"/>' + flow("s", "e"), "called")
        body = '<startEvent id="s"/><exclusiveGateway id="g"/><callActivity id="c" calledElement="called"/>'
        publish(tx, body + flow("s", "g", "c", "g"))
        start.start(tx, "P")

    found = the_incident(engine)
    assert (found["code"], found["element_id"]) == ("call.spins", "c")
    assert "called" in str(found["en"])


def test_a_process_that_calls_itself_stops_at_the_deepest_call(engine: Engine) -> None:
    with engine.begin(SYSTEM) as tx:
        publish(tx, straight('<callActivity id="c" calledElement="P"/>', names=("c",)))
        start.start(tx, "P")

    assert the_incident(engine)["element_id"] == "c"


def test_a_text_that_doubles_for_ever_ends_in_an_incident_or_a_null(engine: Engine) -> None:
    grow = '<startEvent id="s"/><exclusiveGateway id="g"/><scriptTask id="grow"><script>x = x + x</script></scriptTask>' + flow(
        "s", "g", "grow", "g"
    )
    with engine.begin(SYSTEM) as tx:
        publish(tx, grow)
        start.start(tx, "P", {"x": "ab"})

    assert "grow" in str(the_incident(engine)["en"])


def test_other_instances_go_on_beside_one_that_spins(engine: Engine, clock: VirtualClock) -> None:
    late = '<intermediateCatchEvent id="w"><timerEventDefinition><timeDuration>PT1M</timeDuration></timerEventDefinition>'
    late += "</intermediateCatchEvent>"
    with engine.begin(SYSTEM) as tx:
        spin = SPIN.replace('<startEvent id="s"/>', f'<startEvent id="s"/>{late}').replace(
            '"s_g" sourceRef="s"', '"w_g" sourceRef="w"'
        )
        publish(tx, spin + flow("s", "w"), "spins")
        publish(tx, straight(late, user("t"), names=("w", "t")), "rests")
        start.start(tx, "spins", {"n": 0})
        rests = start.start(tx, "rests").id
    clock.advance(timedelta(minutes=2))

    timers.sweep(engine)

    with engine.read(SYSTEM) as tx:
        assert [task["element_id"] for task in tasks.list_open(tx, rests)] == ["t"]
    assert the_incident(engine)["process_id"] == "spins"


def test_internal_work_that_goes_round_is_an_incident_after_twenty_thousand_operations(engine: Engine) -> None:
    quick = replace(engine, operations={"count": lambda tx, context, given: {}})
    body = '<startEvent id="s"/><exclusiveGateway id="g"/><serviceTask id="c" camunda:type="external" camunda:topic="count"/>'
    with quick.begin(SYSTEM) as tx:
        publish(tx, body + flow("s", "g", "c", "g"))
        start.start(tx, "P")

    rounds = 0
    while jobs.sweep(quick, "w") and rounds < 100:
        rounds += 1

    found = the_incident(engine)
    assert (found["code"], found["element_id"]) == ("call.spins", "c")
    assert "20000" in str(found["en"])


WAIT = '<intermediateCatchEvent id="w"><timerEventDefinition><timeDuration>PT1M</timeDuration></timerEventDefinition>'
GROWS = '<scriptTask id="grow"><script>x = for i in 1..times return part</script></scriptTask>'


def explode(engine: Engine, clock: VirtualClock) -> str:
    """An instance whose timer would make twenty megabytes of it; the timer has been tried until it was given up."""
    with engine.begin(SYSTEM) as tx:
        publish(tx, straight(WAIT + "</intermediateCatchEvent>", GROWS, user("t"), names=("w", "grow", "t")))
        started = start.start(tx, "P", {"part": "x" * 100_000, "times": 200}).id
    for _ in range(timers.MOST_ATTEMPTS):
        clock.advance(timedelta(hours=2))
        timers.sweep(engine)
    return started


def test_a_timer_that_would_make_the_state_too_large_becomes_an_incident(engine: Engine, clock: VirtualClock) -> None:
    explode(engine, clock)

    found = the_incident(engine)
    assert (found["code"], found["element_id"]) == ("timer.failed", "w")
    assert "16777216 bytes" in str(found["en"])


def test_a_timer_that_failed_fires_when_its_variables_are_corrected_and_it_is_retried(
    engine: Engine, clock: VirtualClock
) -> None:
    started = explode(engine, clock)
    incident_id = str(the_incident(engine)["id"])

    with engine.begin(SYSTEM) as tx:
        incidents.retry(tx, incident_id, {"times": 2})
    timers.sweep(engine)

    with engine.read(SYSTEM) as tx:
        assert [task["element_id"] for task in tasks.list_open(tx, started)] == ["t"]


def test_a_timer_that_failed_cannot_be_skipped_and_says_so(engine: Engine, clock: VirtualClock) -> None:
    explode(engine, clock)
    incident_id = str(the_incident(engine)["id"])

    with pytest.raises(incidents.CannotSkip), engine.begin(SYSTEM) as tx:
        incidents.skip(tx, incident_id)


def test_a_message_that_cannot_be_taken_is_put_aside_with_an_incident_and_taken_on_retry(engine: Engine) -> None:
    catch = '<intermediateCatchEvent id="w"><messageEventDefinition messageRef="paid"/></intermediateCatchEvent>'
    with engine.begin(SYSTEM) as tx:
        publish(tx, straight(catch, GROWS, user("t"), names=("w", "grow", "t")))
        started = start.start(tx, "P", {"part": "x" * 100_000, "times": 200}).id
    with engine.begin(SYSTEM) as tx:
        post.send(tx, "another", [SendMessage("e", "paid", None, {})])

    for _ in range(messages.MOST_ATTEMPTS):
        messages.sweep(engine)
    found = the_incident(engine)
    with engine.begin(SYSTEM) as tx:
        incidents.retry(tx, str(found["id"]), {"times": 2})
    messages.sweep(engine)

    assert found["code"] == "message.failed"
    with engine.read(SYSTEM) as tx:
        assert [task["element_id"] for task in tasks.list_open(tx, started)] == ["t"]
