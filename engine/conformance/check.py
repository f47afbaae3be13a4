"""`check FILE [EXPORT]`: what an upload of the file would say, as one JSON object, and the stored model written out again."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import orjson

from engine.bpmn.check import Report, examine
from engine.bpmn.write import write
from engine.errors import Finding, Invalid, Severity

_READERS_NOTES = frozenset(("bpmn.id.made-up", "bpmn.diagram.missing", "bpmn.expression.translated", "bpmn.error.code"))
"""What the reader did by itself is no problem of the file."""


def main(arguments: Sequence[str]) -> int:
    """Prints the answer; writes the export when a second path is given and the file is accepted."""
    source = Path(arguments[0]).read_bytes()
    try:
        report = examine(source)
    except Invalid as refusal:
        _print({"accepted": False, "problems": [_problem(finding) for finding in refusal.findings], "exported": False})
        return 0
    is_exported = report.is_accepted and len(arguments) > 1
    if is_exported:
        Path(arguments[1]).write_bytes(write(report.model))
    _print({"accepted": report.is_accepted, "problems": list(_problems(report)), "exported": is_exported})
    return 0


def _problems(report: Report) -> Iterator[Mapping[str, object]]:
    """Findings of the file, then why its processes cannot run, which refuses a deployment but not the model."""
    for finding in report.findings:
        if finding.code not in _READERS_NOTES:
            yield _problem(finding)
    for obstacles in report.obstacles.values():
        for finding in obstacles:
            yield {**_problem(finding), "severity": "warning"}


def _problem(finding: Finding) -> Mapping[str, object]:
    severity = "error" if finding.severity is Severity.ERROR else "warning"
    return {"severity": severity, "element": finding.pointer, "message": f"{finding.en} [{finding.code}]"}


def _print(answer: Mapping[str, object]) -> None:
    sys.stdout.write(orjson.dumps(answer).decode() + "\n")
