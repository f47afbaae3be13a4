"""What a version's diagram shows: the run into a fault step by step, else what no scenario has met."""

from flask import Flask

from api.web.proofs import marks
from tests.unit.kernel.diagrams import end, exclusive, parallel, plan, start, user


def test_the_run_into_a_deadlock_is_numbered_on_the_diagram(lone_app: Flask) -> None:
    drawn = plan(
        start(), exclusive("x"), user("a"), user("b"), parallel("j"), end(),
        flows="start > x; x > a : n > 1; x > b : default; a > j; b > j; j > end",
    )  # fmt: skip

    with lone_app.test_request_context():
        found = marks(drawn, None)

    assert found["j"].kind == "error"
    assert [found["start"].label, found["x"].label] == ["1", "2"]
    assert found["start-x"].kind == "warning"


def test_what_no_scenario_met_is_marked_on_a_sound_diagram(lone_app: Flask) -> None:
    drawn = plan(start(), user("a"), end(), flows="start > a > end")

    with lone_app.test_request_context():
        found = marks(drawn, {"met": ["start", "start-a", "a"]})

    assert set(found) == {"end", "a-end"}
