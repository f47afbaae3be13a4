"""Every service of the city: without an error, every scenario as expected, every element met."""

from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from engine.errors import Severity
from processes import scenarios, second_opinion
from processes.lint import lint
from processes.package import Package, load

FOLDER = Path(__file__).resolve().parents[2] / "processes"
PACKAGES: dict[str, Package] = {p.parent.name: load(p.parent) for p in sorted(FOLDER.glob("*/manifest.toml"))}


@pytest.mark.parametrize("key", PACKAGES)
def test_a_service_has_no_errors_and_no_warnings(key: str) -> None:
    assert [f.en for f in lint(PACKAGES[key]) if f.severity is not Severity.NOTE] == []


@cache
def played(key: str) -> scenarios.Report:
    """All scenarios of a service, played once for whoever asks."""
    return scenarios.run_all(PACKAGES[key])


@pytest.mark.parametrize("key", PACKAGES)
def test_the_scenarios_of_a_service_come_out_as_expected_and_meet_every_element(key: str) -> None:
    report = played(key)

    assert {result.name: result.differences for result in report.results if not result.passed} == {}
    assert report.unmet == ()


@pytest.mark.parametrize("key", PACKAGES)
def test_the_second_engine_takes_the_same_ways_through_every_scenario_it_is_asked_about(key: str) -> None:
    opinions = second_opinion.judge(PACKAGES[key], {result.name: result.played for result in played(key).results})

    assert [finding.en for finding in second_opinion.differences(opinions)] == []


@pytest.mark.parametrize("key", PACKAGES)
def test_every_step_that_people_do_has_an_english_name(key: str) -> None:
    drawn = [task for path in FOLDER.glob(f"{key}/*.bpmn") for task in etree.parse(path).iter("{*}userTask")]

    assert [task.get("name") for task in drawn if task.find(".//{*}property[@name='name.en']") is None] == []
