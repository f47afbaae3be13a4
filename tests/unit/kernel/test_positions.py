"""Every kind of event in every place that BPMN gives it: caught, thrown, interrupting and not, in nested scopes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.bpmn.model import Loop, Node
from engine.bpmn.terms import SetVariables, Status
from engine.errors import Invalid
from tests.unit.kernel.diagrams import (
    boundary,
    call,
    cancel,
    catch,
    compensate,
    conditional,
    end,
    error,
    escalation,
    event_gateway,
    feel,
    many,
    message,
    parallel,
    plan,
    receive,
    service,
    signal,
    start,
    sub,
    task,
    throw,
    timer,
    user,
)
from tests.unit.kernel.driver import City, Running

CAUGHT = {
    "message": message("m"),
    "signal": signal("s"),
    "timer": timer("PT1H"),
    "conditional": conditional("x = 1"),
}
HOSTS = {
    "user": user("host"),
    "service": service("host"),
    "receive": receive("host", "never"),
    "subProcess": sub("host", user("inner")),
    "transaction": sub("host", user("inner"), type="transaction"),
    "adHoc": sub("host", user("inner"), type="adHocSubProcess"),
    "call": call("host", "called"),
    "multi": user("host", loop=many("2")),
    "sequential": user("host", loop=many("2", kind="sequential")),
    "multiSub": sub("host", user("inner"), loop=many("2")),
}
CALLED = plan(start(), user("inner"), end(), flows="start > inner > end", id="called")


def happen(city: City, main: Running, kind: str) -> None:
    match kind:
        case "message":
            assert city.message("m")
        case "signal":
            city.signal("s")
        case "timer":
            city.advance(timedelta(hours=1))
        case _:
            city.step(main, SetVariables({"x": 1}))


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("kind", CAUGHT)
@pytest.mark.parametrize("host", HOSTS)
def test_a_boundary_event_fires_on_every_kind_of_activity(host: str, kind: str, interrupting: bool) -> None:
    drawn = plan(
        start(),
        HOSTS[host],
        user("after"),
        boundary("at", "host", CAUGHT[kind], interrupting=interrupting),
        user("caught"),
        flows="start > host > after; at > caught",
    )
    city = City(drawn, CALLED, saves=True)
    main = city.start("P")

    happen(city, main, kind)

    assert main.waiting().count("caught") == 1
    inside = [w for w in main.waiting() if w in ("host", "inner")]
    assert bool(inside) is not interrupting


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("kind", CAUGHT)
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_an_event_subprocess_starts_in_the_process_and_in_nested_scopes(kind: str, depth: int, interrupting: bool) -> None:
    handler = sub(
        "handler", start("on", CAUGHT[kind], interrupting=interrupting), user("caught"), flows="on > caught", by_event=True
    )
    nodes: tuple[Node, ...] = (user("work"), handler)
    for level in range(depth):
        nodes = (sub(f"sub{level}", *nodes),)
    city = City(plan(*nodes), saves=True)
    main = city.start("P")

    happen(city, main, kind)

    assert main.waiting().count("caught") == 1
    assert ("work" in main.waiting()) is not interrupting
    city.complete(main, "caught")
    if not interrupting:
        city.complete(main, "work")
    assert main.status is Status.COMPLETED


@pytest.mark.parametrize("kind", CAUGHT)
def test_an_intermediate_event_waits_alone_and_behind_an_event_gateway(kind: str) -> None:
    alone = City(plan(start(), catch("c", CAUGHT[kind]), end(), flows="start > c > end"), saves=True)
    behind = City(
        plan(
            start(),
            event_gateway("g"),
            catch("c", CAUGHT[kind]),
            receive("r", "other"),
            end(),
            end("end2"),
            flows="start > g; g > c > end; g > r > end2",
        ),
        saves=True,
    )

    for city in (alone, behind):
        main = city.start("P")
        assert main.status is Status.ACTIVE
        happen(city, main, kind)
        assert main.status is Status.COMPLETED
        assert "c" in main.completed()


@pytest.mark.parametrize("place", ["boundary", "event sub-process"])
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_an_error_end_event_is_caught_however_deep_it_is_thrown(depth: int, place: str) -> None:
    inner: tuple[Node, ...] = (start("s0"), end("thrown", error("E")))
    body = sub("deep0", *inner, flows="s0 > thrown")
    for level in range(1, depth + 1):
        body = sub(f"deep{level}", body)
    if place == "boundary":
        drawn = plan(sub("host", body), boundary("at", "host", error("E")), user("caught"), flows="at > caught")
    else:
        drawn = plan(body, sub("h", start("on", error("E")), user("caught"), flows="on > caught", by_event=True))
    main = City(drawn, saves=True).start("P")

    assert main.waiting() == ["caught"]


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("place", ["boundary", "event sub-process"])
@pytest.mark.parametrize("thrower", ["intermediate", "end"])
def test_an_escalation_is_caught_on_the_boundary_or_inside(thrower: str, place: str, interrupting: bool) -> None:
    if thrower == "end":
        body = (start("s"), end("thrown", escalation("X")), user("beside"))
        flows = "s > thrown"
    else:
        body, flows = (start("s"), throw("thrown", escalation("X")), user("beside")), "s > thrown > beside"
    extra: tuple[Node, ...] = ()
    if place == "event sub-process":
        extra = (
            sub("h", start("on", escalation("X"), interrupting=interrupting), user("caught"), flows="on > caught", by_event=True),
        )
    nodes: list[Node] = [start(), sub("host", *body, *extra, flows=flows), user("after")]
    line = "start > host > after"
    if place == "boundary":
        nodes += [boundary("at", "host", escalation("X"), interrupting=interrupting), user("caught")]
        line += "; at > caught"
    main = City(plan(*nodes, flows=line), saves=True).start("P")

    assert "caught" in main.waiting()
    if thrower == "intermediate":
        assert ("beside" in main.waiting()) is not interrupting


def test_quantities_of_a_multi_instance_activity_gather_before_it_begins() -> None:
    drawn = plan(
        start(),
        parallel("fork"),
        task("a"),
        task("b"),
        user("many", loop=many("2"), start_quantity=2),
        end(),
        flows="start > fork; fork > a > many; fork > b > many; many > end",
    )
    main = City(drawn).start("P")

    assert main.waiting() == ["many", "many"]


def test_quantities_of_a_looping_activity_gather_before_it_begins() -> None:
    drawn = plan(
        start(),
        parallel("fork"),
        task("a"),
        task("b"),
        user("again", loop=Loop("standard", condition=feel("loopCounter < 2")), start_quantity=2),
        end(),
        flows="start > fork; fork > a > again; fork > b > again; again > end",
    )
    main = City(drawn).start("P")

    assert main.waiting() == ["again"]


def test_cancelling_one_instance_of_a_transaction_undoes_what_all_of_them_have_done() -> None:
    body = sub(
        "tx",
        start("s"),
        task("book"),
        boundary("undoing", "book", compensate()),
        user("undo", is_for_compensation=True),
        user("confirm"),
        end("cancelled", cancel()),
        flows="s > book > confirm > cancelled",
        type="transaction",
        compensations=(("undoing", "undo"),),
        loop=many("3"),
    )
    drawn = plan(start(), body, boundary("at", "tx", cancel()), user("after"), flows="start > tx; at > after")
    city = City(drawn, saves=True)
    main = city.start("P")

    city.complete(main, "confirm")

    assert main.waiting() == ["undo"] * 3
    for _ in range(3):
        city.complete(main, "undo")
    assert main.waiting() == ["after"]


@pytest.mark.parametrize(("before", "passes"), [(True, 0), (False, 1)])
def test_a_loop_of_at_most_no_pass_asks_before_or_after_the_first(before: bool, passes: int) -> None:
    loop = Loop("standard", condition=feel("true"), maximum=0, test_before=before)
    main = City(plan(start(), task("t", loop=loop), end(), flows="start > t > end")).start("P")

    assert main.completed().count("t") == passes


def test_a_negative_number_of_passes_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refused:
        plan(start(), task("t", loop=Loop("standard", maximum=-1)), end(), flows="start > t > end")

    assert [finding.pointer for finding in refused.value.findings] == ["t"]


def test_the_name_of_a_task_may_be_computed() -> None:
    drawn = plan(start(), replace(user("t", loop=many("2")), name="任务 ${loopCounter}"), end(), flows="start > t > end")
    main = City(drawn).start("P")

    assert [wait.detail["name"] for wait in main.waits] == ["任务 0", "任务 1"]


@pytest.mark.parametrize(("on", "fires"), [("create", [1, 1]), ("update", [0, 1]), ("create, update", [1, 2])])
def test_a_condition_on_one_variable_looks_at_the_writes_it_asks_for(on: str, fires: list[int]) -> None:
    event = replace(conditional("true"), attributes={"camunda:variableName": "x", "camunda:variableEvents": on})
    drawn = plan(
        start(), user("t"), boundary("at", "t", event, interrupting=False), user("heard"), flows="start > t; at > heard"
    )  # fmt: skip
    city = City(drawn, saves=True)
    main = city.start("P")
    before = main.waiting().count("heard")

    counted = []
    for value in (1, 2):
        city.step(main, SetVariables({"x": value, "other": value}))
        counted.append(main.waiting().count("heard") - before)

    assert counted == fires
