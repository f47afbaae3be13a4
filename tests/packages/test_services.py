"""Every service of the city: without an error, every scenario as expected, every element met."""

from pathlib import Path

import pytest

from engine.errors import Severity
from processes import scenarios
from processes.lint import lint
from processes.package import Package, load

FOLDER = Path(__file__).resolve().parents[2] / "processes"
PACKAGES: dict[str, Package] = {p.parent.name: load(p.parent) for p in sorted(FOLDER.glob("*/manifest.toml"))}
SCENARIOS = [(key, name) for key, package in PACKAGES.items() for name in package.scenarios]


@pytest.mark.parametrize("key", PACKAGES)
def test_a_service_has_no_errors_and_no_warnings(key: str) -> None:
    assert [f.en for f in lint(PACKAGES[key]) if f.severity is not Severity.NOTE] == []


@pytest.mark.parametrize(("key", "name"), SCENARIOS, ids=[f"{key}-{name}" for key, name in SCENARIOS])
def test_a_scenario_comes_out_as_expected(key: str, name: str) -> None:
    assert scenarios.run(PACKAGES[key], name).differences == ()


@pytest.mark.parametrize("key", PACKAGES)
def test_the_scenarios_of_a_service_meet_every_element_of_its_diagrams(key: str) -> None:
    assert scenarios.run_all(PACKAGES[key]).unmet == ()
