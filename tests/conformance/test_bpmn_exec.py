"""The execution cases of betsy, Camunda and Flowable, one test each, through the real deploy and runtime in this process."""

import json
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from engine.conformance import run

SUITES = Path(__file__).parents[2] / ".." / "shared" / "conformance"
FAULTY = {
    "betsy/activities/AdHocSubProcess_Parallel": "expects the log of a third script, which the model does not contain",
    "betsy/activities/AdHocSubProcess_Sequential": "expects the log of a third script, which the model does not contain",
    "camunda/subprocess.transaction/TransactionSubProcessTest.testParseWithDI": "sets a variable of an instance that has ended",
    "flowable/subprocess.transaction/TransactionSubProcessTest.testParseWithDI": "sets a variable of an instance that has ended",
}
"""Cases that contradict themselves, listed in docs/reference/conformance.md; they must go on failing, or leave this list."""
pytestmark = [
    pytest.mark.conformance,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
"""The runner beside the cases leaves its files to the garbage collector."""


def cases() -> list[Any]:
    """Every case, or one that says why there are none."""
    if not SUITES.exists():
        absent = pytest.mark.skip(reason="the third-party cases do not lie beside the project (../shared/conformance)")
        return [pytest.param(None, marks=absent, id="absent")]
    found = [(path, json.loads(path.read_bytes())) for path in sorted((SUITES / "exec").rglob("*.json"))]
    return [pytest.param(path, id=case["id"]) for path, case in found if case.get("format") == "bpmn-conformance-case/1"]


@pytest.fixture(scope="module")
def runner(third_party: Path) -> ModuleType:
    """The runner that lies beside the cases: it renders them and compares."""
    sys.path.insert(0, str(third_party / "tools"))
    try:
        return import_module("confrun")
    finally:
        sys.path.pop(0)


@pytest.mark.parametrize("path", cases())
def test_case_comes_out_as_its_authors_expect(path: Path, runner: ModuleType) -> None:
    result: Mapping[str, Any] = runner.run_case(str(path), None, "feel", 60, run)

    differences = [message for scenario in result["scenarios"] for message in scenario["messages"]]
    if result["id"] in FAULTY:
        assert differences, f"{result['id']} passes now: take it off the list"
    else:
        assert not differences
