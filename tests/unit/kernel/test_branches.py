"""Parallel branches: what a return voids, which returns may walk, which may go straight."""

import pytest

from engine.bpmn.kernel import returning
from engine.bpmn.plan import Plan, branches
from tests.unit.kernel.diagrams import boundary, each, end, exclusive, parallel, plan, start, sub, timer, user
from tests.unit.kernel.driver import City


def forked() -> Plan:
    return plan(
        start(), user("apply"), parallel("f"), user("a1"), user("a2"), user("b"), parallel("j"), user("decide"), exclusive("x"),
        end(),
        flows="start > apply > f; f > a1 > a2 > j; f > b > j; j > decide > x; x > end : default; x > apply : again",
    )  # fmt: skip


def void_at(target: str) -> list[str]:
    """What a return to `target` makes void once a1 is done, while a2 and b wait."""
    city = City(forked())
    running = city.start(forked().process_id)
    for element in ("apply", "a1"):
        city.complete(running, element)
    assert running.state is not None
    gone = returning.void(running.plan, running.state, target)
    return sorted(wait.element_id for wait in running.waits if wait.id in gone)


@pytest.mark.parametrize(
    ("source", "target", "walks", "straight"),
    [
        ("a2", "a1", True, True),
        ("a2", "apply", True, False),
        ("decide", "apply", True, True),
        ("decide", "a1", False, True),
        ("b", "a1", False, False),
    ],
)
def test_a_return_walks_out_of_branches_and_goes_straight_out_of_none(
    source: str, target: str, walks: bool, straight: bool
) -> None:
    assert branches.may_walk(forked(), source, target) is walks
    assert branches.may_go_straight(forked(), source, target) is straight


def test_a_return_within_a_branch_leaves_the_branch_beside_it_alone_even_where_a_loop_leads_back() -> None:
    assert void_at("a1") == ["a2"]


def test_a_return_before_the_fork_voids_every_branch() -> None:
    assert void_at("apply") == ["a2", "b"]


def test_nested_forks_are_left_at_joins_of_their_own() -> None:
    nested = plan(
        start(), parallel("f"), user("a"), parallel("g"), user("c"), user("d"), parallel("h"), user("e"), user("b"),
        parallel("j"), end(),
        flows="start > f; f > a > g; g > c > h; g > d > h; h > e > j; f > b > j; j > end",
    )  # fmt: skip

    assert [e for e in ("c", "d", "e", "b") if branches.are_beside(nested, "a", e)] == ["b"]
    assert branches.may_walk(nested, "e", "a")
    assert not branches.may_walk(nested, "e", "c")
    assert branches.may_go_straight(nested, "e", "c")


def test_work_beside_an_activity_whose_reminder_does_not_interrupt_is_a_branch() -> None:
    reminded = plan(
        start(), user("first"), user("work"), boundary("late", "work", timer("PT1H"), interrupting=False), user("chase"),
        user("after"), end(),
        flows="start > first > work > after > end; late > chase",
    )  # fmt: skip

    assert not branches.are_beside(reminded, "work", "chase")
    assert not branches.may_walk(reminded, "after", "chase")
    assert branches.are_beside(reminded, "chase", "after")


def test_a_task_inside_a_sub_process_lies_in_the_branches_around_it() -> None:
    inside = plan(
        start(), parallel("f"), sub("s", start("s1"), user("u"), end("e1"), flows="s1 > u > e1"), user("b"), parallel("j"), end(),
        flows="start > f; f > s > j; f > b > j; j > end",
    )  # fmt: skip

    assert branches.are_beside(inside, "u", "b")
    assert not branches.may_walk(inside, "b", "u")


def test_nobody_goes_straight_back_from_a_task_for_several_people() -> None:
    signed = plan(start(), user("sign", loop=each("people", "signer")), user("next"), end(), flows="start > sign > next > end")

    assert branches.may_walk(signed, "next", "sign")
    assert not branches.may_go_straight(signed, "next", "sign")
