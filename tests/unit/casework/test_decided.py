"""Why a case was decided: sentences, tables with the hit row, proof by replay, and what a new version would change."""

from dataclasses import replace
from datetime import date

import pytest

from engine.actors import SYSTEM
from engine.casework import applications, decided
from engine.errors import NotFound
from engine.runtime import decisions
from engine.transaction import Engine
from tests.unit.casework import rates
from tests.unit.casework.city import DESIGNER, GRANNY, STRANGER


def applied(city: Engine, age: int, key: str = "k1") -> str:
    return applications.apply(city, GRANNY, "MZ-002", {"age": age}, idempotency_key=key).case_no


def test_a_citizen_reads_each_condition_with_its_source_and_day(city: Engine) -> None:
    rates.publish(city)
    case_no = applied(city, 82)

    with city.read(GRANNY) as tx:
        (made,) = decided.of_case(tx, case_no, source_zh=lambda name: "人口库", action="case.view_own")

    assert made.zh == ("满 80 周岁且未满 90 周岁: 是 (人口库, 2026-11-22)",)
    assert made.en == ("80 or older and under 90: yes (population, 2026-11-22)",)


def test_an_officer_sees_the_table_with_the_hit_row_and_the_cell_each_other_row_failed_at(city: Engine) -> None:
    rates.publish(city)
    case_no = applied(city, 82)

    with city.read(SYSTEM) as tx:
        (made,) = decided.of_case(tx, case_no)

    (table,) = made.tables
    assert (table.since, made.version, made.is_proved) == ("2025-01-01", 1, True)
    assert [(row.is_hit, row.failed) for row in table.rows] == [(False, 1), (True, 0), (False, 1)]
    assert (table.inputs[0].source, table.inputs[0].at, table.inputs[0].trust) == ("population", "2026-11-22", "A")


def test_a_stranger_does_not_learn_that_there_was_a_decision(city: Engine) -> None:
    rates.publish(city)
    case_no = applied(city, 82)

    with city.read(STRANGER) as tx, pytest.raises(NotFound):
        decided.of_case(tx, case_no, action="case.view_own")


def test_a_recorded_decision_is_proved_bit_for_bit_also_after_newer_tables_are_published(city: Engine) -> None:
    rates.publish(city)
    case_no = applied(city, 82)
    rates.publish(city, rates.tables(rates.version("2025-01-01", "", ("&gt;= 0", 1))))

    with city.read(SYSTEM) as tx:
        proved = decided.replay(tx, case_no)

    assert [each.is_proved for each in proved] == [True]


def test_a_record_that_was_changed_is_not_proved(city: Engine) -> None:
    rates.publish(city)
    case_no = applied(city, 82)

    with city.read(SYSTEM) as tx:
        (made,) = (each.made for each in decided.replay(tx, case_no))
        forged = replace(made, data={**made.data, "value": 50000})

        assert decisions.is_proved(tx, forged) is False


def test_a_back_test_lists_exactly_whose_outcome_would_change(city: Engine) -> None:
    rates.publish(city)
    numbers = {age: applied(city, age, f"k{age}") for age in (75, 82, 95)}
    raised = rates.version("2027-01-01", "", ("&lt; 80", 0), ("[80..90)", 35000), ("&gt;= 90", 50000))
    ended = rates.version("2025-01-01", "2026-12-31", ("&lt; 80", 0), ("[80..90)", 30000), ("&gt;= 90", 50000))

    with city.read(DESIGNER) as tx:
        (test,) = decided.backtest(tx, {"rates.dmn": rates.tables(raised, ended, rates.EARLIER)})

    assert (test.decision, test.looked_at) == ("amount", 3)
    assert [(change.case_no, change.before, change.after) for change in test.changed] == [(numbers[82], 30000, 35000)]
    assert test.changed[0].differences == (("", "30000", "35000"),)


def test_a_back_test_may_decide_as_on_a_day_of_the_past(city: Engine) -> None:
    rates.publish(city)
    case_no = applied(city, 82)

    with city.read(DESIGNER) as tx:
        (test,) = decided.backtest(tx, {"rates.dmn": rates.tables(rates.NOW, rates.EARLIER)}, on=date(2024, 6, 1))

    assert [(change.case_no, change.after) for change in test.changed] == [(case_no, 20000)]


def test_a_back_test_of_a_decision_that_the_files_do_not_have_is_refused(city: Engine) -> None:
    with city.read(DESIGNER) as tx, pytest.raises(NotFound):
        decided.backtest(tx, {"rates.dmn": rates.tables(rates.NOW)}, decision="nothing")
