"""Events that catch and throw: boundaries, event sub-processes, gateways, signals, errors, escalations, conditions, links."""

from datetime import timedelta

import pytest

from engine.bpmn.terms import Complete, SetVariables, Status, Throw, WaitKind
from engine.errors import Conflict
from tests.unit.kernel.diagrams import (
    boundary,
    call,
    catch,
    conditional,
    copies,
    end,
    error,
    escalation,
    event_gateway,
    link,
    many,
    message,
    parallel,
    plan,
    receive,
    script,
    service,
    signal,
    start,
    sub,
    task,
    terminate,
    throw,
    timer,
    timer_feel,
    user,
)
from tests.unit.kernel.driver import NOON, City

HOUR = timedelta(hours=1)


def test_an_interrupting_boundary_timer_takes_the_token_of_its_task() -> None:
    city = City(
        plan(start(), user("u"), boundary("late", "u", timer("PT1H")), task("t"), end(), flows="start > u > end; late > t"),
        saves=True,
    )
    main = city.start("P")
    assert main.wait("late").due == NOON + HOUR

    city.advance(HOUR)

    assert main.waiting() == []
    assert main.completed() == ["start", "late", "t"]
    assert main.status is Status.COMPLETED


def test_a_non_interrupting_boundary_timer_repeats_from_its_due_moments() -> None:
    late = boundary("late", "u", timer("R3/PT1H", "cycle"), interrupting=False)
    city = City(plan(start(), user("u"), late, task("t"), end(), flows="start > u > end; late > t"), saves=True)
    main = city.start("P")

    city.advance(10 * HOUR)

    assert main.completed().count("t") == 3
    assert main.waiting() == ["u"]


def test_completing_the_task_takes_its_boundary_events_away() -> None:
    city = City(
        plan(start(), user("u"), boundary("late", "u", timer("PT1H")), user("v"), end(), flows="start > u > v > end; late > end")
    )
    main = city.start("P")

    city.complete(main, "u")

    assert main.waiting() == ["v"]


def test_completing_a_task_twice_is_refused() -> None:
    city = City(plan(start(), user("u"), user("v"), end(), flows="start > u > v > end"))
    main = city.start("P")
    wait = main.wait("u")
    city.complete(main, "u")

    with pytest.raises(Conflict):
        city.step(main, Complete(wait.id))


def test_a_timer_expression_sees_the_variables() -> None:
    city = City(plan(start(), catch("t", timer_feel('duration("PT" + string(hours) + "H")')), end(), flows="start > t > end"))

    main = city.start("P", {"hours": 5})

    assert main.wait("t").due == NOON + 5 * HOUR


def test_a_timer_expression_without_a_time_is_an_incident() -> None:
    city = City(plan(start(), user("u"), boundary("t", "u", timer_feel("nothing")), end(), flows="start > u > end; t > end"))

    main = city.start("P")

    assert main.incidents[0].code == "timer.invalid"
    assert main.waiting() == []


def test_a_message_carries_its_variables_into_the_process() -> None:
    city = City(plan(start(), catch("m", message("paid")), end(), flows="start > m > end"), saves=True)
    main = city.start("P")

    city.message("paid", {"amount": 12})

    assert main.variables == {"amount": 12}


def test_a_message_wait_names_its_correlation_key() -> None:
    city = City(plan(start(), receive("r", None), catch("m", message("paid", "order.id")), end(), flows="start > r > m > end"))
    main = city.start("P", {"order": {"id": 7}})
    assert main.wait("r").detail["name"] is None

    city.message(None, {})  # type: ignore[arg-type]  # a receive task without a message hears what has no name

    assert main.wait("m").detail["correlation_key"] == "7"


def test_an_event_gateway_lets_the_first_event_win() -> None:
    drawn = plan(
        start(), event_gateway("g"), catch("m", message("yes")), catch("t", timer("PT1H")), catch("t2", timer("PT2H")),
        task("a"), task("b"), end(),
        flows="start > g; g > m > a > end; g > t > b > end; g > t2 > end",
    )  # fmt: skip
    city = City(drawn, saves=True)
    main = city.start("P")
    assert [w.due for w in main.waits if w.kind is WaitKind.TIMER] == [NOON + HOUR, NOON + 2 * HOUR]

    city.advance(HOUR)

    assert "b" in main.completed()
    assert main.status is Status.COMPLETED


def test_a_signal_is_heard_in_the_branch_beside_its_thrower() -> None:
    drawn = plan(
        start(),
        parallel("f"),
        throw("s", signal("go")),
        catch("c", signal("go")),
        task("t"),
        end(),
        flows="start > f; f > s > end; f > c > t > end",
    )

    assert City(drawn).start("P").status is Status.COMPLETED


def test_a_signal_reaches_other_instances_and_starts_new_ones() -> None:
    thrower = plan(start(), throw("s", signal("go")), end(), flows="start > s > end", id="thrower")
    waiting = plan(start(), catch("c", signal("go")), end(), flows="start > c > end", id="waiting")
    begun = plan(start("start", signal("go")), user("u"), end(), flows="start > u > end", id="begun")
    deaf = plan(start("start", signal("stop")), user("u"), end(), flows="start > u > end", id="deaf")
    city = City(thrower, waiting, begun, deaf)
    main = city.start("waiting")

    city.start("thrower", name="other")

    assert main.status is Status.COMPLETED
    assert [i.plan.process_id for i in city.instances] == ["waiting", "thrower", "begun"]


def test_an_error_is_caught_by_the_boundary_that_names_its_code_before_one_that_catches_all() -> None:
    drawn = plan(
        start(), sub("s", start("s0"), end("bad", error("E1")), flows="s0 > bad"), boundary("all", "s", error()),
        boundary("e1", "s", error("E1")),
        task("a"), task("b"), end(), flows="start > s > end; all > a; e1 > b",
    )  # fmt: skip

    main = City(drawn).start("P")

    assert "b" in main.completed()
    assert "a" not in main.completed()


def test_an_uncaught_error_ends_the_instance_with_its_code() -> None:
    main = City(plan(start(), parallel("f"), user("u"), end("bad", error("E1")), flows="start > f; f > u; f > bad")).start("P")

    assert (main.status, main.error, main.waits) == (Status.ERROR_ENDED, "E1", ())


def test_a_refused_job_is_caught_on_its_own_boundary() -> None:
    caught = boundary("no", "j", error("REFUSED"))
    city = City(plan(start(), service("j"), caught, task("t"), end(), flows="start > j > end; no > t > end"))
    main = city.start("P")

    city.step(main, Throw(main.wait("j").id, "REFUSED", "not registered", {"why": "unknown"}))

    assert "t" in main.completed()
    assert main.variables["why"] == "unknown"


def test_an_error_event_subprocess_takes_over_its_scope() -> None:
    handler = sub("h", start("h0", error("E1")), task("repair"), flows="h0 > repair", by_event=True)
    inner = sub("s", start("s0"), parallel("f"), user("u"), end("bad", error("E1")), handler, flows="s0 > f; f > u; f > bad")

    main = City(plan(start(), inner, task("after"), end(), flows="start > s > after > end")).start("P")

    assert main.completed() == ["start", "s0", "f", "h0", "repair", "h", "s", "after", "end"]


def test_an_error_inside_its_own_handler_goes_further_out() -> None:
    handler = sub("h", start("h0", error()), end("again", error("E2")), flows="h0 > again", by_event=True)
    inner = sub("s", start("s0"), end("bad", error("E1")), handler, flows="s0 > bad")

    main = City(plan(start(), inner, boundary("b", "s", error("E2")), task("t"), end(), flows="start > s > end; b > t")).start(
        "P"
    )

    assert "t" in main.completed()


def test_an_escalation_that_interrupts_nothing_lets_both_go_on() -> None:
    inner = sub("s", start("s0"), throw("up", escalation("X")), user("u"), end("e"), flows="s0 > up > u > e")
    caught = boundary("b", "s", escalation("X"), interrupting=False)
    main = City(plan(start(), inner, caught, user("v"), end(), flows="start > s > end; b > v")).start("P")

    assert sorted(main.waiting()) == ["u", "v"]


def test_an_escalation_event_subprocess_that_interrupts_stops_the_thrower() -> None:
    handler = sub("h", start("h0", escalation("X")), user("v"), flows="h0 > v", by_event=True)
    inner = sub("s", start("s0"), throw("up", escalation("X")), user("u"), handler, flows="s0 > up > u")

    main = City(plan(start(), inner, end(), flows="start > s > end")).start("P")

    assert main.waiting() == ["v"]


def test_errors_and_escalations_cross_call_activities() -> None:
    child = plan(start(), throw("up", escalation("X")), end("bad", error("E")), flows="start > up > bad", id="child")
    parent = plan(
        start(), call("c", "child"), boundary("x", "c", escalation("X"), interrupting=False), boundary("e", "c",
        error("E")), user("a"), user("b"), end(),
        flows="start > c > end; x > a > end; e > b > end",
    )  # fmt: skip

    main = City(parent, child).start("P")

    assert sorted(main.waiting()) == ["a", "b"]


def test_a_called_process_gives_back_what_the_mapping_says() -> None:
    child = plan(start(), script("s", "y = x * 2"), end(), flows="start > s > end", id="child")
    called = call("c", "child", inputs=(copies("a", "x"),), outputs=(copies("y", "doubled"),))

    main = City(plan(start(), called, end(), flows="start > c > end"), child).start("P", {"a": 4})

    assert main.variables == {"a": 4, "doubled": 8}


def test_a_message_event_subprocess_repeats_in_a_nested_scope() -> None:
    handler = sub("h", start("h0", message("note"), interrupting=False), user("read"), flows="h0 > read", by_event=True)
    city = City(
        plan(start(), sub("s", start("s0"), user("u"), handler, flows="s0 > u"), end(), flows="start > s > end"), saves=True
    )
    main = city.start("P")

    city.message("note")
    city.message("note")
    city.complete(main, "u")

    assert main.waiting(WaitKind.HUMAN) == ["read", "read"]
    city.complete(main, "read")
    city.complete(main, "read")
    assert main.status is Status.COMPLETED


def test_an_interrupting_event_subprocess_leaves_nothing_else_in_its_scope() -> None:
    handler = sub("h", start("h0", message("stop")), user("clean"), flows="h0 > clean", by_event=True)
    city = City(plan(start(), parallel("f"), user("a"), user("b"), handler, flows="start > f; f > a; f > b"), saves=True)
    main = city.start("P")

    city.message("stop")

    assert main.waiting() == ["clean"]
    city.complete(main, "clean")
    assert main.status is Status.COMPLETED


def test_a_condition_that_holds_on_entry_interrupts_before_the_work_begins() -> None:
    inner = sub("s", start("s0"), task("t"), flows="s0 > t")

    main = City(plan(start(), inner, boundary("b", "s", conditional("x > 1")), end(), flows="start > s > end; b > end")).start(
        "P", {"x": 2}
    )

    assert main.completed() == ["start", "b", "end"]


def test_a_condition_is_looked_at_again_when_a_variable_changes() -> None:
    city = City(
        plan(start(), user("u"), boundary("b", "u", conditional("x > 1")), task("t"), end(), flows="start > u > end; b > t"),
        saves=True,
    )
    main = city.start("P", {"x": 0})

    city.step(main, SetVariables({"x": 1}))
    assert "u" in main.waiting()
    city.step(main, SetVariables({"x": 2}))

    assert main.completed() == ["start", "b", "t"]


def test_a_condition_must_turn_false_before_it_fires_again() -> None:
    caught = boundary("b", "u", conditional("x > 1"), interrupting=False)
    city = City(plan(start(), user("u"), caught, task("t"), end(), flows="start > u > end; b > t"), saves=True)
    main = city.start("P", {"x": 0})

    for x in (2, 3, 0, 2):
        city.step(main, SetVariables({"x": x}))

    assert main.completed().count("t") == 2


def test_a_condition_that_becomes_true_in_a_script_stops_what_follows_it() -> None:
    inner = sub("s", start("s0"), script("x", "x = 5"), task("t"), flows="s0 > x > t")

    main = City(plan(start(), inner, boundary("b", "s", conditional("x > 1")), end(), flows="start > s > end; b > end")).start(
        "P"
    )

    assert "t" not in main.completed()
    assert "b" in main.completed()


def test_links_jump_to_their_other_half() -> None:
    main = City(
        plan(start(), throw("out", link("L")), catch("in", link("L")), task("t"), end(), flows="start > out; in > t > end")
    ).start("P")

    assert main.completed() == ["start", "out", "in", "t", "end"]


def test_a_multiple_event_takes_any_and_a_parallel_multiple_event_all() -> None:
    any_of = plan(start(), catch("c", message("a"), message("b")), end(), flows="start > c > end")
    all_of = plan(start(), catch("c", message("a"), message("b"), parallel_multiple=True), end(), flows="start > c > end", id="Q")
    city = City(any_of, all_of, saves=True)
    first, second = city.start("P"), None

    city.message("b")
    assert first.status is Status.COMPLETED
    second = city.start("Q", name="q")
    city.message("b")
    assert second.status is Status.ACTIVE
    city.message("a")

    assert second.status is Status.COMPLETED


def test_terminate_ends_its_own_scope_only() -> None:
    inner = sub("s", start("s0"), parallel("f"), user("u"), end("stop", terminate()), flows="s0 > f; f > u; f > stop")

    main = City(
        plan(start(), parallel("g"), user("v"), inner, task("t"), end(), flows="start > g; g > v; g > s > t > end")
    ).start("P")

    assert main.waiting() == ["v"]
    assert "t" in main.completed()


def test_terminate_in_the_process_ends_it() -> None:
    main = City(plan(start(), parallel("f"), user("u"), end("stop", terminate()), flows="start > f; f > u; f > stop")).start("P")

    assert (main.status, main.waits) == (Status.TERMINATED, ())


def test_a_boundary_on_a_multi_instance_activity_ends_all_instances() -> None:
    city = City(
        plan(start(), user("u", loop=many("3")), boundary("b", "u", timer("PT1H")), end(), flows="start > u > end; b > end"),
        saves=True,
    )
    main = city.start("P")
    assert main.waiting(WaitKind.HUMAN) == ["u", "u", "u"]

    city.advance(HOUR)

    assert main.status is Status.COMPLETED


def test_an_instance_begins_at_the_event_that_started_it() -> None:
    drawn = plan(
        start("plain"), start("paid", message("paid")), task("a"), task("b"), end(), flows="plain > a > end; paid > b > end"
    )
    city = City(drawn)

    city.message("paid", {"x": 1})
    city.start("P")

    assert city.instances[0].completed() == ["paid", "b", "end"]
    assert city.instances[1].completed() == ["plain", "a", "end"]


def test_a_receive_task_may_begin_an_instance() -> None:
    city = City(plan(receive("r", "order", instantiate=True), user("u"), end(), flows="r > u > end"))

    city.message("order", {"no": 3})

    assert city.instances[0].waiting() == ["u"]
    assert city.instances[0].variables == {"no": 3}


def test_a_parallel_instantiating_gateway_waits_for_its_other_events() -> None:
    gate = event_gateway("g", instantiate=True, event_gateway_type="Parallel")
    city = City(
        plan(gate, catch("a", message("a")), catch("b", message("b")), end(), flows="g > a > end; g > b > end"), saves=True
    )

    city.message("b")
    assert city.instances[0].waiting() == ["a"]
    city.message("a")

    assert len(city.instances) == 1
    assert city.instances[0].status is Status.COMPLETED


def test_a_timer_start_event_gives_its_due_moment() -> None:
    city = City(plan(start("start", timer("PT1H")), user("u"), end(), flows="start > u > end"))

    city.advance(HOUR)

    assert city.instances[0].waiting() == ["u"]
