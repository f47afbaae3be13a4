"""What cannot be executed is refused when it is compiled, by element, in both languages."""

import pytest

from engine.bpmn.model import Expression, Flow, Model, Node, Process, Scope
from engine.bpmn.plan import compile_plan
from engine.errors import Invalid, NotFound
from tests.unit.kernel.diagrams import (
    boundary,
    catch,
    compensate,
    end,
    error,
    event_gateway,
    feel,
    link,
    literal,
    many,
    message,
    node,
    plan,
    script,
    service,
    start,
    sub,
    task,
    throw,
    timer,
    user,
)

FLOW = "start > x > end"


@pytest.mark.parametrize(
    "drawn",
    [
        node("x", "choreographyTask"),
        node("x", "serviceTask"),
        node("x", "scriptTask"),
        node("x", "scriptTask", script=Expression("os.system('x')", None)),
        script("x", "1 +"),
        node("x", "businessRuleTask", decision_ref=literal("unknown")),
        node("x", "callActivity"),
        task("x", completion_quantity=0),
        task("x", start_quantity=0),
        catch("x"),
        catch("x", timer("tomorrow")),
        catch("x", error("E")),
        throw("x", link("nowhere")),
        event_gateway("x"),
        user("x", assignee=feel("(")),
        user("x", loop=many("(")),
    ],
)
def test_an_element_that_cannot_run_is_named(drawn: Node) -> None:
    with pytest.raises(Invalid) as refused:
        plan(start(), drawn, end(), flows=FLOW)

    assert {finding.pointer for finding in refused.value.findings} == {"x"}
    assert all(finding.en and finding.zh for finding in refused.value.findings)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        plan(start(), node("a", "serviceTask"), script("b", "1 +"), end(), flows="start > a > b > end")

    assert [finding.pointer for finding in refused.value.findings] == ["a", "b"]


def test_a_condition_that_is_no_feel_names_its_flow() -> None:
    flow = Flow("f1", "start", "end", condition=Expression("${bean.call()}", None))
    drawn = Model(b"", (Process("P", "P", True, Scope((start(), end()), (flow,))),))

    with pytest.raises(Invalid) as refused:
        compile_plan(drawn, "P", {})

    assert refused.value.findings[0].pointer == "f1"


def test_a_boundary_event_needs_its_activity_and_a_compensation_its_handler() -> None:
    with pytest.raises(Invalid) as refused:
        plan(
            start(),
            task("t"),
            boundary("b", "nowhere", message("m")),
            boundary("c", "t", compensate()),
            end(),
            flows="start > t > end",
        )

    assert [finding.pointer for finding in refused.value.findings] == ["b", "c"]


def test_an_event_subprocess_must_stand_alone_and_have_an_event() -> None:
    with pytest.raises(Invalid) as refused:
        plan(start(), sub("s", start("s0"), by_event=True), end(), flows="start > s > end")

    assert {finding.pointer for finding in refused.value.findings} == {"s", "s0"}


def test_ids_must_differ_and_flows_must_stay_in_their_scope() -> None:
    with pytest.raises(Invalid) as refused:
        plan(start(), task("a"), sub("s", start("s0"), task("a"), flows="s0 > a > end"), end(), flows="start > a > s > end")

    assert {finding.code for finding in refused.value.findings} == {"bpmn.duplicate", "bpmn.flow"}


def test_a_process_with_nothing_to_start_with_is_refused() -> None:
    with pytest.raises(Invalid):
        plan()


def test_a_process_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        compile_plan(Model(b""), "P", {})


def test_nesting_has_a_limit() -> None:
    inner = task("t")
    for level in range(60):
        inner = sub(f"s{level}", inner)

    with pytest.raises(Invalid) as refused:
        plan(start(), inner, end(), flows="start > s59 > end")

    assert refused.value.findings[0].code == "bpmn.depth"


def test_what_can_run_is_not_refused() -> None:
    assert plan(start(), service("x"), end(), flows=FLOW).process_id == "P"
