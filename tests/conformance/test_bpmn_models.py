"""Diagrams that nobody in the project drew: imports that lose nothing, violations that are named, attacks that do nothing.

What a file must show is in the manifest beside it, and the checker beside the files judges what we say of them."""

import json
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from engine.conformance import check

SUITES = Path(__file__).parents[2] / ".." / "shared" / "conformance"
ADAPTER = [sys.executable, "-m", "engine.conformance", "check"]
FAULTY = {
    "static/128/EXT128_failure_endEvent_manualFix.bpmn": "breaks a rule of executable processes, but is not one",
    "import/zeebe/validation__LinkEventTest.testCatchLinkEventAfterEventBasedGatewayNotAllowed.bpmn": "`rejects` refuses it",
}
"""Files whose verdict contradicts another; they must go on failing, or leave this list."""
pytestmark = pytest.mark.conformance


def files() -> list[Any]:
    """Every file of every suite with its entry, or one that says why there are none."""
    if not SUITES.exists():
        absent = pytest.mark.skip(reason="the third-party cases do not lie beside the project (../shared/conformance)")
        return [pytest.param("", {}, marks=absent, id="absent")]
    return [
        pytest.param(suite, entry, id=f"{suite}/{entry['file']}")
        for suite in ("import", "static", "rejects", "security")
        for entry in json.loads((SUITES / suite / "manifest.json").read_bytes())["files"]
    ]


@pytest.fixture(scope="module")
def checker(third_party: Path) -> ModuleType:
    """The checker that lies beside the suites: it compares what was exported and judges."""
    sys.path.insert(0, str(third_party / "tools"))
    try:
        return import_module("modelcheck")
    finally:
        sys.path.pop(0)


@pytest.mark.parametrize(("suite", "entry"), files())
def test_file_is_judged_as_its_suite_expects(
    suite: str, entry: Mapping[str, Any], checker: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = SUITES / suite / entry["file"]

    # Attacks run in a process of their own, so that a bomb that goes off is a failure and not the end of the tests.
    answer = checker.one(ADAPTER, str(path), 30, False) if suite == "security" else _answer(checker, path, tmp_path, capsys)
    passed, reason = checker.verdict(entry, answer)

    if f"{suite}/{entry['file']}" in FAULTY:
        assert not passed, "it passes now: take it off the list"
    else:
        assert passed, reason


def _answer(checker: ModuleType, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What the command line says of the file, and what its export has lost."""
    export = tmp_path / "export.bpmn"
    check.main([str(path), str(export)])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    if export.exists():
        answer["lost"], answer["added"] = checker.compare(str(path), str(export))
    return answer
