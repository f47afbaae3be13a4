"""The compatibility kit of DMN, one test for each of its test files."""

from pathlib import Path
from typing import Any

import pytest

from engine.conformance.dmn_cases import cases
from engine.conformance.dmn_table import passes

KIT = Path(__file__).parents[2] / ".." / "shared" / "conformance" / "dmn-tck"
FAULTY = {
    "non-compliant/0015-all-any/0015-all-any-test-01": {"001", "002"},
    "non-compliant/0019-flight-rebooking/0019-flight-rebooking-test-01": {"001"},
}
"""Cases that give their inputs without a type, so that numbers arrive as text; they must go on failing, or leave this list."""
pytestmark = pytest.mark.conformance


def kit_files() -> list[Any]:
    """Every file with cases, or one that says why there are none."""
    if not KIT.exists():
        absent = pytest.mark.skip(reason="the compatibility kit does not lie beside the project (../shared/conformance/dmn-tck)")
        return [pytest.param(None, marks=absent, id="absent")]
    return [pytest.param(file, id=_id(file)) for file in sorted(KIT.glob("*/*/*.xml")) if any(cases(file))]


def _id(file: Path) -> str:
    return file.relative_to(KIT).with_suffix("").as_posix()


@pytest.mark.parametrize("file", kit_files())
def test_file_gives_the_values_its_authors_expect(file: Path) -> None:
    failed = {case.id for case in cases(file) if not passes(case)}

    assert failed == FAULTY.get(_id(file), set())
