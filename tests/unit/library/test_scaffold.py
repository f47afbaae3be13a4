"""`tongban new-service`: a designer has a service that passes its own scenarios in seconds, and nothing is overwritten."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import Invalid, Severity
from processes import package, scenarios
from processes.instant import CHECKLIST
from processes.links import differences
from processes.lint import lint
from processes.scaffold import ServiceExists, new_service


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> package.Package:
    folder = tmp_path_factory.mktemp("scaffold")
    new_service(folder, "parking-permit", zh="居民停车证", en="Resident parking permit")
    return package.load(folder / "processes" / "parking-permit")


def test_the_skeleton_has_no_errors_and_no_warnings(made: package.Package) -> None:
    assert [f.en for f in lint(made) if f.severity is not Severity.NOTE] == []


def test_the_skeleton_passes_its_scenarios_and_meets_every_element(made: package.Package) -> None:
    report = scenarios.run_all(made)

    assert [(r.name, r.differences) for r in report.results if not r.passed] == []
    assert report.unmet == ()


def test_a_service_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    new_service(tmp_path, "parking-permit")

    with pytest.raises(ServiceExists):
        new_service(tmp_path, "parking-permit")


@pytest.mark.parametrize("key", ["", "Parking", "a b", "../x", "x" * 41, "-a", "停车"])
def test_a_key_that_cannot_be_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(Invalid):
        new_service(tmp_path, key)

    shutil.rmtree(tmp_path)


def test_an_office_without_officers_is_refused_with_those_that_have_some(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="problem") as refused:
        new_service(tmp_path, "a", office="hall")

    assert "minzheng" in refused.value.findings[0].zh


@pytest.mark.parametrize("condition", CHECKLIST)
def test_an_item_that_misses_a_condition_is_not_instant(made: package.Package, condition: str) -> None:
    instant = made.manifest["instant"]
    assert isinstance(instant, dict)
    changed = {**made.manifest, "instant": {**instant, "eligibility": {**instant["eligibility"], condition: False}}}

    errors = [f.pointer for f in lint(replace(made, manifest=changed)) if f.severity is Severity.ERROR]

    assert errors == [f"instant.eligibility.{condition}"]


def test_an_automatic_refusal_needs_its_basis(made: package.Package) -> None:
    instant = made.manifest["instant"]
    assert isinstance(instant, dict)
    changed = {**made.manifest, "instant": {**instant, "automatic_refusal": True}}

    assert "instant.refusal" in [f.code for f in lint(replace(made, manifest=changed))]


def test_the_diagram_is_compared_with_the_items_links(made: package.Package) -> None:
    item = made.manifest["item"]
    assert isinstance(item, dict)
    links = [{"name": "人工核实", "limit": "2WD"}, {"name": "听证", "limit": "1WD"}]

    codes = [f.code for f in lint(replace(made, manifest={**made.manifest, "item": {**item, "links": links}}))]

    assert {"item.link.limit", "item.link.missing", "item.link.total"} <= set(codes)


def test_an_item_without_a_list_has_no_differences() -> None:
    assert differences({}, []) == ()
