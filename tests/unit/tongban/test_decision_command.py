"""`tongban decision`: proved again, explained, back-tested from the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.casework import applications
from engine.transaction import Engine
from tests.unit.casework import rates
from tests.unit.casework.city import GRANNY, open_city
from tongban.commands.decision import decision


@pytest.fixture
def case_no(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> str:
    """A case of the service with rates, decided; the command meets its platform."""
    city = open_city(sqlite_engine)
    rates.publish(city)
    monkeypatch.setattr("processes.platform.build", lambda settings: city)
    return applications.apply(city, GRANNY, "MZ-002", {"age": 82}, idempotency_key="k1").case_no


def run(*arguments: str) -> Result:
    return CliRunner().invoke(decision, arguments, catch_exceptions=False)


def test_replay_says_of_every_decision_that_it_came_out_the_same(case_no: str) -> None:
    answer = run("replay", case_no.lower())

    assert answer.exit_code == 0
    assert "amount" in answer.output
    assert "一致 / same" in answer.output


def test_explain_tells_the_version_and_the_sentences(case_no: str) -> None:
    answer = run("explain", case_no)

    assert "津贴标准 (amount) · 版本 / version 1 · 2025-01-01 起施行" in answer.output
    assert "满 80 周岁且未满 90 周岁: 是 (人口基础库, 2026-11-22)" in answer.output
    assert "80 or older and under 90: yes (Population register, 2026-11-22)" in answer.output


def test_backtest_names_the_case_and_what_would_change(case_no: str, tmp_path: Path) -> None:
    raised = rates.version("2025-01-01", "", ("&lt; 80", 0), ("[80..90)", 35000), ("&gt;= 90", 50000))
    file = tmp_path / "rates.dmn"
    file.write_bytes(rates.tables(raised))

    answer = run("backtest", str(file), "--item", "MZ-002")

    assert "试算 1 项，1 件结果改变" in answer.output
    assert case_no in answer.output
    assert "30000 → 35000" in answer.output


def test_backtest_on_a_day_of_the_past_takes_the_version_of_that_day(case_no: str, tmp_path: Path) -> None:
    file = tmp_path / "rates.dmn"
    file.write_bytes(rates.tables(rates.NOW, rates.EARLIER))

    assert "1 件结果改变" in run("backtest", str(file), "--on", "2024-06-01").output
    assert "0 件结果改变" in run("backtest", str(file)).output
