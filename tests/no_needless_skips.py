"""A pytest plugin for the continuous integration: a test that is skipped without need fails the run.

The one lawful reason is that the third-party cases do not lie beside the project."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "conformance"
_needless: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and SHARED.exists() and not hasattr(report, "wasxfail"):
        _needless.append(f"{report.nodeid}: {report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr}")


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped and SHARED.exists():
        _needless.append(f"{report.nodeid}: {report.longrepr}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if _needless and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in _needless:
        terminalreporter.write_line(f"skipped without need: {line}", red=True)
