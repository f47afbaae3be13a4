"""What the checks find before publication, each on its row with facts as an example."""

from collections.abc import Sequence

import pytest

from engine import dmn
from engine.errors import Finding, Severity
from tests.unit.dmn.drawing import data, decision, model, table


def found(
    inputs: Sequence[str], rules: Sequence[Sequence[str]], code: str, *, policy: str = "UNIQUE", output: str = "o"
) -> list[Finding]:
    facts = {column.split(": ")[0] for column in inputs}
    drawn = decision("d", table(inputs, [output], rules, policy=policy), needs=[f"#{name}" for name in facts])
    return [finding for finding in dmn.check(model(*map(data, facts), drawn, lenient=True)) if finding.code == code]


def test_a_gap_is_shown_with_facts_that_fall_into_it() -> None:
    (gap,) = found(["age: number"], [["< 60", "1"], ["> 60", "2"]], "dmn.gap")

    assert gap.severity is Severity.WARNING
    assert "age = 60" in gap.en
    assert "age = 60" in gap.zh


def test_gaps_on_both_sides_of_a_row_are_two() -> None:
    gaps = found(["age: number"], [["[70..80]", "1"], ["[90..100]", "2"]], "dmn.gap")

    assert [gap.en.split("covers ")[1].split(";")[0] for gap in gaps] == ["age = 69", "age = 85", "age = 101"]


def test_a_gap_over_two_columns_names_both_facts() -> None:
    rules = [["< 60", "true", "1"], [">= 60", "-", "2"]]

    (gap,) = found(["age: number", "local: boolean"], rules, "dmn.gap")

    assert "age = 59; local = false" in gap.en


def test_a_table_that_covers_everything_has_no_gap() -> None:
    assert found(["age: number"], [["< 60", "1"], [">= 60", "2"]], "dmn.gap") == []
    assert found(['k: string: "a","b"'], [['"a"', "1"], ['"b"', "2"]], "dmn.gap") == []


def test_an_overlap_under_unique_is_on_the_later_row_with_an_example() -> None:
    (overlap,) = found(["age: number"], [["<= 60", "1"], [">= 60", "1"]], "dmn.overlap")

    assert (overlap.pointer, overlap.severity) == ("d#2", Severity.ERROR)
    assert "row 1" in overlap.en
    assert "age = 60" in overlap.en


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY"])
def test_rules_that_contradict_each_other_are_named(policy: str) -> None:
    (contradiction,) = found(["age: number"], [["<= 60", "1"], [">= 60", "2"]], "dmn.contradiction", policy=policy)

    assert contradiction.pointer == "d#2"
    assert "与第 1 行同时命中且结果不同" in contradiction.zh


def test_rules_that_agree_may_overlap_under_any() -> None:
    assert found(["age: number"], [["<= 60", "1"], [">= 60", "1"]], "dmn.contradiction", policy="ANY") == []


def test_a_row_that_earlier_rows_cover_is_unreachable() -> None:
    (hidden,) = found(["age: number"], [["< 60", "1"], [">= 50", "2"], ["[70..80]", "3"]], "dmn.unreachable", policy="FIRST")

    assert hidden.pointer == "d#3"


def test_a_cell_that_nothing_can_meet_is_an_error_on_its_row() -> None:
    (never,) = found(["age: number"], [["[9..3]", "1"], ["-", "2"]], "dmn.never", policy="FIRST")

    assert never.pointer == "d#1"


@pytest.mark.parametrize(("cell", "result"), [('"sixty"', "1"), ("60", '"x"')])
def test_a_cell_or_result_of_another_type_is_an_error_on_its_row(cell: str, result: str) -> None:
    (mismatch,) = found(["age: number"], [[cell, result]], "dmn.type", output="o: number")

    assert mismatch.pointer == "d#1"
    assert mismatch.severity is Severity.ERROR


def test_a_result_outside_the_declared_results_is_an_error_on_its_row() -> None:
    (mismatch,) = found(["age: number"], [["1", '"c"']], "dmn.type", output='o: string: "a","b"')

    assert mismatch.pointer == "d#1"


def test_a_column_that_no_rule_asks_for_is_named() -> None:
    (unused,) = found(["age: number", "name: string"], [["< 60", "-", "1"], [">= 60", "-", "2"]], "dmn.unused")

    assert "name" in unused.en


def test_a_table_without_a_date_is_noted_and_a_dated_one_is_not() -> None:
    drawn = table(["n"], ["o"], [["-", "1"]])
    plain = model(data("n"), decision("d", drawn, needs=["#n"]))
    dated = model(data("n"), decision("d", drawn, needs=["#n"], attributes='t:validFrom="2025-01-01"'))

    assert [f.code for f in dmn.check(plain) if f.code == "dmn.undated"] == ["dmn.undated"]
    assert [f.code for f in dmn.check(dated) if f.code == "dmn.undated"] == []


@pytest.mark.parametrize(
    ("first_until", "second_from", "codes"),
    [
        ("2024-12-31", "2025-01-01", []),
        ("2024-11-30", "2025-01-01", ["dmn.version.gap"]),
        ("2025-06-30", "2025-01-01", ["dmn.version.overlap"]),
        ("2024-13-01", "2025-01-01", ["dmn.version.date", "dmn.version.overlap"]),
    ],
)
def test_versions_that_leave_days_or_share_days_are_found(first_until: str, second_from: str, codes: list[str]) -> None:
    body = table([], ["o"], [["1"]])
    earlier = decision("d", body, attributes=f't:validUntil="{first_until}"').replace('id="d"', 'id="d1"')
    later = decision("d", body, attributes=f't:validFrom="{second_from}"').replace('id="d"', 'id="d2"')

    assert [f.code for f in dmn.check(model(earlier, later)) if f.code.startswith("dmn.version")] == codes


def test_a_syntax_error_in_a_cell_is_on_its_row_with_position_and_hint() -> None:
    (finding,) = found(["age: number"], [["> 5", "1"], ["≥ 80", "2"]], "feel.syntax")

    assert finding.pointer == "d#2"
    assert "`>=`" in finding.en
    assert ">=" in finding.zh
