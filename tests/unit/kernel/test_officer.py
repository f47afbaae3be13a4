"""An officer's moves: send back, jump, suspend, resume, cancel; and changing the version under a running instance."""

from datetime import timedelta

import pytest

from engine.bpmn.kernel.migrate import migrate, proposal
from engine.bpmn.kernel.state import State
from engine.bpmn.kernel.step import waits
from engine.bpmn.plan import Plan
from engine.bpmn.terms import Cancel, Complete, Move, Resume, Status, Suspend, WaitKind
from engine.errors import Conflict, Finding
from tests.unit.kernel.diagrams import (
    boundary,
    catch,
    end,
    exclusive,
    many,
    message,
    parallel,
    plan,
    service,
    start,
    sub,
    timer,
    user,
)
from tests.unit.kernel.driver import City, Running

HOUR = timedelta(hours=1)


def a_review() -> Plan:
    return plan(
        start(), user("apply"), parallel("f"), user("a"), user("b"), parallel("j"), user("decide"), end(),
        flows="start > apply > f; f > a > j; f > b > j; j > decide > end",
    )  # fmt: skip


def test_sending_back_out_of_parallel_branches_begins_them_afresh() -> None:
    city = City(a_review(), saves=True)
    main = city.start("P")
    city.complete(main, "apply")
    city.complete(main, "a")

    city.step(main, Move((main.wait("b").id,), ("apply",), "material missing"))
    assert main.waiting() == ["apply"]
    city.complete(main, "apply")
    city.complete(main, "b")

    assert main.waiting() == ["a"], "the token that had come along a before must not count"


def test_sending_back_within_a_branch_keeps_what_the_other_branch_has_done() -> None:
    city = City(a_review(), saves=True)
    main = city.start("P")
    city.complete(main, "apply")
    city.complete(main, "a")

    city.step(main, Move((main.wait("b").id,), ("b",)))
    city.complete(main, "b")

    assert main.waiting() == ["decide"]


def test_a_jump_out_of_a_multi_instance_subprocess_leaves_nothing_behind() -> None:
    inner = sub("s", start("s0"), user("u"), end("e"), flows="s0 > u > e", loop=many("3"))
    city = City(plan(start(), user("before"), inner, end(), flows="start > before > s > end"), saves=True)
    main = city.start("P")
    city.complete(main, "before")

    city.step(main, Move(tuple(w.id for w in main.waits), ("before",)))

    assert main.waiting() == ["before"]
    city.complete(main, "before")
    assert main.waiting() == ["u", "u", "u"]


def test_a_move_into_a_subprocess_opens_it_with_its_boundary_events_of_inside() -> None:
    handler = sub("h", start("h0", message("m")), user("x"), flows="h0 > x", by_event=True)
    inner = sub("s", start("s0"), user("u"), user("v"), end("e"), handler, flows="s0 > u > v > e")
    city = City(plan(start(), user("before"), inner, user("after"), end(), flows="start > before > s > after > end"), saves=True)
    main = city.start("P")

    city.step(main, Move((main.wait("before").id,), ("v",)))
    assert main.waiting(WaitKind.HUMAN) == ["v"]
    assert main.waiting(WaitKind.MESSAGE) == ["h0"]
    city.complete(main, "v")

    assert main.waiting() == ["after"]


def test_a_move_to_nowhere_is_refused() -> None:
    city = City(a_review())
    main = city.start("P")

    with pytest.raises(Conflict):
        city.step(main, Move((main.waits[0].id,), ("nowhere",)))


def test_a_suspended_instance_refuses_work_and_keeps_the_time_that_remained() -> None:
    city = City(
        plan(start(), user("u"), boundary("late", "u", timer("PT3H")), end(), flows="start > u > end; late > end"), saves=True
    )
    main = city.start("P")
    city.advance(HOUR)

    city.step(main, Suspend("court order"))
    assert (main.status, main.wait("late").due) == (Status.SUSPENDED, None)
    with pytest.raises(Conflict):
        city.step(main, Complete(main.wait("u").id))
    city.advance(100 * HOUR)
    city.step(main, Resume())

    assert main.wait("late").due == city.now + 2 * HOUR


def test_cancelling_ends_everything() -> None:
    city = City(a_review())
    main = city.start("P")

    city.step(main, Cancel("withdrawn"))

    assert (main.status, main.waits) == (Status.CANCELLED, ())


def moved(city: City, main: Running, new: Plan, **mapping: str) -> State | tuple[Finding, ...]:
    assert main.state is not None
    return migrate(main.plan, new, main.state, mapping, city.now)


def test_migration_keeps_waits_and_due_moments_and_arms_what_is_new() -> None:
    old = plan(start(), user("u"), boundary("late", "u", timer("PT3H")), end(), flows="start > u > end; late > end")
    new = plan(
        start(), user("u"), boundary("late", "u", timer("PT9H")), boundary("soon", "u", timer("PT1H")), user("v"), end(),
        flows="start > u > v > end; late > end; soon > end",
    )  # fmt: skip
    city = City(old)
    main = city.start("P")
    before = {w.element_id: w for w in main.waits}

    after = moved(city, main, new)

    assert isinstance(after, State)
    kept = {w.element_id: w for w in waits(new, after)}
    assert (kept["u"].id, kept["late"].due) == (before["u"].id, before["late"].due)
    assert kept["soon"].due == city.now + HOUR


def test_migration_follows_a_mapping_and_then_runs_the_new_way() -> None:
    city = City(
        plan(start(), user("u"), end(), flows="start > u > end"),
        plan(start(), user("w"), user("x"), end(), flows="start > w > x > end", id="Q"),
    )
    main = city.start("P")
    state = moved(city, main, city.plans["Q"], u="w")
    assert isinstance(state, State)

    main.plan, main.state, main.waits = city.plans["Q"], state, waits(city.plans["Q"], state)
    city.complete(main, "w")

    assert main.waiting() == ["x"]


@pytest.mark.parametrize(
    ("new", "element"),
    [
        (plan(start(), user("other"), end(), flows="start > other > end"), "u"),
        (plan(start(), service("u"), end(), flows="start > u > end"), "u"),
        (plan(start(), user("u", loop=many("2")), end(), flows="start > u > end"), "u"),
        (plan(start(), sub("s", start("s0"), user("u"), flows="s0 > u"), end(), flows="start > s > end"), "u"),
    ],
)
def test_migration_says_for_each_element_why_it_cannot_move(new: Plan, element: str) -> None:
    city = City(plan(start(), user("u"), end(), flows="start > u > end"))
    main = city.start("P")

    findings = moved(city, main, new)

    assert isinstance(findings, tuple)
    assert element in {finding.pointer for finding in findings}


def test_tokens_at_a_join_move_only_when_the_join_does() -> None:
    city = City(a_review())
    main = city.start("P")
    city.complete(main, "apply")
    city.complete(main, "a")
    new = plan(
        start(), user("apply"), user("b"), exclusive("j"), user("decide"), end(), flows="start > apply > b > j > decide > end"
    )

    findings = moved(city, main, new)

    assert isinstance(findings, tuple)
    assert [finding.pointer for finding in findings] == ["j"]


def test_a_proposed_mapping_goes_by_id_and_type_and_then_by_name() -> None:
    old = plan(start(), user("u"), end(), flows="start > u > end")
    new = plan(start(), user("v"), service("w"), end(), flows="start > v > w > end")

    assert proposal(old, new) == {"start": "start", "end": "end"}


def test_a_move_cancels_only_what_it_names() -> None:
    city = City(a_review())
    main = city.start("P")
    city.complete(main, "apply")

    city.step(main, Move((main.wait("b").id,), ("decide",)))

    assert sorted(main.waiting()) == ["a", "decide"]


def test_a_timer_that_was_not_named_survives_a_move() -> None:
    drawn = plan(start(), parallel("f"), user("u"), catch("t", timer("PT1H")), end(), flows="start > f; f > u > end; f > t > end")
    city = City(drawn)
    main = city.start("P")

    city.step(main, Move((main.wait("u").id,), ("u",)))

    assert sorted(main.waiting()) == ["t", "u"]
