"""States written by earlier versions are read for ever: one file a format, written when the format was new and never again."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.bpmn.kernel import codec
from engine.bpmn.kernel.step import decode, encode, step, waits
from engine.bpmn.plan import Plan, compile_plan
from engine.bpmn.read import read
from engine.bpmn.terms import Complete, Fire, Status

STATES = Path(__file__).parent / "states"
DIAGRAMS = Path(__file__).parents[1]
LATER = datetime(2036, 1, 5, 12, tzinfo=UTC)
KEPT: list[tuple[int, dict[str, Any]]] = [
    (int(path.stem.removeprefix("format-")), each)
    for path in sorted(STATES.glob("format-*.json"))
    for each in json.loads(path.read_text("utf-8"))
]
NAMES = [f"{number}-{Path(each['diagram']).stem}" for number, each in KEPT]


def plan_of(kept: dict[str, Any]) -> Plan:
    model = read((DIAGRAMS / kept["diagram"]).read_bytes())
    return compile_plan(model, model.processes[0].id, {})


def test_every_format_so_far_has_its_file() -> None:
    assert {number for number, _ in KEPT} == set(range(1, codec.FORMAT + 1))


@pytest.mark.parametrize(("number", "kept"), KEPT, ids=NAMES)
def test_an_old_state_waits_for_what_it_waited_for(number: int, kept: dict[str, Any]) -> None:
    state = decode(kept["state"])

    assert sorted(f"{wait.kind} {wait.element_id}" for wait in waits(plan_of(kept), state)) == kept["waits"]
    assert re.match(rf'{{"f":{number},', kept["state"])


@pytest.mark.parametrize(("number", "kept"), KEPT, ids=NAMES)
def test_an_old_state_is_written_again_without_loss(number: int, kept: dict[str, Any]) -> None:
    again = encode(decode(kept["state"]))

    assert encode(decode(again)) == again
    if number == codec.FORMAT:
        assert again == kept["state"]


@pytest.mark.parametrize(("number", "kept"), KEPT, ids=NAMES)
def test_an_old_instance_goes_on(number: int, kept: dict[str, Any]) -> None:
    plan, state = plan_of(kept), decode(kept["state"])
    (wait,) = waits(plan, state)

    event = Fire(wait.id) if wait.kind == "timer" else Complete(wait.id, {})
    outcome = step(plan, state, event, LATER)

    assert any(entry.kind == "element.completed" for entry in outcome.history)
    assert outcome.status in (Status.ACTIVE, Status.COMPLETED)
