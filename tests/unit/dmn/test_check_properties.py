"""The checks beside what tables do: examples of gaps hit nothing, examples of overlaps hit twice, silence means neither."""

import re
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import dmn
from engine.dmn import DecisionModel
from tests.unit.dmn.drawing import data, decision, model, table

ends = st.integers(0, 6)
cells = (
    st.just("-")
    | ends.map(str)
    | st.tuples(st.sampled_from(["<", "<=", ">", ">="]), ends).map(lambda parts: f"{parts[0]} {parts[1]}")
    | st.tuples(st.sampled_from("[("), ends, ends, st.sampled_from("])")).map(
        lambda parts: f"{parts[0]}{min(parts[1:3])}..{max(parts[1:3])}{parts[3]}"
    )
    | st.tuples(ends, ends).map(lambda parts: f"not({parts[0]}, {parts[1]})")
)
rules = st.lists(st.tuples(cells, st.sampled_from(["-", "true", "false"])), min_size=1, max_size=5)
FACTS = [{"n": n / 2, "b": b} for n, b in product(range(-2, 16), (True, False))]


def drawn(rows: list[tuple[str, str]], policy: str) -> DecisionModel:
    body = table(["n: number", "b: boolean"], ["o"], [[*row, str(number)] for number, row in enumerate(rows)], policy=policy)
    return model(data("n", "number"), data("b", "boolean"), decision("d", body, needs=["#n", "#b"]))


def hits(checked: DecisionModel, facts: dict[str, object]) -> tuple[int, ...]:
    return checked.decision("d").decide(facts, in_full=True).asked[0].hits


def example(sentence: str) -> dict[str, object]:
    """The facts that a finding names; a column that the table never asks about may hold anything."""
    number, truth = re.search(r"n = (-?[\d.]+)", sentence), re.search(r"b = (true|false)", sentence)
    return {"n": float(number[1]) if number else 0, "b": truth[1] == "true" if truth else True}


@settings(max_examples=200, deadline=None)
@given(rules)
def test_gaps_and_overlaps_are_told_exactly(rows: list[tuple[str, str]]) -> None:
    checked = drawn(rows, "UNIQUE")
    findings = dmn.check(checked)
    gaps = [finding.en for finding in findings if finding.code == "dmn.gap"]
    overlaps = [finding.en for finding in findings if finding.code in {"dmn.overlap", "dmn.contradiction"}]

    assert all(len(hits(checked, example(gap))) == 0 for gap in gaps)
    assert all(len(hits(checked, example(overlap))) > 1 for overlap in overlaps)
    assert bool(gaps) == any(len(hits(checked, facts)) == 0 for facts in FACTS)
    assert bool(overlaps) == any(len(hits(checked, facts)) > 1 for facts in FACTS)


@settings(max_examples=200, deadline=None)
@given(rules)
def test_a_row_called_unreachable_never_comes_first_and_every_other_does(rows: list[tuple[str, str]]) -> None:
    checked = drawn(rows, "FIRST")
    dead = {
        int(finding.pointer.rpartition("#")[2]) - 1
        for finding in dmn.check(checked)
        if finding.code in {"dmn.unreachable", "dmn.never"} and finding.pointer
    }

    first = {found[0] for facts in FACTS if (found := hits(checked, facts))}

    assert first == set(range(len(rows))) - dead
