"""Activities: variables and scopes, loops, multi-instance, compensation, transactions, ad-hoc, decisions, what a wait tells."""

from dataclasses import replace
from decimal import Decimal

from engine.bpmn.model import DataItem, Loop
from engine.bpmn.terms import AddInstance, Complete, RemoveInstance, SetVariables, Status, WaitKind
from engine.dmn import read
from engine.feel import to_plain
from tests.unit.kernel.diagrams import (
    boundary,
    cancel,
    compensate,
    copies,
    each,
    end,
    exclusive,
    feel,
    literal,
    many,
    node,
    parallel,
    plan,
    script,
    service,
    signal,
    start,
    sub,
    task,
    throw,
    user,
)
from tests.unit.kernel.driver import City


def test_a_human_task_tells_who_may_do_it_and_with_which_form() -> None:
    asked = user(
        "u",
        form_key="f",
        assignee=feel("chief"),
        candidate_groups=literal("a, b"),
        priority=feel("50"),
        properties={"fourEyes": "true"},
    )

    main = City(plan(start(), asked, end(), flows="start > u > end")).start("P", {"chief": "li"})

    detail = main.wait("u").detail
    assert (detail["name"], detail["form_key"], detail["assignee"]) == ("u", "f", "li")
    assert (detail["candidate_groups"], detail["priority"], detail["properties"]) == (["a", "b"], 50, {"fourEyes": "true"})


def test_a_job_tells_its_operation_and_mapped_input() -> None:
    drawn = plan(
        start(), service("j", "facts.fetch", inputs=(copies("applicant.id", "subject"),)), end(), flows="start > j > end"
    )

    main = City(drawn).start("P", {"applicant": {"id": "A1"}})

    assert main.wait("j").detail["operation"] == "facts.fetch"
    assert main.wait("j").detail["input"] == {"subject": "A1"}


def test_output_mappings_write_to_the_process_and_local_inputs_do_not_leak() -> None:
    job = service("j", inputs=(copies("1", "local"),), outputs=(copies("local + answer", "sum"),))
    city = City(plan(start(), job, end(), flows="start > j > end"), saves=True)
    main = city.start("P")

    city.complete(main, "j", {"answer": 41})

    assert main.variables == {"answer": 41, "sum": 42}


def test_parallel_branches_write_keys_and_lose_no_update() -> None:
    city = City(
        plan(
            start(), parallel("f"), user("a"), user("b"), parallel("j"), end(), flows="start > f; f > a > j; f > b > j; j > end"
        ),
        saves=True,
    )
    main = city.start("P", {"x": 0, "y": 0})

    city.complete(main, "b", {"y": 2})
    city.complete(main, "a", {"x": 1})

    assert main.variables == {"x": 1, "y": 2}


def test_a_write_goes_to_the_nearest_scope_that_declares_the_name() -> None:
    own = DataItem("x", "property", "x")
    inner = sub("s", start("s0"), script("w", "x = 1\ny = 1"), flows="s0 > w", data=(own,))

    main = City(plan(start(), inner, end(), flows="start > s > end")).start("P", {"x": 0})

    assert main.variables == {"x": 0, "y": 1}


def test_exact_values_survive_storage() -> None:
    city = City(
        plan(
            start(),
            script("s", 'd = date("2026-02-28")\nn = 0.1 + 0.2\np = duration("P1M")'),
            user("u"),
            end(),
            flows="start > s > u > end",
        ),
        saves=True,
    )
    main = city.start("P")

    city.complete(main, "u")

    assert main.variables["n"] == Decimal("0.3")
    assert to_plain(main.variables["d"]) == "2026-02-28"
    assert to_plain(main.variables["p"]) == "P1M"


def test_a_standard_loop_repeats_while_its_condition_holds() -> None:
    after = script("s", "n = n + 1", loop=Loop("standard", condition=feel("n < 3")))
    before = script("t", "m = 1", loop=Loop("standard", condition=feel("false"), test_before=True))

    main = City(plan(start(), after, before, end(), flows="start > s > t > end")).start("P", {"n": 0})

    assert main.variables == {"n": 3}
    assert main.completed().count("s") == 3


def test_parallel_instances_each_have_their_element_and_collect_their_output() -> None:
    many_tasks = user(
        "u",
        loop=each("names", "name", output_collection="answers", output_element=feel("answer")),
        inputs=(copies("name", "answer"),),
    )
    city = City(plan(start(), many_tasks, end(), flows="start > u > end"), saves=True)
    main = city.start("P", {"names": ["a", "b", "c"]})
    assert len(main.waits) == 3

    for text in ("A", "B", "C"):
        city.step(main, Complete(main.waits[-1].id, {"answer": text}))

    assert main.variables["answers"] == ["C", "B", "A"]
    assert main.status is Status.COMPLETED


def test_sequential_instances_come_one_after_the_other() -> None:
    city = City(
        plan(
            start(),
            user("u", loop=each("names", "name", kind="sequential"), assignee=feel("name")),
            end(),
            flows="start > u > end",
        ),
        saves=True,
    )
    main = city.start("P", {"names": ["a", "b"]})
    seen = []

    while main.waits:
        seen.append(main.wait("u").detail["assignee"])
        city.complete(main, "u")

    assert seen == ["a", "b"]


def test_a_completion_condition_ends_the_other_instances() -> None:
    drawn = plan(
        start(), user("u", loop=many("3", completion=feel("nrOfCompletedInstances >= 2"))), end(), flows="start > u > end"
    )
    city = City(drawn, saves=True)
    main = city.start("P")

    city.complete(main, "u")
    assert main.status is Status.ACTIVE
    city.complete(main, "u")

    assert main.status is Status.COMPLETED


def test_no_instances_at_all_complete_at_once() -> None:
    main = City(plan(start(), user("u", loop=each("names", "name")), end(), flows="start > u > end")).start("P", {"names": []})

    assert main.status is Status.COMPLETED


def test_a_collection_that_is_no_list_is_an_incident() -> None:
    main = City(plan(start(), user("u", loop=each("names", "name")), end(), flows="start > u > end")).start("P")

    assert main.incidents[0].code == "loop.extent"


def test_a_signer_is_added_and_taken_away() -> None:
    city = City(
        plan(start(), user("u", loop=each("names", "name"), assignee=feel("name")), end(), flows="start > u > end"), saves=True
    )
    main = city.start("P", {"names": ["a", "b"]})

    city.step(main, AddInstance("u", {"name": "c"}))
    assert [w.detail["assignee"] for w in main.waits] == ["a", "b", "c"]
    city.step(main, RemoveInstance(main.waits[0].id))
    city.complete(main, "u")
    city.complete(main, "u")

    assert main.status is Status.COMPLETED


def test_removing_the_last_instance_completes_the_activity() -> None:
    city = City(plan(start(), user("u", loop=many("1")), end(), flows="start > u > end"))
    main = city.start("P")

    city.step(main, RemoveInstance(main.waits[0].id))

    assert main.status is Status.COMPLETED


def test_compensation_runs_in_reverse_order_of_completion() -> None:
    drawn = plan(
        start(), task("a"), task("b"), boundary("ca", "a", compensate()), boundary("cb", "b", compensate()),
        task("undo_a", is_for_compensation=True), task("undo_b", is_for_compensation=True), throw("t", compensate()), end(),
        flows="start > a > b > t > end", compensations=(("ca", "undo_a"), ("cb", "undo_b")),
    )  # fmt: skip

    main = City(drawn).start("P")

    assert main.completed() == ["start", "a", "b", "undo_b", "undo_a", "t", "end"]


def test_only_what_completed_is_compensated_and_only_once() -> None:
    drawn = plan(
        start(), exclusive("x"), task("a"), task("b"), boundary("ca", "a", compensate()), boundary("cb", "b", compensate()),
        task("undo_a", is_for_compensation=True), task("undo_b", is_for_compensation=True), throw("t", compensate()),
        throw("t2", compensate()), end(),
        flows="start > x; x > a : true; x > b : default; a > t; b > t; t > t2 > end", compensations=(("ca", "undo_a"),
        ("cb", "undo_b")),
    )  # fmt: skip

    assert City(drawn).start("P").completed() == ["start", "x", "a", "undo_a", "t", "t2", "end"]


def test_compensating_a_subprocess_undoes_what_happened_inside_with_its_variables_of_then() -> None:
    inner = sub(
        "s", start("s0"), script("a", "x = 7"), boundary("ca", "a", compensate()), script("undo", "seen = x",
        is_for_compensation=True),
        flows="s0 > a", compensations=(("ca", "undo"),), data=(DataItem("x", "property", "x"),),
    )  # fmt: skip
    city = City(plan(start(), inner, user("u"), throw("t", compensate("s")), end(), flows="start > s > u > t > end"), saves=True)
    main = city.start("P")

    city.complete(main, "u")

    assert main.variables["seen"] == 7


def test_a_compensation_event_subprocess_replaces_the_undoing_of_single_steps() -> None:
    undo = sub("h", start("h0", compensate()), task("undo_all"), flows="h0 > undo_all", by_event=True)
    inner = sub(
        "s", start("s0"), task("a"), boundary("ca", "a", compensate()), task("undo_a", is_for_compensation=True), undo,
        flows="s0 > a", compensations=(("ca", "undo_a"),),
    )  # fmt: skip

    main = City(plan(start(), inner, throw("t", compensate()), end(), flows="start > s > t > end")).start("P")

    assert "undo_all" in main.completed()
    assert "undo_a" not in main.completed()


def test_a_cancelled_transaction_compensates_before_it_leaves() -> None:
    inner = sub(
        "tx", start("s0"), task("book"), boundary("cb", "book", compensate()), user("undo", is_for_compensation=True),
        end("no", cancel()),
        flows="s0 > book > no", type="transaction", compensations=(("cb", "undo"),),
    )  # fmt: skip
    city = City(
        plan(start(), inner, boundary("c", "tx", cancel()), task("t"), end(), flows="start > tx > end; c > t"), saves=True
    )
    main = city.start("P")
    assert main.waiting() == ["undo"]

    city.complete(main, "undo")

    assert main.completed()[-2:] == ["c", "t"]
    assert "end" not in main.completed()


def test_an_ad_hoc_subprocess_runs_one_activity_at_a_time_until_enough() -> None:
    inner = sub("s", user("a"), user("b"), user("c"), type="adHocSubProcess", ordering="Sequential", completion=feel("done"))
    city = City(plan(start(), inner, end(), flows="start > s > end"), saves=True)
    main = city.start("P", {"done": False})
    assert main.waiting() == ["a"]

    city.complete(main, "a")
    assert main.waiting() == ["b"]
    city.complete(main, "b", {"done": True})

    assert main.status is Status.COMPLETED


def test_an_ad_hoc_subprocess_may_let_the_rest_finish() -> None:
    inner = sub("s", user("a"), user("b"), type="adHocSubProcess", completion=feel("done"), cancel_remaining=False)
    city = City(plan(start(), inner, end(), flows="start > s > end"), saves=True)
    main = city.start("P", {"done": False})

    city.complete(main, "a", {"done": True})
    assert main.waiting() == ["b"]
    city.complete(main, "b")

    assert main.status is Status.COMPLETED


def test_an_ad_hoc_subprocess_in_which_all_is_done_waits_for_its_condition() -> None:
    inner = sub("s", task("a"), type="adHocSubProcess", completion=feel("done"))
    city = City(plan(start(), inner, end(), flows="start > s > end"), saves=True)
    main = city.start("P", {"done": False})
    assert main.waiting(WaitKind.CONDITION) == ["s"]

    city.step(main, SetVariables({"done": True}))

    assert main.status is Status.COMPLETED


TIER = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<inputData id="age" name="age"><variable name="age" typeRef="number"/></inputData>
<decision id="tier" name="tier"><variable name="tier"/><informationRequirement><requiredInput
href="#age"/></informationRequirement>
<decisionTable hitPolicy="UNIQUE"><input id="i"><inputExpression
typeRef="number"><text>age</text></inputExpression></input><output id="o"/>
<rule id="r1"><inputEntry id="e1"><text>&gt;= 80</text></inputEntry><outputEntry id="o1"><text>200</text></outputEntry></rule>
<rule id="r2"><inputEntry id="e2"><text>&lt; 80</text></inputEntry><outputEntry id="o2"><text>0</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def test_a_business_rule_task_decides_in_the_step_and_keeps_its_reasons() -> None:
    rule = node("r", "businessRuleTask", decision_ref=literal("tier"), result_variable="fen")
    drawn = plan(start(), rule, end(), flows="start > r > end", decisions={"tier": read(TIER.encode()).decision("tier")})

    main = City(drawn).start("P", {"age": 85})

    assert main.variables["fen"] == 200
    assert [e.element_id for e in main.history if e.kind == "decision.made"] == ["r"]


def test_a_signal_behaviour_is_heard_only_at_the_boundary_of_its_own_activity() -> None:
    loop = replace(
        many("3", kind="sequential"),
        behaviour="Complex",
        complex_behaviours=((feel("nrOfCompletedInstances = 2"), signal("two")),),
    )
    drawn = plan(
        start(),
        script("s", "x = 1", loop=loop),
        boundary("b", "s", signal("two")),
        task("t"),
        end(),
        flows="start > s > end; b > t",
    )

    main = City(drawn).start("P")

    assert main.completed().count("s") == 3
    assert main.completed().count("t") == 1
