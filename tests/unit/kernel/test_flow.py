"""Tokens along flows: tasks, gateways, conditions, defaults, joins in loops, quantities."""

from engine.bpmn.terms import Retry, Status
from tests.unit.kernel.diagrams import end, exclusive, feel, inclusive, node, parallel, plan, script, start, task, user
from tests.unit.kernel.driver import City


def test_a_straight_process_runs_to_its_end_in_one_step() -> None:
    city = City(plan(start(), script("a", "x = 1"), script("b", "y = x + 1"), end(), flows="start > a > b > end"))

    main = city.start("P")

    assert main.status is Status.COMPLETED
    assert main.variables == {"x": 1, "y": 2}
    assert main.completed() == ["start", "a", "b", "end"]


def test_an_exclusive_gateway_takes_the_first_true_flow_only() -> None:
    drawn = plan(
        start(), exclusive("g"), task("a"), task("b"), task("c"), end(),
        flows="start > g; g > a : x > 1; g > b : x > 0; g > c : default; a > end; b > end; c > end",
    )  # fmt: skip

    assert "a" in City(drawn).start("P", {"x": 5}).completed()
    assert "b" in City(drawn).start("P", {"x": 1}).completed()
    assert "c" in City(drawn).start("P", {}).completed()


def test_no_true_condition_and_no_default_is_an_incident_that_shows_the_values() -> None:
    city = City(
        plan(
            start(),
            exclusive("g"),
            task("a"),
            task("b"),
            end(),
            flows="start > g; g > a : x > 1; g > b : x < 0; a > end; b > end",
        )
    )

    main = city.start("P", {"x": 1})

    assert main.status is Status.ACTIVE
    assert main.incidents[0].element_id == "g"
    assert main.incidents[0].values == {"x": 1}


def test_an_incident_is_retried_with_corrected_variables() -> None:
    city = City(
        plan(
            start(),
            exclusive("g"),
            task("a"),
            task("b"),
            end(),
            flows="start > g; g > a : x > 1; g > b : x < 0; a > end; b > end",
        )
    )
    main = city.start("P", {"x": 1})

    city.step(main, Retry(main.incidents[0].incident_id, {"x": 2}))

    assert main.status is Status.COMPLETED
    assert "a" in main.completed()


def test_an_incident_that_is_skipped_leaves_by_the_first_flow() -> None:
    city = City(
        plan(
            start(),
            exclusive("g"),
            task("a"),
            task("b"),
            end(),
            flows="start > g; g > a : x > 1; g > b : x < 0; a > end; b > end",
        )
    )
    main = city.start("P", {"x": 1})

    city.step(main, Retry(main.incidents[0].incident_id, skip=True))

    assert main.completed() == ["start", "a", "end"]


def test_conditions_on_flows_out_of_an_activity_hold() -> None:
    drawn = plan(
        start(), task("t"), task("a"), task("b"), end(), flows="start > t; t > a : x = 1; t > b : x > 0; a > end; b > end"
    )

    assert sorted(City(drawn).start("P", {"x": 1}).completed()) == ["a", "b", "end", "end", "start", "t"]
    assert "a" not in City(drawn).start("P", {"x": 2}).completed()


def test_the_default_flow_of_an_activity_joins_in_when_no_condition_is_true() -> None:
    drawn = plan(
        start(),
        task("t"),
        task("a"),
        task("b"),
        task("c"),
        end(),
        flows="start > t; t > a : x = 1; t > b; t > c : default; a > end; b > end; c > end",
    )

    assert {"b", "c"} <= set(City(drawn).start("P", {"x": 0}).completed())
    assert "c" not in City(drawn).start("P", {"x": 1}).completed()


def test_parallel_branches_join_once_whatever_the_order() -> None:
    drawn = plan(
        start(),
        parallel("f"),
        user("a"),
        user("b"),
        parallel("j"),
        task("t"),
        end(),
        flows="start > f; f > a > j; f > b > j; j > t > end",
    )
    for first, second in (("a", "b"), ("b", "a")):
        city = City(drawn, saves=True)
        main = city.start("P")

        city.complete(main, first)
        assert "t" not in main.completed()
        city.complete(main, second)

        assert main.completed().count("t") == 1
        assert main.status is Status.COMPLETED


def test_a_join_in_the_second_pass_of_a_loop_waits_for_both_branches() -> None:
    drawn = plan(
        start(), exclusive("m"), parallel("f"), user("a"), user("b"), parallel("j"), exclusive("x"), end(),
        flows="start > m > f; f > a > j; f > b > j; j > x; x > m : again; x > end : default",
    )  # fmt: skip
    city = City(drawn, saves=True)
    main = city.start("P", {"again": True})
    city.complete(main, "a")
    city.complete(main, "b")

    city.complete(main, "b", {"again": False})

    assert main.waiting() == ["a"]
    city.complete(main, "a")
    assert main.status is Status.COMPLETED


def test_two_tokens_on_one_flow_do_not_satisfy_a_join() -> None:
    drawn = plan(
        start(), parallel("f"), user("a"), user("b"), user("c"), exclusive("m"), parallel("j"), end(),
        flows="start > f; f > a > m; f > b > m; m > j; f > c > j; j > end",
    )  # fmt: skip
    city = City(drawn)
    main = city.start("P")

    city.complete(main, "a")
    city.complete(main, "b")

    assert "j" not in main.completed()
    city.complete(main, "c")
    assert main.completed().count("j") == 1


def test_an_inclusive_join_waits_only_for_the_branches_that_were_taken() -> None:
    drawn = plan(
        start(), inclusive("f"), user("a"), user("b"), user("c"), inclusive("j"), task("t"), end(),
        flows="start > f; f > a : x > 0; f > b : x > 1; f > c : x > 2; a > j; b > j; c > j; j > t > end",
    )  # fmt: skip
    city = City(drawn, saves=True)
    main = city.start("P", {"x": 2})
    assert main.waiting() == ["a", "b"]

    city.complete(main, "b")
    assert "t" not in main.completed()
    city.complete(main, "a")

    assert main.completed().count("t") == 1
    assert main.status is Status.COMPLETED


def test_an_inclusive_join_does_not_wait_for_a_branch_that_can_no_longer_come() -> None:
    drawn = plan(
        start(), inclusive("f"), user("a"), user("b"), exclusive("x"), inclusive("j"), task("t"), end(), end("away"),
        flows="start > f; f > a; f > b; a > j; b > x; x > j : back; x > away : default; j > t > end",
    )  # fmt: skip
    city = City(drawn)
    main = city.start("P")
    city.complete(main, "a")

    city.complete(main, "b", {"back": False})

    assert "t" in main.completed()
    assert main.status is Status.COMPLETED


def test_token_quantities_multiply_and_gather() -> None:
    drawn = plan(
        start(),
        task("send", completion_quantity=2),
        task("forward"),
        task("receive", start_quantity=2),
        end(),
        flows="start > send > forward > receive > end",
    )

    main = City(drawn).start("P")

    assert main.completed() == ["start", "send", "forward", "forward", "receive", "end"]


def test_flows_that_meet_at_an_activity_start_it_once_for_each_token() -> None:
    city = City(
        plan(start(), parallel("f"), task("a"), task("b"), user("u"), end(), flows="start > f; f > a > u; f > b > u; u > end")
    )

    main = city.start("P")

    assert main.waiting() == ["u", "u"]


def test_a_process_without_events_begins_at_what_has_no_incoming_flow() -> None:
    main = City(plan(task("a"), task("b"), task("c"), flows="a > c")).start("P")

    assert sorted(main.completed()) == ["a", "b", "c"]
    assert main.status is Status.COMPLETED


def test_a_complex_gateway_fires_at_its_condition_and_absorbs_the_rest() -> None:
    gate = node("g", "complexGateway", activation=feel("activationCount >= 2"))
    drawn = plan(
        start(), parallel("f"), user("a"), user("b"), user("c"), gate, task("t"), end(),
        flows="start > f; f > a > g; f > b > g; f > c > g; g > t > end",
    )  # fmt: skip
    city = City(drawn, saves=True)
    main = city.start("P")
    city.complete(main, "a")
    assert "t" not in main.completed()

    city.complete(main, "c")
    assert main.completed().count("t") == 1
    city.complete(main, "b")

    assert main.completed().count("t") == 1
    assert main.status is Status.COMPLETED


def test_a_join_that_can_never_be_complete_is_an_incident_that_names_it() -> None:
    drawn = plan(
        start(),
        exclusive("x"),
        task("a"),
        task("b"),
        parallel("j"),
        end(),
        flows="start > x; x > a : true; x > b : default; a > j; b > j; j > end",
    )

    main = City(drawn).start("P")

    assert (main.incidents[0].code, main.incidents[0].element_id) == ("deadlock", "j")


def test_a_merge_without_a_way_out_is_the_end_of_its_path() -> None:
    city = City(
        plan(
            start(),
            exclusive("x"),
            user("a"),
            user("b"),
            exclusive("m"),
            flows="start > x; x > a : go; x > b : default; a > m; b > m",
        )
    )
    main = city.start("P", {"go": True})

    city.complete(main, "a")

    assert main.status is Status.COMPLETED
    assert main.incidents == []
