"""The state as text, replay, budgets, cost: what must hold for the kernel as a whole."""

from datetime import timedelta

import pytest

from engine.bpmn.kernel.recorded import decode_event, encode_event
from engine.bpmn.kernel.replay import replay
from engine.bpmn.kernel.step import decode, encode, step, variables
from engine.bpmn.terms import (
    AddInstance,
    Cancel,
    Complete,
    Deliver,
    Event,
    Fire,
    Move,
    RemoveInstance,
    Resume,
    Retry,
    SetVariables,
    Start,
    Status,
    Suspend,
    Throw,
)
from engine.errors import Conflict, TooLarge
from tests.unit.kernel.diagrams import boundary, end, exclusive, many, parallel, plan, script, start, sub, task, timer, user
from tests.unit.kernel.driver import NOON, City


def test_the_state_of_an_ordinary_case_is_small() -> None:
    drawn = plan(
        start(), user("review"), boundary("late", "review", timer("P5D")), end(), flows="start > review > end; late > end"
    )
    city = City(drawn)

    main = city.start(
        "P", {"case": {"no": "2026-000001", "service": "elder"}, "applicant": {"id": "A1", "name": "张三"}, "amount": 20000}
    )

    assert main.state is not None
    assert len(encode(main.state).encode()) < 500


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format"):
        decode('{"f":99}')


def test_a_state_that_explodes_is_too_large() -> None:
    city = City(plan(start(), user("u"), end(), flows="start > u > end"))
    main = city.start("P", {"x": "x" * (17 * 1024 * 1024)})
    assert main.state is not None

    with pytest.raises(TooLarge):
        encode(main.state)


def test_a_step_leaves_the_state_it_began_with_untouched() -> None:
    drawn = plan(start(), user("u", loop=many("3")), end(), flows="start > u > end")
    city = City(drawn)
    main = city.start("P", {"x": [1, 2]})
    before = main.state
    assert before is not None
    written = encode(before)

    step(drawn, before, Complete(main.waits[0].id, {"x": 5, "y": 6}), NOON)

    assert encode(before) == written


def test_a_loop_without_an_end_is_an_incident_that_names_the_loop() -> None:
    drawn = plan(
        start(),
        exclusive("m"),
        script("s", "n = n + 1"),
        exclusive("x"),
        end(),
        flows="start > m > s > x; x > m : true; x > end : default",
    )
    city = City(drawn, budget=300)

    main = city.start("P", {"n": 0})

    assert main.incidents[0].code == "budget.spent"
    assert {"m", "s", "x"} <= set(main.incidents[0].en.replace(",", " ").replace(".", " ").split())


def test_a_step_that_ran_out_of_budget_goes_on_when_retried() -> None:
    nodes = [task(f"t{i}") for i in range(50)]
    drawn = plan(start(), *nodes, end(), flows="start > " + " > ".join(n.id for n in nodes) + " > end")
    city = City(drawn, budget=20, saves=True)
    main = city.start("P")

    while main.status is Status.ACTIVE:
        city.step(main, Retry(main.incidents[-1].incident_id))

    assert len(main.completed()) == 52


def test_more_instances_than_may_live_are_refused() -> None:
    main = City(plan(start(), user("u", loop=many("1000000000")), end(), flows="start > u > end")).start("P")

    assert main.incidents[0].code == "loop.extent"


def test_a_thousand_parallel_branches_join() -> None:
    names = [f"t{i}" for i in range(1000)]
    flows = "start > f; j > end; " + "; ".join(f"f > {name} > j" for name in names)

    main = City(plan(start(), parallel("f"), *(task(name) for name in names), parallel("j"), end(), flows=flows)).start("P")

    assert main.status is Status.COMPLETED


def test_nothing_can_happen_after_the_end() -> None:
    city = City(plan(start(), end(), flows="start > end"))
    main = city.start("P")

    with pytest.raises(Conflict):
        city.step(main, SetVariables({"x": 1}))


def test_only_a_start_begins_and_only_once() -> None:
    drawn = plan(start(), user("u"), end(), flows="start > u > end")
    with pytest.raises(Conflict):
        step(drawn, None, Cancel(), NOON)
    outcome = step(drawn, None, Start(), NOON)

    with pytest.raises(Conflict):
        step(drawn, outcome.state, Start(), NOON)


@pytest.mark.parametrize(
    "event",
    [
        Start({"x": 1}, "s"),
        Complete("3", {"d": [1, None]}),
        Throw("3", "E", "why", {"a": 1}, True),
        Fire("4"),
        Deliver("5", {"a": "b"}),
        SetVariables({"a": 1}, "3"),
        Cancel("r"),
        Start({}, "a", 1, is_restart=True),
        SetVariables({}),
        Throw("3", ""),
        Move(("1", "2"), ("a",), "r"),
        Move((), ("a",), cancel_incident_ids=("4",), clears=True),
        Retry("7", {"a": 1}, True),
        Suspend("r"),
        Resume(),
        AddInstance("a", {"x": 1}, "r"),
        RemoveInstance("3"),
    ],
)
def test_every_event_is_recorded_and_read_again(event: Event) -> None:
    assert decode_event(encode_event(event)) == event


def test_replaying_the_recorded_events_rebuilds_every_state() -> None:
    late = boundary("late", "u", timer("PT1H"), interrupting=False)
    inner = sub("s", start("s0"), user("u", loop=many("2")), late, flows="s0 > u")
    city = City(plan(start(), inner, script("x", "n = n + 1"), user("v"), end(), flows="start > s > x > v > end"), saves=True)
    main = city.start("P", {"n": 0})
    states = [encode(main.state)] if main.state else []
    for element in ("u", "u", "v"):
        city.advance(timedelta(minutes=40))
        city.complete(main, element)
        assert main.state is not None
        states.append(encode(main.state))

    moments = iter(
        [
            NOON,
            NOON + timedelta(minutes=40),
            NOON + timedelta(minutes=60),
            NOON + timedelta(minutes=80),
            NOON + timedelta(minutes=120),
        ]
    )
    recorded = [e.data for e in main.history if e.kind == "event.received"]
    again = [encode(o.state) for o in replay(main.plan, zip(recorded, moments, strict=True))]

    assert set(states) <= set(again)
    assert again[-1] == states[-1]


def test_the_variables_of_a_state_are_those_of_the_process() -> None:
    outcome = step(plan(start(), user("u"), end(), flows="start > u > end"), None, Start({"a": 1}), NOON)

    assert variables(outcome.state) == {"a": 1}


def test_a_step_costs_what_it_costs_on_a_fresh_instance() -> None:
    drawn = plan(
        start(), exclusive("m"), user("u"), exclusive("x"), end(), flows="start > m > u > x; x > m : true; x > end : default"
    )
    city = City(drawn)
    main = city.start("P")
    assert main.state is not None
    fresh = len(encode(main.state))

    for _ in range(2000):
        city.complete(main, "u")

    assert main.state is not None
    assert len(encode(main.state)) < fresh + 10
